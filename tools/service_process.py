"""One process of `python -m chatservice serve`: started, waited for, ended by its id. For tests, benches and films.

Knows the command line and `/halsa`. Knows nothing of what the service does, nor of what is in its data folder.
"""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
START_S = 90.0
STOP_S = 30.0
LOOKS_EVERY_S = 0.01
ANSWERS_WITHIN_S = 2.0
PORTS_IN_A_RUN: Final = 100
FIRST_PORTS: Final = range(20_000, 32_000, PORTS_IN_A_RUN)
"""Below what a system gives out by itself, to who asks for any port and to who connects: a port that is free here stays
so until its server listens, and while that is started again."""


class ServiceProcess:
    """A process that may be started and ended again and again, with the same settings and one log."""

    def __init__(
        self, environ: Mapping[str, str], *, log: Path, base_url: str, before: Sequence[str] = ()
    ) -> None:
        """`before` are programs that start the service, with their arguments, as `faketime` and `taskset` do."""
        self.environ = dict(environ)
        self.log_path = log
        self.base_url = base_url
        self._before = tuple(before)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

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

    def is_alive(self) -> bool:
        """Say whether the process has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> float:
        """Start the process; return the monotonic second at which it was up.

        Raises RuntimeError with its output when it does not come up.
        """
        self.begin()
        deadline = time.monotonic() + START_S
        while not self.is_up():
            if not self.is_alive() or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise RuntimeError(f"The service did not start:\n{self.log}")
            # A port that opens gives no event to wait for.
            time.sleep(LOOKS_EVERY_S)
        return time.monotonic()

    def begin(self) -> None:
        """Start the process and wait for nothing."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._before, sys.executable, "-m", "chatservice", "serve"],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def is_up(self) -> bool:
        """Say whether it answers."""
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=ANSWERS_WITHIN_S)
        try:
            connection.request("GET", "/halsa")
            return connection.getresponse().status == http.client.OK
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """End the process by its id and return its status; one that has ended already is left alone."""
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


def environ_for(data_dir: Path) -> dict[str, str]:
    """Return our environment without any setting of the service but where its data lies; a log is whole at a kill."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    return kept | {"CHAT_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """Return a port of this machine that nobody listens on, and that no other program that asks here is given."""
    with _ONE_AT_A_TIME:
        for port in _PORTS:
            with contextlib.suppress(OSError), contextlib.closing(socket.socket()) as probe:
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("No port is free.")


def own_ports(firsts: Iterable[int]) -> Generator[int]:
    """Give ports one by one, in runs of a hundred that begin with these and are this process's own until it ends."""
    for first in firsts:
        # Held for datagrams, which nobody here sends: whoever asks elsewhere knows by it that the run is taken.
        held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", first))
        except OSError:
            held.close()
            continue
        _HELD.append(held)
        yield from range(first, first + PORTS_IN_A_RUN)


_HELD: Final[list[socket.socket]] = []
_ONE_AT_A_TIME: Final = threading.Lock()
_PORTS: Final = own_ports(random.SystemRandom().sample(FIRST_PORTS, len(FIRST_PORTS)))
