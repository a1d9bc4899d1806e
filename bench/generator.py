"""The load generator as this project's runner sees it: compiled, started on a core of its own, and spoken to.

Knows the commands of client/loadgen.c and nothing of the service.
"""

import json
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process import prefer

CLIENT = Path(__file__).parent / "client"
PROGRAM = CLIENT / "loadgen"
COMPILE_S = 60
# No phase lasts longer than this beyond the seconds it was asked for.
SLACK_S = 30.0
LARGEST_ANSWER = 65_536

Row = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """How a system words an envelope: how it begins, and between what its body of `length` characters stands."""

    length: int
    acknowledges: bool
    start: str
    body: str
    end: str


@dataclass(frozen=True)
class Line:
    """One end's open socket, who it is (v or m), its next number, and the parts of its frames."""

    socket: socket.socket
    who: str
    sequence: int
    parts: tuple[str, ...]


def compile_generator() -> None:
    """Compile the generator when its source is newer than the program."""
    source = CLIENT / "loadgen.c"
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(
            ["gcc", "-O2", "-Wall", "-Wextra", "-o", str(PROGRAM), str(source)], check=True, timeout=COMPILE_S
        )


class Generator:
    """A running generator that measures the processes with the given ids."""

    def __init__(self, process_ids: list[int], *, core: int) -> None:
        self._pairs = 0
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [str(PROGRAM), str(theirs.fileno()), ",".join(map(str, process_ids))],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        prefer(self._process.pid, core)

    def __enter__(self) -> "Generator":
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        try:
            self._process.wait(SLACK_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(SLACK_S)

    def adopt_pair(self, visitor: Line, mentor: Line) -> None:
        """Hand over both ends of a pair; our copies of their sockets are closed."""
        for line in (visitor, mentor):
            command = "\t".join((f"side {self._pairs} {line.who} {line.sequence}", *line.parts))
            with line.socket:
                socket.send_fds(self._control, [command.encode()], [line.socket.fileno()])
        self._pairs += 1

    def learn(self, dialect: Dialect) -> None:
        """Speak as a peer does; without this the generator speaks as our browsers do."""
        words = (
            f"dialect {dialect.length} {int(dialect.acknowledges)}",
            dialect.start,
            dialect.body,
            dialect.end,
        )
        self._control.send("\t".join(words).encode())

    def wait_for_quiet(self, most_s: float) -> Row:
        """Wait until the rest of the machine takes little, at most so long."""
        return self._ask(f"quiet {most_s}", most_s)

    def saturate(self, seconds: float, *, window: int = 1, receipts: bool) -> Row:
        """Keep `window` messages in flight in each direction of each pair."""
        return self._ask(f"sat {seconds} {window} {int(receipts)}", seconds)

    def measure_latency(self, seconds: float, *, per_s: float, receipts: bool) -> Row:
        """Send `per_s` messages a second for each pair, and time them from when they were due."""
        return self._ask(f"lat {seconds} {per_s} {int(receipts)}", seconds)

    def idle(self, seconds: float) -> Row:
        """Do nothing but beat."""
        return self._ask(f"idle {seconds} 0 0", seconds)

    def _ask(self, command: str, seconds: float) -> Row:
        self._control.settimeout(seconds + SLACK_S)
        self._control.send(command.encode())
        answer = self._control.recv(LARGEST_ANSWER)
        if not answer:
            raise RuntimeError("The generator has stopped.")
        return json.loads(answer)
