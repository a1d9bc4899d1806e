"""The service as a visitor meets it, for measuring and filming: a fresh site and data folder, a free port, a mentor.

It is ended afterwards, and nothing of it is left.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from chatservice.agreements import load_terms
from chatservice.domain.certification import Role
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases import accounts
from chatservice.usecases.certification_items import note_examples
from tools.site_tasks import build_for

START_TIMEOUT_S = 30
COMMAND_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Served:
    """Where the service answers, where its site lies, and the environment of whatever works on its data."""

    origin: str
    site: Path
    environ: dict[str, str]


@contextlib.contextmanager
def running_service(root: Path, folder: Path) -> Generator[Served]:
    """Build and serve in `folder`. Raises RuntimeError."""
    port = _free_port()
    site = folder / "output"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    environ = kept | {
        "CHAT_PORT": str(port),
        "CHAT_DATA_DIR": str(folder / "var"),
        "CHAT_SITE_DIR": str(site),
    }
    build_for(Settings.from_environment(environ))
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "chatservice", "serve"],
            cwd=root, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    origin = f"http://localhost:{port}"
    try:
        wait_for(origin, process)
        yield Served(origin, site, environ)
    finally:
        process.terminate()
        process.wait(START_TIMEOUT_S)


async def open_with_mentor(
    root: Path, served: Served, *, username: str, password: str, alias: str | None = None
) -> str:
    """Open the chat at this hour and make a mentor's account. Return the secret of its one-time codes."""
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "chatservice", "example", "--open"],
        cwd=root, env=served.environ, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=True,
    )  # fmt: skip
    settings = Settings.from_environment(served.environ)
    async with open_records(settings) as records:
        desk = make_desk(settings, records, settings.make_clock())
        fresh = await accounts.add_account(
            desk, username=username, role=Role.MENTOR, alias=alias, password=password
        )
        await note_examples(desk, load_terms(settings.content_dir), fresh.account)
    return fresh.code_secret


def wait_for(origin: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when the service answers. Raises RuntimeError when it does not."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{origin}/halsa", timeout=5).close()  # noqa: S310 (our own service)
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Tjänsten startade inte: se python -m chatservice doctor.")
        time.sleep(0.1)  # a port that opens gives no event to wait for


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
