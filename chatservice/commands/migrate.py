"""`migrate`: bring the tables up to the program's version; and the same by itself in example mode."""

import asyncio

from chatservice.records import migrate
from chatservice.records.database import RecordsBehindError, is_current, open_engine, require_current, version
from chatservice.records.migrations import head
from chatservice.settings import Settings


def run(settings: Settings) -> int:
    """Run the migrations that are missing. Raises `StartError`."""
    if asyncio.run(_is_current(settings)):
        print(f"Tabellerna är redan av rätt version ({head()}).")
        return 0
    migrate(settings)
    print(f"Tabellerna är nu av version {head()}.")
    return 0


def ensure_current(settings: Settings) -> None:
    """Migrate in example mode; in production raise `RecordsBehindError` when that is needed.

    Raises `RecordsAheadError` for tables that are newer than the program, `RecordsError` for a database that is broken.
    """
    try:
        asyncio.run(_require_current(settings))
    except RecordsBehindError:
        if not settings.is_example:
            raise
        migrate(settings)


async def _is_current(settings: Settings) -> bool:
    async with open_engine(settings) as engine:
        return await is_current(engine)


async def _require_current(settings: Settings) -> None:
    async with open_engine(settings) as engine:
        require_current(await version(engine))
