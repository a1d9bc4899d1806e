"""A running service for tests: started, spoken to, killed and started again as an operator would do it.

Knows the command line and the settings. Knows nothing of what the service does.
"""

import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from pyotp.totp import TOTP

from tools.service_process import ServiceProcess, environ_for, free_port

COMMAND_TIMEOUT_S = 120
EXAMPLE_PASSWORD = "exempel-lösenord-för-prov"


def example_pin(root: Path, data_dir: Path) -> str:
    """Make the example organisation key, and records in which the chat is open; return the key's public half."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = environ_for(data_dir)
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


class RunningService(ServiceProcess):
    """One process of the service on a port and in a data folder of its own."""

    def __init__(self, root: Path, *, data_dir: Path, site_dir: Path, settings: dict[str, object]) -> None:
        self.root = root
        self.data_dir = data_dir
        self.port = free_port()
        environ = environ_for(data_dir) | {
            "CHAT_PORT": str(self.port),
            "CHAT_SITE_DIR": str(site_dir),
            "CHAT_SETTLE_S": "0.2",
            "CHAT_FREE_STARTS": "1000000",
            **{f"CHAT_{name.upper()}": str(value) for name, value in settings.items()},
        }
        super().__init__(
            environ, log=data_dir.parent / "service.log", base_url=f"http://127.0.0.1:{self.port}"
        )
        self._started_monotonic_s = time.monotonic()

    def begin(self) -> None:
        """Start the process and wait for nothing."""
        super().begin()
        self._started_monotonic_s = time.monotonic()

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
        return _chatservice(self.root, self.environ, *arguments, given=given)

    def _now(self) -> datetime:
        """Return the service's idea of the time: CHAT_CLOCK runs from the moment that the process started."""
        clock = self.environ.get("CHAT_CLOCK")
        if clock is None:
            return datetime.now(UTC)
        return datetime.fromisoformat(clock) + timedelta(seconds=time.monotonic() - self._started_monotonic_s)


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
