"""Puts a finished site in its place in one step, keeps the ones before it, and takes one step back.

    with Publication(output) as publication:
        make_site(publication.folder)            # beside the output, on the same file system
        publication.publish(digest)

What stands in `output` is always a whole site. The folders beside it, in `output.versions/`, are numbered by the
publication that made them: `building` is under way, the numbers are earlier sites, newest last. A process may be killed
anywhere: whoever comes next sorts it out by the serial number in each site's own stamp (`_recover`). One process at a
time has the lock; the system gives it back when that process and its Pelican have ended. Knows nothing of content.
"""

import contextlib
import ctypes
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

STAMP = ".build-stamp"
KEPT = 3
"""How many earlier sites are kept."""

_BUILDING = "building"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class NothingEarlierError(Exception):
    """There is no earlier site to go back to."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a site says about itself: a digest of all it was made of, and which publication it is.

    `undone` is the digest of the site that was taken back in favour of this one: nobody publishes that again unasked.
    """

    digest: str
    serial: int = 0
    undone: str = ""

    @classmethod
    def read(cls, site: Path) -> "Stamp | None":
        """Read a site's stamp; None for a folder that is no whole site."""
        try:
            digest, serial, undone = ((site / STAMP).read_text("utf-8") + "\n\n").split("\n")[:3]
        except (OSError, UnicodeDecodeError):
            return None
        return cls(digest, int(serial) if serial.isdecimal() else 0, undone)

    def write(self, site: Path) -> None:
        """Write it in whole or not at all."""
        fresh = site / f"{STAMP}.new"
        fresh.write_text(f"{self.digest}\n{self.serial}\n{self.undone}", "utf-8")
        fresh.replace(site / STAMP)


class Publication:
    """The only hand on an output folder, for as long as the context lasts. `folder` is empty and one's own.

    Raises OSError where the folder beside the output cannot be written.
    """

    def __init__(self, output: Path, keep: int = KEPT) -> None:
        self.output = output
        self.keep = keep
        self.versions = output.parent / f"{output.name}.versions"
        self.folder = self.versions / _BUILDING
        self.lock = -1

    def __enter__(self) -> "Publication":
        """Wait for the lock, tidy after whoever was killed, and make the folder."""
        self.versions.mkdir(parents=True, exist_ok=True)
        self.lock = os.open(self.versions / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        _lock(self.lock)
        self._recover()
        self.folder.mkdir()
        self.folder.chmod(0o755)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Throw away what was not published."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)

    def publish(self, digest: str) -> None:
        """Put the folder in the output's place, and keep what stood there."""
        before = [stamp.serial for path in (self.output, *self._kept()) if (stamp := Stamp.read(path))]
        Stamp(digest, max(before, default=0) + 1).write(self.folder)
        if not self.output.exists():
            self.folder.rename(self.output)
            return
        exchange(self.folder, self.output)
        self._keep_earlier(self.folder)

    def undo(self) -> None:
        """Put the newest earlier site back in place; the one taken back is gone. Raises NothingEarlierError."""
        earlier = self._kept()
        if not earlier:
            raise NothingEarlierError
        latest = earlier[-1]
        taken_back, back = Stamp.read(self.output), Stamp.read(latest)
        if taken_back and back:
            Stamp(back.digest, back.serial, undone=taken_back.digest).write(latest)
        exchange(latest, self.output)
        shutil.rmtree(latest)

    def _recover(self) -> None:
        """Finish or forget what a killed process began.

        A kept site is older than the one in place. A newer one was taken back, or was never published.
        """
        if not self.output.exists():  # killed between the steps of a system that has no exchange
            stamped = {path: stamp for path in self.versions.iterdir() if (stamp := Stamp.read(path))}
            if stamped:
                max(stamped, key=lambda path: stamped[path].serial).rename(self.output)
        current = Stamp.read(self.output)
        for site in self._kept():
            stamp = Stamp.read(site)
            if stamp is None or (current and stamp.serial >= current.serial):
                shutil.rmtree(site)
        for left in (self.folder, *self.versions.glob("*.aside")):
            stamp = Stamp.read(left)
            if current and stamp and stamp.serial < current.serial:
                self._keep_earlier(left)
            shutil.rmtree(left, ignore_errors=True)

    def _keep_earlier(self, site: Path) -> None:
        """Put a site among the earlier ones, and let go of the oldest; a folder that is no site is no earlier one."""
        stamp = Stamp.read(site)
        if stamp and self.keep:
            kept = self.versions / f"{stamp.serial:06}"
            shutil.rmtree(kept, ignore_errors=True)
            site.rename(kept)
        for old in self._kept()[: -self.keep or None]:
            shutil.rmtree(old)

    def _kept(self) -> list[Path]:
        return sorted(path for path in self.versions.iterdir() if path.name.isdecimal())


def exchange(one: Path, other: Path) -> None:
    """Exchange two folders, in one step where the system can."""
    if _exchange_in_one_step(one, other):
        return
    aside = one.with_name(f"{one.name}.aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def _exchange_in_one_step(one: Path, other: Path) -> bool:
    """Exchange two folders with Linux' renameat2(2); False where system or file system has no such step."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    arguments = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return renameat2(*arguments) == 0


def _lock(descriptor: int) -> None:
    """Wait until no other process publishes; a build ends by itself, so that the wait is bounded."""
    with contextlib.suppress(ImportError):  # Windows has none; two publications at once are then up to people
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
