"""The engine of either database: how a connection is made and what is asked of it at once.

SQLite: the file is made private, erased rows are overwritten (`secure_delete`), so that a revoked session or a replaced
password leaves nothing in it. PostgreSQL: bounded waits on both sides: a server that is mute is noticed.
Knows nothing of tables. What is promised when a database fails stands in `connections.py`.
"""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, AdaptedConnection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chatservice.records.connections import PATIENCE_S
from chatservice.settings import Settings, write_private

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    f"PRAGMA busy_timeout = {int(PATIENCE_S * 1000)}",
    # 512 KiB a connection instead of 2 MiB: the kernel holds the file, which is small, and each page costs a copy.
    "PRAGMA cache_size = -512",
)
_JOURNAL: Final = "PRAGMA journal_mode = WAL"
_ASK_AGAIN_AFTER_S: Final = 0.02
_CONNECTIONS: Final = 4
_LONGEST_MIGRATION_S: Final = 600.0


def make_engine(settings: Settings, *, for_migration: bool = False) -> AsyncEngine:
    """Return an engine that has not connected yet; a migration may take its time."""
    url = make_url(settings.records_url)
    return _sqlite(url) if url.get_backend_name() == SQLITE else _postgresql(url, for_migration=for_migration)


def _sqlite(url: URL) -> AsyncEngine:
    if url.database:
        _make_private_file(Path(url.database))
    # Parameters of a failed statement may hold a name, and errors are logged.
    engine = create_async_engine(url, pool_size=_CONNECTIONS, max_overflow=0, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _postgresql(url: URL, *, for_migration: bool) -> AsyncEngine:
    longest_s = _LONGEST_MIGRATION_S if for_migration else PATIENCE_S
    milliseconds = str(int(longest_s * 1000))
    return create_async_engine(
        url,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=PATIENCE_S,
        pool_pre_ping=True,  # a server that was started again is met with fresh connections
        hide_parameters=True,
        connect_args={
            "async_creator_fn": _connect,
            "timeout": PATIENCE_S,
            "command_timeout": longest_s,
            "server_settings": {
                "application_name": "chatservice",
                "statement_timeout": milliseconds,
                "lock_timeout": milliseconds,
                # A process that hangs must not hold the others' rows.
                "idle_in_transaction_session_timeout": milliseconds,
            },
        },
    )


async def _connect(*arguments: Any, **options: Any) -> Any:
    """Connect, and say what PostgreSQL answers instead as an OSError: SQLAlchemy lets it pass as it is."""
    import asyncpg  # pyright: ignore[reportMissingTypeStubs]

    try:
        return await asyncpg.connect(*arguments, **options)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # Of PostgreSQL's own answer the first line only: no hints, no details.
        raise ConnectionError((str(error).splitlines() or [type(error).__name__])[0]) from error


def _make_private_file(file: Path) -> None:
    # SQLite gives its journal files the same rights as the main file, so it is enough to make that one first.
    with contextlib.suppress(FileExistsError, OSError):
        write_private(file, b"")


def _prepare(connection: AdaptedConnection, _record: object) -> None:
    connection.run_async(_set_pragmas)


async def _set_pragmas(connection: Any) -> None:
    await _keep_a_journal(connection)
    for pragma in _PRAGMAS:
        await (await connection.execute(pragma)).close()


async def _keep_a_journal(connection: Any) -> None:
    # SQLite refuses a new way of keeping the journal at once while another process writes, whatever busy_timeout says.
    end = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        try:
            await (await connection.execute(_JOURNAL)).close()
            return
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or asyncio.get_running_loop().time() > end:
                raise
        await asyncio.sleep(_ASK_AGAIN_AFTER_S)


def _is_busy(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
