"""Tells, while Pelican still writes, which pages are written: a line for each in the file that CHAT_WRITTEN names.

A Pelican plug-in (named in pelicanconf.py) and, for the other side, `WrittenPages`. Knows one file, nothing of pages.
"""

import os
from pathlib import Path
from typing import Any


class WrittenPages:
    """Reads what has been told so far; the file may not exist yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_bytes = 0

    def new(self) -> list[Path]:
        """Give the pages that have been told of since the last time; half a line waits until it is whole."""
        try:
            with self._file.open("rb") as told:
                told.seek(self._read_bytes)
                lines = told.read().rpartition(b"\n")[0]
        except OSError:
            return []
        if not lines:
            return []
        self._read_bytes += len(lines) + 1
        return [Path(os.fsdecode(line)) for line in lines.split(b"\n")]


def tell(path: str, **_: Any) -> None:
    """Tell of a page that Pelican has written and closed."""
    file = os.environ.get("CHAT_WRITTEN")
    if file:
        with Path(file).open("ab") as told:
            told.write(os.fsencode(path) + b"\n")


def register() -> None:
    """Connect to Pelican."""
    # Imported here, because the other side needs no Pelican.
    from pelican import signals  # pyright: ignore[reportMissingTypeStubs]

    signals.content_written.connect(tell)
