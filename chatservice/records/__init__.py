"""What must last: accounts, sessions, certificates, overrides, letters, feedback. Never anything of a conversation.

`open_records` is the door. Start reading in `tables.py`, then any of the adapters.
"""

import asyncio

from chatservice.records.database import DatabaseRecords, open_records
from chatservice.settings import Settings

__all__ = ["DatabaseRecords", "migrate", "open_records"]


def migrate(settings: Settings) -> None:
    """Bring the tables up to the program's version. Raises `RecordsError` when the database cannot be used."""
    # Alembic takes half a second to import, and most starts do not need it.
    from chatservice.records.migrations.run import upgrade

    asyncio.run(upgrade(settings))
