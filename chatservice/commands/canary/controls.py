"""What the canary's search must find, or else it proves nothing: words laid out for it, each in another disguise."""

import base64
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from chatservice.settings import write_private


def new_word() -> str:
    """Return a word that stands nowhere else."""
    return f"kanariefagel{secrets.token_hex(12)}"


@contextmanager
def laid_out(folder: Path) -> Generator[list[tuple[Path, str]]]:
    """Lay words out in files of a folder; they are gone afterwards."""
    words = [new_word() for _ in range(3)]
    disguised = (
        words[0].encode(),
        words[1].encode("utf-16-le"),
        base64.b64encode(f"x{words[2]}yz".encode()),
    )
    files = [folder / f".canary-{secrets.token_hex(4)}" for _ in words]
    try:
        for file, held in zip(files, disguised, strict=True):
            write_private(file, held)
        yield list(zip(files, words, strict=True))
    finally:
        for file in files:
            file.unlink(missing_ok=True)
