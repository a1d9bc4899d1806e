"""A measured process: started on a core of its own, waited for, weighed, and ended by its id.

Knows Linux and nothing of what runs.
"""

import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.service_process import START_S, STOP_S
from tools.service_process import free_port as free_port

ROOT = Path(__file__).resolve().parent.parent
LISTENS_EVERY_S = 0.01


class MeasuredProcess:
    """A program with its children, pinned to a core. `answers` says when it is ready."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        log: Path,
        core: int,
        answers: Callable[[], bool],
    ) -> None:
        self._command = list(command)
        self._environ = dict(environ)
        self._log = log
        self._core = core
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, answers: Callable[[], bool] | None = None) -> float:
        """Start it and return when (monotonic) it answered. Raises RuntimeError with its output when it does not."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                # Before its first thread: a thread that is there already would keep the runner's core.
                ["taskset", "-c", str(self._core), *self._command],
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        prefer(self._process.pid, self._core)
        deadline = time.monotonic() + START_S
        while not (answers or self._answers)():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"It did not start:\n{self._log.read_text('utf-8', errors='replace')}")
            time.sleep(LISTENS_EVERY_S)
        return time.monotonic()

    def stop(self, first: signal.Signals = signal.SIGTERM) -> None:
        """End it by its id, with force when it does not end by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        for with_signal in (first, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(with_signal)
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    continue

    def ids(self) -> list[int]:
        """Return the ids of the process and of all its children."""
        return _tree(self._process.pid) if self._process else []


def prefer(pid: int, core: int) -> bool:
    """Pin a process to a core and let it go before others where we may; return whether we might."""
    os.sched_setaffinity(pid, {core})
    try:
        os.setpriority(os.PRIO_PROCESS, pid, -10)
        # Where the kernel groups processes by session, niceness counts only inside the group, so lift that as well.
        # It says EINVAL for whoever is in the root's own group, as all are that nobody gave a session.
        Path(f"/proc/{pid}/autogroup").write_text("-10", encoding="ascii")
    except OSError:
        return False
    return True


def lift_open_files() -> int:
    """Let this process and those it starts open as many files as they may; return how many that is."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def listens(port: int) -> bool:
    """Say whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cpu_s(process_ids: Sequence[int]) -> float:
    """Return the CPU time that these processes have used."""
    ticks = 0
    for pid in process_ids:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def running_ns(process_ids: Sequence[int]) -> int:
    """Return the CPU time that these processes have used, finer than `cpu_s` can say."""
    return sum(
        int((task / "schedstat").read_text("ascii").split()[0])
        for pid in process_ids
        for task in Path(f"/proc/{pid}/task").iterdir()
    )


def resident_kib(process_ids: Sequence[int]) -> int:
    """Return the memory that these processes hold."""
    return sum(_status(pid, "VmRSS:") for pid in process_ids)


def open_files(process_ids: Sequence[int]) -> int:
    """Return how many files and sockets these processes have open."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in process_ids)


def machine_cpu_s() -> float:
    """Return the CPU time that the whole machine has used: everybody, all cores."""
    user, nice, kernel, _, _, interrupts, soft = map(
        int, Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:8]
    )
    return (user + nice + kernel + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += _tree(int(child))
    return found
