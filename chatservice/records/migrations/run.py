"""Bring the tables up to the program's version. The only module that imports Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from chatservice.records.database import open_engine
from chatservice.settings import Settings


async def upgrade(settings: Settings) -> None:
    """Run the migrations that are missing. Raises `RecordsError` when the database cannot be used."""
    async with open_engine(settings) as engine, engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
