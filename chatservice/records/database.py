"""The database: how it is opened, made private, and known to be of the right shape.

Erased rows are overwritten (`secure_delete`), so that a revoked session or a replaced password leaves nothing in the
file. Does not import Alembic: whether the tables are up to date is a look at one row (`migrations/__init__.py`).
"""

import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chatservice.errors import StartError
from chatservice.records.accounts import DatabaseAccounts
from chatservice.records.audit_log import DatabaseAuditLog
from chatservice.records.certificates import DatabaseCertificates
from chatservice.records.certification_items import DatabaseCertificationItems
from chatservice.records.counters import DatabaseCounters
from chatservice.records.factor_losses import DatabaseFactorLosses
from chatservice.records.feedback import DatabaseFeedbackBox
from chatservice.records.invitations import DatabaseInvitations
from chatservice.records.letters import DatabaseLetters
from chatservice.records.migrations import head
from chatservice.records.overrides import DatabaseOverrides
from chatservice.records.passkeys import DatabasePasskeys
from chatservice.records.quarantines import DatabaseQuarantines
from chatservice.records.recovery_codes import DatabaseRecoveryCodes
from chatservice.records.schedule_exceptions import DatabaseScheduleExceptions
from chatservice.records.sessions import DatabaseSessions
from chatservice.records.shifts import DatabaseShifts
from chatservice.records.talk_requests import DatabaseTalkRequests
from chatservice.settings import Settings, write_private

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA busy_timeout = 5000",
)


class RecordsError(StartError):
    """The database cannot be opened or read."""

    code = "records"


class RecordsBehindError(RecordsError):
    """The tables are of another version than the program."""

    code = "records_behind"


class DatabaseRecords:
    """The groups of records over one engine. Implements `ports.Records`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.accounts = DatabaseAccounts(engine)
        self.sessions = DatabaseSessions(engine)
        self.passkeys = DatabasePasskeys(engine)
        self.recovery_codes = DatabaseRecoveryCodes(engine)
        self.invitations = DatabaseInvitations(engine)
        self.factor_losses = DatabaseFactorLosses(engine)
        self.certificates = DatabaseCertificates(engine)
        self.certification_items = DatabaseCertificationItems(engine)
        self.quarantines = DatabaseQuarantines(engine)
        self.overrides = DatabaseOverrides(engine)
        self.schedule_exceptions = DatabaseScheduleExceptions(engine)
        self.letters = DatabaseLetters(engine)
        self.feedback = DatabaseFeedbackBox(engine)
        self.counters = DatabaseCounters(engine)
        self.talk_requests = DatabaseTalkRequests(engine)
        self.audit_log = DatabaseAuditLog(engine)
        self.shifts = DatabaseShifts(engine)


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[DatabaseRecords]:
    """Open the records for as long as the block lasts.

    Raises `RecordsBehindError` when the tables need a migration, `RecordsError` when the database cannot be used.
    """
    async with open_engine(settings) as engine:
        if not await is_current(engine):
            raise RecordsBehindError(
                "Databasens tabeller passar inte programmets version: kör python -m chatservice migrate."
            )
        yield DatabaseRecords(engine)


@asynccontextmanager
async def open_engine(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """Open the database without asking for its version. Raises `RecordsError` when it cannot be used."""
    url = make_url(settings.records_url)
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and url.database:
        _make_private_file(Path(url.database))
    # Parameters of a failed statement may hold a name, and errors are logged.
    engine = create_async_engine(url, pool_size=4, max_overflow=0, hide_parameters=True)
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare)
    try:
        await _try_out(engine)
        yield engine
    finally:
        await engine.dispose()


async def is_current(engine: AsyncEngine) -> bool:
    """Say whether the tables are of the program's version."""
    return await version(engine) == head()


async def version(engine: AsyncEngine) -> str | None:
    """Return the version of the tables, or None when there are none."""
    async with engine.connect() as connection:
        if not await connection.run_sync(lambda sync: sync.dialect.has_table(sync, "alembic_version")):
            return None
        return (
            await connection.execute(text("SELECT version_num FROM alembic_version"))
        ).scalar_one_or_none()


async def _try_out(engine: AsyncEngine) -> None:
    connection: AsyncConnection
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        reason = str(error.orig) if isinstance(error, DBAPIError) else str(error.strerror)
        raise RecordsError(
            f"Databasen går inte att öppna ({reason}): se efter att den finns, är hel och får skrivas av "
            "användaren som kör tjänsten, eller återställ den från en säkerhetskopia."
        ) from error


def _make_private_file(file: Path) -> None:
    # SQLite gives its journal files the same rights as the main file, so it is enough to make that one first.
    with contextlib.suppress(FileExistsError, OSError):
        write_private(file, b"")


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
