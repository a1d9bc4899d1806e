"""The service as a visitor meets it, for measuring and filming: a fresh site and data folder, a free port, a mentor.

It is ended afterwards, and nothing of it is left.
"""

import asyncio
import contextlib
import subprocess
import sys
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
from tools.service_process import ServiceProcess, environ_for, free_port
from tools.site_tasks import build_for

COMMAND_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Served:
    """Where the service answers, where its site lies, and the environment of whatever works on its data."""

    origin: str
    site: Path
    environ: dict[str, str]


@contextlib.contextmanager
def running_service(folder: Path) -> Generator[Served]:
    """Build and serve in `folder`. Raises RuntimeError."""
    port = free_port()
    site = folder / "output"
    environ = environ_for(folder / "var") | {"CHAT_PORT": str(port), "CHAT_SITE_DIR": str(site)}
    build_for(Settings.from_environment(environ))
    origin = f"http://localhost:{port}"
    with ServiceProcess(environ, log=folder / "service.log", base_url=origin):
        yield Served(origin, site, environ)


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
