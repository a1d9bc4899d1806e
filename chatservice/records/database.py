"""The records over one database: how it is opened, and known to be of the right shape.

Does not import Alembic: whether the tables are up to date is a look at one row (`migrations/__init__.py`). What is
asked of a connection stands in `engines.py`, what a database that fails is to everybody else in `connections.py`.
"""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from chatservice.errors import StartError
from chatservice.records.accounts import DatabaseAccounts
from chatservice.records.audit_log import DatabaseAuditLog
from chatservice.records.certificates import DatabaseCertificates
from chatservice.records.certification_items import DatabaseCertificationItems
from chatservice.records.connections import PATIENCE_S, Database
from chatservice.records.counters import DatabaseCounters
from chatservice.records.engines import SQLITE, make_engine
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
from chatservice.settings import Settings


class RecordsError(StartError):
    """The database cannot be opened or read."""

    code = "records"


class RecordsBehindError(RecordsError):
    """The tables are older than the program."""

    code = "records_behind"


class RecordsAheadError(RecordsError):
    """The tables are newer than the program: an older one was put in its place."""

    code = "records_ahead"


class DatabaseRecords:
    """The groups of records over one database. Implements `ports.Records`."""

    def __init__(self, database: Database) -> None:
        self.accounts = DatabaseAccounts(database)
        self.sessions = DatabaseSessions(database)
        self.passkeys = DatabasePasskeys(database)
        self.recovery_codes = DatabaseRecoveryCodes(database)
        self.invitations = DatabaseInvitations(database)
        self.factor_losses = DatabaseFactorLosses(database)
        self.certificates = DatabaseCertificates(database)
        self.certification_items = DatabaseCertificationItems(database)
        self.quarantines = DatabaseQuarantines(database)
        self.overrides = DatabaseOverrides(database)
        self.schedule_exceptions = DatabaseScheduleExceptions(database)
        self.letters = DatabaseLetters(database)
        self.feedback = DatabaseFeedbackBox(database)
        self.counters = DatabaseCounters(database)
        self.talk_requests = DatabaseTalkRequests(database)
        self.audit_log = DatabaseAuditLog(database)
        self.shifts = DatabaseShifts(database)


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[DatabaseRecords]:
    """Open the records for as long as the block lasts.

    Raises `RecordsBehindError` or `RecordsAheadError` when the tables are of another version, `RecordsError` when the
    database cannot be used.
    """
    async with open_engine(settings) as engine:
        require_current(await version(engine))
        is_sqlite = engine.dialect.name == SQLITE
        yield DatabaseRecords(Database(engine, patience_s=None if is_sqlite else PATIENCE_S))


@asynccontextmanager
async def open_engine(settings: Settings, *, for_migration: bool = False) -> AsyncGenerator[AsyncEngine]:
    """Open the database without asking for its version. Raises `RecordsError` when it cannot be used."""
    engine = make_engine(settings, for_migration=for_migration)
    try:
        await _try_out(engine)
        yield engine
    finally:
        await engine.dispose()


def require_current(present: str | None) -> None:
    """Refuse tables of another version than the program's: `RecordsAheadError` or `RecordsBehindError`."""
    if present is not None and present > head():
        raise RecordsAheadError(
            f"Databasens tabeller är av version {present}, och programmet känner bara till {head()}: installera det "
            "nyare programmet igen, eller återställ säkerhetskopian från tiden före uppdateringen."
        )
    if present != head():
        raise RecordsBehindError(
            "Databasens tabeller är äldre än programmet: ta en säkerhetskopia och kör python -m chatservice migrate."
        )


async def is_current(engine: AsyncEngine) -> bool:
    """Say whether the tables are of the program's version. Raises `RecordsAheadError` when they are newer."""
    try:
        require_current(await version(engine))
    except RecordsBehindError:
        return False
    return True


async def version(engine: AsyncEngine) -> str | None:
    """Return the version of the tables, or None when there are none. Raises `RecordsError`."""
    with told_at_start(engine):
        async with engine.connect() as connection:
            if not await connection.run_sync(lambda sync: sync.dialect.has_table(sync, "alembic_version")):
                return None
            return (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar_one_or_none()


async def _try_out(engine: AsyncEngine) -> None:
    with told_at_start(engine):
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))


@contextmanager
def told_at_start(engine: AsyncEngine) -> Generator[None]:
    """Say what the database answers as one line with its remedy. Raises `RecordsError`."""
    try:
        yield
    except (DBAPIError, OSError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error.strerror or error) or "inget svar"
        reason = reason.splitlines()[0]
        if engine.dialect.name == SQLITE:
            raise RecordsError(
                f"Databasen går inte att öppna ({reason}): se efter att den finns, är hel och får skrivas av "
                "användaren som kör tjänsten, eller återställ den från en säkerhetskopia."
            ) from error
        raise RecordsError(
            f"Databasen svarar inte ({reason}): se efter att PostgreSQL är igång, att adress, användare och lösenord i "
            "CHAT_RECORDS_URL stämmer, och att användaren får använda databasen."
        ) from error
