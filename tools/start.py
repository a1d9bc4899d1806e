"""`python3 tasks.py start`: from a fresh clone to a running site and chat, in one process, said in plain words.

Knows the order of things: settings, port, site, records and example accounts, service. How each of them is done stands
elsewhere. A second start does nothing twice and needs no network.
"""

import contextlib
import os
import socket
import sys
from pathlib import Path

from chatservice.errors import ChatError
from chatservice.settings import Settings
from tools.environment import stop
from tools.site_tasks import build_for


def run(root: Path) -> None:
    """Prepare what is not yet prepared, then become the service. Whatever stands in the way is said in one line."""
    os.chdir(root)
    try:
        settings = Settings.from_environment(os.environ)
        _refuse_busy_port(settings)
        if build_for(settings, respect_undo=True):
            print("Webbplatsen är byggd.", flush=True)
    except ChatError as error:
        stop(str(error))
    _serve(settings)


def _refuse_busy_port(settings: Settings) -> None:
    """Say at once that the port is taken, before anything is built."""
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with contextlib.closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.port))
        except OSError as error:
            stop(
                f"Port {settings.port} på {settings.bind} går inte att använda ({error.strerror}): avsluta det som "
                f"använder den, eller välj en annan, till exempel CHAT_PORT={settings.port + 80}."
            )


def _serve(settings: Settings) -> None:
    """Make the example set-up and serve, all in this process: another interpreter would cost a third of a second."""
    from chatservice import cli

    for command in (["example"], ["serve"]) if settings.is_example else (["serve"],):
        status = cli.main(command)
        if status:
            sys.exit(status)
