"""A service that is treated badly: killed, restarted, given a bad disk or a wrong clock. One process on its own core.

Knows the settings, a page's answer and what /proc says of the process; tools/service_process.py starts and ends it. The
limits on what a browser may send stay as they are in production, other than in bench/service.py. Next:
reliability_pairs.py.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.process import prefer
from tools.service_process import ServiceProcess, environ_for, free_port

ANSWER_S = 10.0
SETTINGS = {"CHAT_QUEUE_CAP": "1000", "CHAT_FREE_STARTS": "1000000", "CHAT_SITE_DIR": ""}


@dataclass(frozen=True)
class Answer:
    """What a page answered: status 0 when nothing answered at all."""

    status: int
    text: str


class TriedService(ServiceProcess):
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
        self._address = (host, self.port)
        self._core = core
        environ = environ_for(data_dir) | SETTINGS | {"CHAT_PORT": str(self.port)} | dict(settings or {})
        super().__init__(environ, log=log, base_url=f"http://{host}:{self.port}", before=before)

    def begin(self) -> None:
        """Start the process and wait for nothing."""
        super().begin()
        if self._core is not None:
            prefer(self.pid, self._core)

    def is_up(self) -> bool:
        """Say whether its port takes a connection: from then on whoever was there may come back."""
        try:
            with socket.create_connection(self._address, timeout=1):
                return True
        except OSError:
            return False

    def ask(self, path: str, *, data: bytes | None = None, cookie: str = "") -> Answer:
        """Ask for a page, or post to it as a page of the same site does."""
        headers = {"Accept": "text/html", "Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
        if cookie:
            headers["Cookie"] = cookie
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection(f"{self._address[0]}:{self.port}", timeout=ANSWER_S)
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
