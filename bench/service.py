"""The service under load: one process on a core of its own, with accounts enough for everybody.

Knows the command line, the settings and the records' door. Starts and ends its process by its id.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from argon2 import PasswordHasher

from chatservice.agreements import load_terms
from chatservice.domain.certification import Role
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases import accounts
from chatservice.usecases.certification_items import note_examples

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "exempel-lösenord-för-mätning"  # noqa: S105 -- of accounts that live as long as one measurement
START_S = 30
STOP_S = 20
# What a browser may send is bounded, and so is the queue; a measurement of the most that can be carried lifts both.
SETTINGS = {"CHAT_FRAMES_PER_S": "1000000", "CHAT_QUEUE_CAP": "1000", "CHAT_SITE_DIR": ""}
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
    return Home(data_dir, pin, tuple(asyncio.run(_add_mentors(data_dir, mentors))))


async def _add_mentors(data_dir: Path, count: int) -> list[Account]:
    settings = Settings.from_environment({"CHAT_DATA_DIR": str(data_dir)})
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
            await note_examples(desk, load_terms(settings.content_dir), each.account)
    return [Account(each.account.username, each.code_secret) for each in fresh]


class MeasuredService:
    """One process of `python -m chatservice serve`, pinned to a core."""

    def __init__(self, home: Home, folder: Path, *, core: int, port: int) -> None:
        self.pin = home.pin
        self.base_url = f"http://127.0.0.1:{port}"
        self._log = folder / "service.log"
        data_dir = folder / "var"
        shutil.copytree(home.data_dir, data_dir)
        data_dir.chmod(0o700)
        self._core = core
        self._environ = _environ(data_dir) | SETTINGS | {"CHAT_PORT": str(port)}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "MeasuredService":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chatservice", "serve"],
                cwd=ROOT, env=self._environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        prefer(self._process.pid, self._core)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"The service did not start:\n{self._log.read_text(encoding='utf-8')}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for with_signal in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(with_signal)
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    continue

    def process_ids(self) -> list[int]:
        """Return the ids of the process and of all its children."""
        return _tree(self._process.pid) if self._process else []

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.base_url}/halsa", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False


def prefer(pid: int, core: int) -> bool:
    """Pin a process to a core and let it go before others where we may; return whether we might."""
    os.sched_setaffinity(pid, {core})
    try:
        os.setpriority(os.PRIO_PROCESS, pid, -10)
        # Where the kernel groups processes by session, niceness counts only inside the group, so lift that as well.
        Path(f"/proc/{pid}/autogroup").write_text("-10", encoding="ascii")
    except (PermissionError, FileNotFoundError):
        return False
    return True


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += _tree(int(child))
    return found


def _environ(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    return kept | {"CHAT_DATA_DIR": str(data_dir)}


def _chatservice(data_dir: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "chatservice", *arguments],
        cwd=ROOT, env=_environ(data_dir), capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
