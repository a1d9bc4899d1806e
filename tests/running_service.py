"""A running service for tests: started, spoken to, killed and started again as an operator would do it.

Knows the command line and the settings. Knows nothing of what the service does.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from pyotp.totp import TOTP

START_TIMEOUT_S = 90
STOP_TIMEOUT_S = 10
COMMAND_TIMEOUT_S = 120
EXAMPLE_PASSWORD = "exempel-lösenord-för-prov"


def example_pin(root: Path, data_dir: Path) -> str:
    """Make the example organisation key, and records in which the chat is open; return the key's public half."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = _environ(data_dir)
    _chatservice(root, environ, "example", "--open")
    return _chatservice(root, environ, "example", "--pin").strip().splitlines()[-1]


@dataclass(frozen=True)
class Credentials:
    """What a member of staff signs in with. The current code is made when it is asked for."""

    username: str
    password: str
    otp_secret: str
    began: datetime
    """The service's idea of the time, and the monotonic clock beside it, when the account was made."""
    began_monotonic_s: float

    def code(self) -> str:
        """Return the one-time code of this moment, as the service sees the time."""
        passed = timedelta(seconds=time.monotonic() - self.began_monotonic_s)
        return TOTP(self.otp_secret).at(self.began + passed)


class RunningService:
    """One process of `python -m chatservice serve` on a port and in a data folder of its own."""

    def __init__(self, root: Path, *, data_dir: Path, site_dir: Path, settings: dict[str, object]) -> None:
        self.root = root
        self.data_dir = data_dir
        self.log_path = data_dir.parent / "service.log"
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._environ = _environ(data_dir) | {
            "CHAT_PORT": str(self.port),
            "CHAT_SITE_DIR": str(site_dir),
            "CHAT_SETTLE_S": "0.2",
            "CHAT_FREE_STARTS": "1000000",
            **{f"CHAT_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._started_monotonic_s = time.monotonic()

    @property
    def pid(self) -> int:
        """Return the process id. Raises RuntimeError when nothing runs."""
        if self._process is None:
            raise RuntimeError("The service does not run.")
        return self._process.pid

    @property
    def log(self) -> str:
        """Return everything that the service has printed."""
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

    def start(self) -> None:
        """Start the process and return when it answers. Raises RuntimeError with its output when it does not."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chatservice", "serve"],
                cwd=self.root,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._started_monotonic_s = time.monotonic()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The service did not start:\n{self.log}")
            # A port that opens gives no event to wait for.
            time.sleep(0.02)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """End the process by its id and return its status; a process that has ended already is left alone."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(with_signal)
        try:
            return process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(STOP_TIMEOUT_S)

    def restart(self, kill: signal.Signals = signal.SIGKILL) -> None:
        """End the process, by default without any warning, and start it again on the same port and data."""
        self.stop(kill)
        self.start()

    def add_account(self, role: str, username: str, password: str = EXAMPLE_PASSWORD) -> Credentials:
        """Make an account from the command line; `role` is `mentor` or `coordinator`."""
        printed = self.command(
            "account", "add", "--role", role, "--username", username, given=f"{password}\n"
        )
        address = re.search(r"otpauth://\S+", printed)
        if address is None:
            raise RuntimeError(f"No otpauth address was printed:\n{printed}")
        secret = parse_qs(urlsplit(unquote(address[0])).query)["secret"][0]
        return Credentials(username, password, secret, self._now(), time.monotonic())

    def command(self, *arguments: str, given: str = "") -> str:
        """Run `python -m chatservice …` on this service's data; return what it prints."""
        return _chatservice(self.root, self._environ, *arguments, given=given)

    def _now(self) -> datetime:
        """Return the service's idea of the time: CHAT_CLOCK runs from the moment that the process started."""
        clock = self._environ.get("CHAT_CLOCK")
        if clock is None:
            return datetime.now(UTC)
        return datetime.fromisoformat(clock) + timedelta(seconds=time.monotonic() - self._started_monotonic_s)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/halsa", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environ(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    return kept | {"CHAT_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}


def _chatservice(root: Path, environ: dict[str, str], *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "chatservice", *arguments],
        cwd=root,
        env=environ,
        input=given,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(
            f"chatservice {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout
