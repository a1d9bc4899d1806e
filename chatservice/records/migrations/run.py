"""Bring the tables up to the program's version. The only module that imports Alembic."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from chatservice.records.database import is_current, open_engine, told_at_start
from chatservice.records.engines import POSTGRESQL
from chatservice.settings import Settings

_LOCK: Final = 0x63686174


async def upgrade(settings: Settings) -> None:
    """Run the migrations that are missing.

    Raises `RecordsError` when the database cannot be used, `RecordsAheadError` when its tables are newer.
    """
    async with open_engine(settings, for_migration=True) as engine:
        if await is_current(engine):
            return
        with told_at_start(engine):
            async with engine.begin() as connection:
                if engine.dialect.name == POSTGRESQL:
                    # Two processes that start at once migrate one after the other.
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                else:
                    # The same for SQLite, which would let both look before one of them writes.
                    await connection.exec_driver_sql("BEGIN IMMEDIATE")
                await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
