"""Writes `page.html.br` and `page.html.gz` beside each file of a built site that becomes smaller by it.

    precompress(folder, earlier=output)           # or, while Pelican still writes:
    with Precompression(folder, earlier=output) as precompression:
        precompression.begin(folder / "index.html")
        precompression.finish()

A server hands out the smaller form to whoever asks for it (chatservice/web/site.py here; Caddy and nginx know the same
names). What has not changed since the site in `earlier` is linked from there: of a thousand pages with one changed,
one is compressed. Knows files and nothing of pages.
"""

import contextlib
import gzip
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import brotli  # pyright: ignore[reportMissingTypeStubs]

COMPRESSIBLE: Final = frozenset((".css", ".html", ".ics", ".js", ".json", ".svg", ".txt", ".vtt", ".xml"))
SMALLEST_BYTES: Final = 256
"""A smaller file travels in one packet anyway."""

# The highest quality costs a page as much time as Pelican needs to make it, and a map of all pages still more, for a
# tenth of its size. Scripts, stylesheets and drawings weigh most and seldom change: for them it is worth it.
_QUALITY: Final = 5
_HIGHEST_QUALITY: Final = 11
_WORTH_IT: Final = frozenset((".css", ".js", ".svg"))
_GZIP_LEVEL: Final = 9
_SMALLEST_WINDOW: Final = 10
_LARGEST_WINDOW: Final = 22


class Precompression:
    """Compresses a folder that nobody serves yet, some of it while the rest is still being written.

    What has not changed since the site in `earlier` is taken over from there.
    """

    def __init__(self, folder: Path, earlier: Path | None = None) -> None:
        self._folder = folder
        self._earlier = earlier
        self._works: dict[Path, _Work] = {}
        # brotli and zlib let go of the interpreter while they work.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)

    def __enter__(self) -> "Precompression":
        return self

    def __exit__(self, *_: object) -> None:
        """Give up what has not begun, and wait for what has."""
        self._pool.shutdown(cancel_futures=True)

    def begin(self, path: Path) -> None:
        """Begin with a file that is whole. Should it change afterwards, `finish` begins anew."""
        if path.suffix in COMPRESSIBLE:
            earlier = self._earlier / path.relative_to(self._folder) if self._earlier else None
            self._works[path] = _Work(_stamp(path), self._pool.submit(_compress, path, earlier))

    def begin_all(self, paths: Iterable[Path]) -> None:
        """Begin with several files."""
        for path in paths:
            self.begin(path)

    def finish(self) -> None:
        """Compress what is left, now that everything is written, and wait until all is done. Raises OSError."""
        for path in sorted(self._folder.rglob("*")):
            if path.suffix in COMPRESSIBLE and path.is_file():
                begun = self._works.get(path)
                if begun is None or begun.stamp != _stamp(path):
                    if begun:
                        begun.done.result()
                        _forget(path)
                    self.begin(path)
        for work in self._works.values():
            work.done.result()


def precompress(folder: Path, earlier: Path | None = None) -> None:
    """Write the compressed forms in a folder that nobody serves yet. Raises OSError."""
    with Precompression(folder, earlier) as precompression:
        precompression.finish()


class _Work(NamedTuple):
    stamp: tuple[int, int]
    done: "Future[None]"


def _forget(path: Path) -> None:
    """Take away the forms of a file that has changed: they may be links into the earlier site."""
    for suffix in (".br", ".gz"):
        _beside(path, suffix).unlink(missing_ok=True)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _compress(path: Path, earlier: Path | None) -> None:
    data = path.read_bytes()
    if len(data) < SMALLEST_BYTES or (earlier and _reuse(path, data, earlier)):
        return
    quality = _HIGHEST_QUALITY if path.suffix in _WORTH_IT else _QUALITY
    for suffix, smaller in (
        (".br", _brotli(data, quality)),
        (".gz", gzip.compress(data, _GZIP_LEVEL, mtime=0)),
    ):
        if len(smaller) < len(data):
            _beside(path, suffix).write_bytes(smaller)


def _brotli(data: bytes, quality: int) -> bytes:
    library: Any = brotli  # has no types
    # The window need not be larger than the file; the library would make room for all of it.
    window = min(max(len(data).bit_length(), _SMALLEST_WINDOW), _LARGEST_WINDOW)
    smaller: bytes = library.compress(data, mode=library.MODE_TEXT, quality=quality, lgwin=window)
    return smaller


def _reuse(path: Path, data: bytes, earlier: Path) -> bool:
    """Take over both forms of the same file in the earlier site; say whether they were there."""
    sources = {suffix: _beside(earlier, suffix) for suffix in (".br", ".gz")}
    try:
        if earlier.read_bytes() != data or not all(source.is_file() for source in sources.values()):
            return False
        for suffix, source in sources.items():
            _link_or_copy(source, _beside(path, suffix))
    except OSError:  # an editor's hand in the output folder: compressed anew
        return False
    return True


def _link_or_copy(source: Path, target: Path) -> None:
    """Link where the file system can: nobody writes to a published file, every build is a folder of its own."""
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    shutil.copy2(source, target)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
