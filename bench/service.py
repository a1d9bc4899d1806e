"""The service under load: one process on a core of its own, with accounts enough for everybody.

Knows the command line, the settings and the records' door. Starts and ends its process by its id (process.py).
"""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import uvloop
from argon2 import PasswordHasher

from bench.process import ROOT, MeasuredProcess
from chatservice.agreements import load_terms
from chatservice.domain.certification import Role
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases import accounts
from chatservice.usecases.certification_items import note_examples
from tools.service_process import environ_for

PASSWORD = "exempel-lösenord-för-mätning"  # noqa: S105 -- of accounts that live as long as one measurement
# What a browser may send is bounded, so is the queue, and so is how many begin at once; a measurement lifts all three.
# After a restart nobody is taken for some seconds, and here nobody was there before.
SETTINGS = {
    "CHAT_FRAMES_PER_S": "1000000",
    "CHAT_FREE_STARTS": "1000000",
    "CHAT_QUEUE_CAP": "10000",
    "CHAT_SETTLE_S": "0.2",
    "CHAT_SITE_DIR": "",
}
# Signing in is not measured here, and hundreds of mentors do it at once.
CHEAP_PASSWORDS = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Account:
    """What a mentor signs in with."""

    username: str
    code_secret: str


@dataclass(frozen=True)
class Home:
    """A data folder with an open chat and mentors' accounts; each service gets a copy of it."""

    data_dir: Path
    pin: str
    mentors: tuple[Account, ...]


def make_home(data_dir: Path, mentors: int) -> Home:
    """Make the example key, an opening, and so many accounts."""
    data_dir.mkdir(mode=0o700, parents=True)
    _chatservice(data_dir, "example", "--open")
    pin = _chatservice(data_dir, "example", "--pin").strip().splitlines()[-1]
    return Home(data_dir, pin, tuple(uvloop.run(_add_mentors(data_dir, mentors))))


async def _add_mentors(data_dir: Path, count: int) -> list[Account]:
    settings = Settings.from_environment({"CHAT_DATA_DIR": str(data_dir)})
    terms = load_terms(settings.content_dir)
    async with open_records(settings) as records:
        desk = make_desk(settings, records, settings.make_clock(), hasher=CHEAP_PASSWORDS)
        fresh = [
            await accounts.add_account(
                desk,
                username=f"mentor-{number}",
                role=Role.MENTOR,
                alias=f"Exempel {number}",
                password=PASSWORD,
            )
            for number in range(count)
        ]
        for each in fresh:
            await note_examples(desk, terms, each.account)
    return [Account(each.account.username, each.code_secret) for each in fresh]


class MeasuredService:
    """One process of `python -m chatservice serve`, pinned to a core; `settings` has names without their CHAT_."""

    def __init__(
        self, home: Home, folder: Path, *, core: int, port: int, settings: Mapping[str, str] | None = None
    ) -> None:
        self.pin = home.pin
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"
        data_dir = folder / "var"
        # Several processes in one folder share one copy.
        if not data_dir.exists():
            shutil.copytree(home.data_dir, data_dir)
            data_dir.chmod(0o700)
        given = {f"CHAT_{name}": value for name, value in (settings or {}).items()}
        self._process = MeasuredProcess(
            [sys.executable, "-m", "chatservice", "serve"],
            environ=environ_for(data_dir) | SETTINGS | given | {"CHAT_PORT": str(port)},
            log=folder / f"service-{port}.log",
            core=core,
            answers=self._answers,
        )

    def __enter__(self) -> "MeasuredService":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def kill_and_start(self, listens: Callable[[], bool]) -> float:
        """End the process without a word and start it again; return when (monotonic) it first listened."""
        self._process.stop(signal.SIGKILL)
        return self._process.start(listens)

    def process_ids(self) -> list[int]:
        """Return the ids of the process and of all its children."""
        return self._process.ids()

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.base_url}/halsa", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False


def _chatservice(data_dir: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "chatservice", *arguments],
        cwd=ROOT, env=environ_for(data_dir), capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
