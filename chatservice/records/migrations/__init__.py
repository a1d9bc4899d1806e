"""Migrations of the tables, one file each in `versions/`, named by number so that the newest sorts last.

`head` needs no Alembic, so that a start with up-to-date tables is quick; `upgrade` (in `run.py`) does.
"""

from pathlib import Path

VERSIONS = Path(__file__).parent / "versions"


def head() -> str:
    """Return the newest version that the program knows."""
    return max(file.stem.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
