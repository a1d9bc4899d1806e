"""`backup`: a copy of the records while the service runs. Conversations are not in it: they are in no file.

Knows SQLite. A PostgreSQL database is copied with its own `pg_dump`, and the command says so. The copy holds password
hashes and the secrets of one-time codes, so that it is written private to its owner and never over another file.
"""

import contextlib
import os
import sqlite3
from pathlib import Path

from sqlalchemy import make_url

from chatservice.errors import StartError
from chatservice.settings import Settings


def run(settings: Settings, file: Path) -> int:
    """Write the copy and check it. Raises `StartError`."""
    url = make_url(settings.records_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise StartError(
            "Databasen är PostgreSQL, och den kopierar du med dess eget verktyg: pg_dump --format=custom --file=… "
            "(se Backups i docs/operations.md). Kopian ska förvaras som en nyckel, och bara ägaren ska kunna läsa den."
        )
    source = Path(url.database)
    if not source.is_file():
        raise StartError(f"Databasen {source} finns inte än: kör python -m chatservice migrate.")
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise StartError(
            f"Filen {file} finns redan: välj ett nytt namn, till exempel med datum i."
        ) from error
    except OSError as error:
        raise StartError(f"Filen {file} kan inte skrivas ({error.strerror}): välj en annan plats.") from error
    try:
        _copy(source, file)
    except sqlite3.Error as error:
        file.unlink()
        raise StartError(
            f"Databasen kunde inte kopieras ({error}): är den skadad, återställ den förra säkerhetskopian."
        ) from error
    print(f"Säkerhetskopian {file} är hel. Den innehåller konton men inga samtal. Förvara den som en nyckel.")
    return 0


def _copy(source: Path, file: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as original,
        contextlib.closing(sqlite3.connect(file)) as copy,
    ):
        original.backup(copy)
        # The copy is one file, without a journal beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
        verdict = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict.splitlines()[0])
