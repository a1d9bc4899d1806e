"""Where the canary looks: which processes serve on a port, and which folders they may write to.

Knows Linux' /proc. Next: searching.py.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_LISTENS: Final = "0A"
_PROC: Final = Path("/proc")


def serving_processes(port: int, proc: Path = _PROC) -> list[int]:
    """Return the processes that listen on a port of this machine, as far as we may see."""
    inodes = set(_listening_sockets(port, proc))
    return sorted(pid for pid in _processes(proc) if inodes & set(_sockets_of(pid, proc)))


def temporary_folders(pids: list[int]) -> list[Path]:
    """Return the folders for temporary files: our own, and each process's, which systemd may have given it alone."""
    ours = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm")]  # noqa: S108 -- never written to
    private = [
        Path(f"{_PROC}/{pid}/root{folder}")
        for pid in pids
        for folder in (_temporary_of(pid), "/var/tmp", "/dev/shm")  # noqa: S108
    ]
    different = {identity: folder for folder in (*private, *ours) if (identity := _identity_of(folder))}
    return list(different.values())


def swapped_kib(pid: int, proc: Path = _PROC) -> int:
    """Return how much of a process's memory is in swap, where nobody looks; KiB."""
    for line in (proc / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmSwap:"):
            return int(line.split()[1])
    return 0


def _temporary_of(pid: int) -> str:
    """Return what a process takes for the folder of temporary files."""
    try:
        environ = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return "/tmp"  # noqa: S108
    given = [each.removeprefix(b"TMPDIR=").decode() for each in environ if each.startswith(b"TMPDIR=/")]
    return given[0] if given else "/tmp"  # noqa: S108


def _identity_of(folder: Path) -> tuple[int, int] | None:
    """Return which folder this is, whatever it is called; None for one that cannot be looked through."""
    try:
        held = folder.stat()
        return (held.st_dev, held.st_ino) if os.access(folder, os.R_OK | os.X_OK) else None
    except OSError:
        return None


def _listening_sockets(port: int, proc: Path) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                yield f"socket:[{fields[9]}]"


def _processes(proc: Path) -> Iterator[int]:
    yield from (int(entry.name) for entry in proc.iterdir() if entry.name.isdigit())


def _sockets_of(pid: int, proc: Path) -> Iterator[str]:
    try:
        handles = list((proc / str(pid) / "fd").iterdir())
    except OSError:
        return
    for handle in handles:
        try:
            yield str(handle.readlink())
        except OSError:
            continue
