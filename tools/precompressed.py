"""Writes `page.html.br` and `page.html.gz` beside each file of a built site that becomes smaller by it.

    precompress(folder, earlier=output)

A server hands out the smaller form to whoever asks for it (chatservice/web/site.py here; Caddy and nginx know the same
names). What has not changed since the site in `earlier` is linked from there: of a thousand pages with one changed,
one is compressed. Knows files and nothing of pages.
"""

import contextlib
import gzip
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import brotli  # pyright: ignore[reportMissingTypeStubs]

COMPRESSIBLE: Final = frozenset((".css", ".html", ".ics", ".js", ".json", ".svg", ".txt", ".vtt", ".xml"))
SMALLEST_BYTES: Final = 256
"""A smaller file travels in one packet anyway."""

# The highest quality costs a page as much time as Pelican needs to make it, for a tenth of its size. Scripts and
# stylesheets weigh most and seldom change: for them it is worth it.
_QUALITY_OF_PAGES: Final = 5
_QUALITY_OF_THE_REST: Final = 11
_GZIP_LEVEL: Final = 9


def precompress(folder: Path, earlier: Path | None = None) -> None:
    """Write the compressed forms in a folder that nobody serves yet. Raises OSError."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in COMPRESSIBLE and path.is_file()]
    # brotli and zlib let go of the interpreter while they work.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        works = [
            pool.submit(_compress, path, earlier / path.relative_to(folder) if earlier else None)
            for path in files
        ]
    for work in works:
        work.result()


def _compress(path: Path, earlier: Path | None) -> None:
    data = path.read_bytes()
    if len(data) < SMALLEST_BYTES or (earlier and _reuse(path, data, earlier)):
        return
    quality = _QUALITY_OF_PAGES if path.suffix == ".html" else _QUALITY_OF_THE_REST
    for suffix, smaller in (
        (".br", _brotli(data, quality)),
        (".gz", gzip.compress(data, _GZIP_LEVEL, mtime=0)),
    ):
        if len(smaller) < len(data):
            _beside(path, suffix).write_bytes(smaller)


def _brotli(data: bytes, quality: int) -> bytes:
    library: Any = brotli  # has no types
    smaller: bytes = library.compress(data, mode=library.MODE_TEXT, quality=quality)
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
