"""A service that is treated badly: killed, restarted, given a bad disk or a wrong clock. One process on its own core.

Knows the command line and the settings; ends its process by its id. The limits on what a browser may send stay as they
are in production, other than in bench/service.py. Next: reliability_pairs.py.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from bench.process import ROOT, free_port, prefer

START_S = 60.0
STOP_S = 30.0
ANSWER_S = 10.0
SETTINGS = {"CHAT_QUEUE_CAP": "1000", "CHAT_FREE_STARTS": "1000000", "CHAT_SITE_DIR": ""}


@dataclass(frozen=True)
class Answer:
    """What a page answered: status 0 when nothing answered at all."""

    status: int
    text: str


class TriedService:
    """`python -m chatservice serve` on a data folder, which it may find in any state. ``core`` None: anywhere."""

    def __init__(
        self,
        data_dir: Path,
        *,
        log: Path,
        core: int | None = None,
        settings: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        before: Sequence[str] = (),
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.base_url = f"http://{host}:{self.port}"
        self._log = log
        self._core = core
        self._before = tuple(before)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
        self.environ = (
            kept
            | SETTINGS
            | {"CHAT_DATA_DIR": str(data_dir), "CHAT_PORT": str(self.port)}
            | dict(settings or {})
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Return the process id. Raises RuntimeError when nothing runs."""
        if self._process is None:
            raise RuntimeError("The service does not run.")
        return self._process.pid

    @property
    def log(self) -> str:
        """Return everything that the service has printed."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def is_alive(self) -> bool:
        """Say whether the process has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> float:
        """Start the process; return the monotonic second at which its port took a connection. Raises RuntimeError."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._before, sys.executable, "-m", "chatservice", "serve"],
                cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        if self._core is not None:
            prefer(self._process.pid, self._core)
        deadline = time.monotonic() + START_S
        while not self._listens():
            if not self.is_alive() or time.monotonic() > deadline:
                self.end(signal.SIGKILL)
                raise RuntimeError(f"The service did not start:\n{self.log}")
            # A port that opens gives no event to wait for.
            time.sleep(0.01)
        return time.monotonic()

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """End the process by its id and return its status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(with_signal)
        try:
            return process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(STOP_S)

    def ask(self, path: str, *, data: bytes | None = None, cookie: str = "") -> Answer:
        """Ask for a page, or post to it as a page of the same site does."""
        headers = {"Accept": "text/html", "Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
        if cookie:
            headers["Cookie"] = cookie
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=ANSWER_S)
        try:
            # No redirect is followed: where one is led tells what the service thought.
            connection.request("GET" if data is None else "POST", path, data, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode("utf-8", "replace"))
        except (HTTPException, OSError):
            return Answer(0, "")
        finally:
            connection.close()

    def cpu_s(self) -> float:
        """Return the processor seconds that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def figures(self) -> dict[str, int]:
        """Return resident memory in KiB, open file descriptors and threads of the process."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        return {
            "rss_kib": int(told["VmRSS"].split()[0]),
            "threads": int(told["Threads"]),
            "fds": len(os.listdir(f"/proc/{self.pid}/fd")),
        }

    def _listens(self) -> bool:
        address = urlsplit(self.base_url)
        try:
            with socket.create_connection((address.hostname or "", address.port or 0), timeout=1):
                return True
        except OSError:
            return False
