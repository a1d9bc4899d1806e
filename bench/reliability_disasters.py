"""Faults for bench/reliability_faults.py: each makes a data folder, breaks it when told, and mends it as operators do.

Knows mounts, files and clocks; nothing of what the service does meanwhile. Needs root for the disks.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
from pathlib import Path

from bench.reliability_service import TriedService
from tests.valkey_server import ValkeyServer
from tools import engines

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


class CannotBeTriedError(Exception):
    """This machine lacks what the fault needs; the reason is the first argument."""


class Fault:
    """One thing that goes wrong. ``data_dir`` may be somewhere of its own; ``environ`` goes to the service."""

    name = ""
    is_killed_too = True
    """Whether the service is also killed and started while it is broken."""
    is_carried_on = True
    """Whether people can go on meanwhile; otherwise everything must be there when it is mended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.environ: dict[str, str] = {}

    def prepare(self) -> None:
        """Make the place for the data folder."""

    def break_it(self, service: TriedService) -> None:
        """Let it go wrong."""
        raise NotImplementedError

    def mend(self, service: TriedService) -> None:
        """Do what the operator does."""
        raise NotImplementedError

    def clear(self) -> None:
        """Leave nothing behind."""


class FullDisk(Fault):
    """Somebody else's file takes all the room."""

    name = "full"

    def prepare(self) -> None:
        self.data_dir.mkdir()
        _run("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", str(self.data_dir))

    def break_it(self, service: TriedService) -> None:
        file = os.open(self.data_dir / "somebody-elses", os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while os.write(file, b"x" * 4096):
                pass
        os.close(file)

    def mend(self, service: TriedService) -> None:
        (self.data_dir / "somebody-elses").unlink()

    def clear(self) -> None:
        _run("umount", "-l", str(self.data_dir))


class ReadOnlyDisk(Fault):
    """The disk fails, and the kernel lets nobody write to it any more."""

    name = "readonly"

    def prepare(self) -> None:
        image = self.folder / "disk.img"
        with image.open("wb") as file:
            file.truncate(32 << 20)
        _run("mkfs.ext4", "-q", "-F", str(image))
        self.data_dir.mkdir()
        _run("mount", "-o", "loop,errors=remount-ro", str(image), str(self.data_dir))
        self.data_dir.chmod(0o700)

    def break_it(self, service: TriedService) -> None:
        os.sync()  # what was written long ago is on a real disk
        device = os.stat(self.data_dir).st_dev
        loop = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        Path(f"/sys/fs/ext4/{loop}/trigger_fs_error").write_text("1", encoding="ascii")
        with contextlib.suppress(OSError):
            (self.data_dir / "probe").write_text("x", encoding="ascii")
            raise CannotBeTriedError("the disk went on taking what was written")

    def mend(self, service: TriedService) -> None:
        service.stop(signal.SIGKILL)
        _run("umount", str(self.data_dir))
        subprocess.run(
            ["fsck.ext4", "-p", "-f", str(self.folder / "disk.img")], capture_output=True, check=False
        )
        _run("mount", "-o", "loop,errors=remount-ro", str(self.folder / "disk.img"), str(self.data_dir))
        service.start()

    def clear(self) -> None:
        _run("umount", "-l", str(self.data_dir))


class Damage(Fault):
    """Something overwrites the database while the service has it open; a backup from before is put back."""

    name = "damaged"

    def break_it(self, service: TriedService) -> None:
        file = self.data_dir / "records.sqlite3"
        with sqlite3.connect(file) as database, sqlite3.connect(self.folder / "backup") as backup:
            database.backup(backup)
        for each in (file, file.with_name("records.sqlite3-wal")):
            size = each.stat().st_size if each.exists() else 0
            with each.open("r+b") as damaged:
                damaged.write(os.urandom(max(size, 8192)))

    def mend(self, service: TriedService) -> None:
        service.stop(signal.SIGKILL)
        for ending in ("-wal", "-shm", ""):
            (self.data_dir / f"records.sqlite3{ending}").unlink(missing_ok=True)
        backup = (self.folder / "backup").read_bytes()
        (self.data_dir / "records.sqlite3").write_bytes(backup)
        (self.data_dir / "records.sqlite3").chmod(0o600)
        service.start()


class Clock(Fault):
    """The machine's clock is set 400 days ahead, and put right again; the steady clock runs on, as it does."""

    name = "clock"
    days = 400
    is_killed_too = (
        False  # what starts with a wrong clock believes it: tickets are worth nothing (docs/operations.md)
    )

    def prepare(self) -> None:
        if not Path(FAKETIME).exists():
            raise CannotBeTriedError("libfaketime is not installed (apt-get install libfaketime)")
        self._set(0)
        self.environ = {
            "LD_PRELOAD": FAKETIME,
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def break_it(self, service: TriedService) -> None:
        self._set(self.days)

    def mend(self, service: TriedService) -> None:
        self._set(0)

    def _set(self, days: int) -> None:
        (self.folder / "clock").write_text(f"{days:+d}d\n", encoding="ascii")


class ClockBack(Clock):
    """The same the other way."""

    name = "clockback"
    days = -400


class ValkeyGone(Fault):
    """The memory that several processes share loses its power, and starts again with nothing in it."""

    name = "valkey"
    is_killed_too = False
    is_carried_on = False

    def prepare(self) -> None:
        if engines.valkey() is None:
            raise CannotBeTriedError("no Valkey is installed (tools/engines.py)")
        self._server = ValkeyServer(self.folder)
        self._server.start()
        self.environ = {"CHAT_LIVE_URL": self._server.url}

    def break_it(self, service: TriedService) -> None:
        self._server.stop()

    def mend(self, service: TriedService) -> None:
        self._server.start()

    def clear(self) -> None:
        self._server.stop()


FAULTS: dict[str, type[Fault]] = {
    fault.name: fault for fault in (FullDisk, ReadOnlyDisk, Damage, Clock, ClockBack, ValkeyGone)
}


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBeTriedError(f"{' '.join(command)}: {done.stderr.strip()}")
