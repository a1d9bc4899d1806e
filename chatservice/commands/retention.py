"""`retention`: erase at once what is kept no longer, as the service does each hour; after a restored backup, say.

Prints how many rows of each table went, and nothing of what stood in them.
"""

import asyncio
import sys

from chatservice.commands.desk import open_desk
from chatservice.commands.migrate import ensure_current
from chatservice.errors import RecordsAwayError
from chatservice.organisation import load_opening_hours
from chatservice.settings import Settings
from chatservice.usecases.retention import apply_retention


def run(settings: Settings) -> int:
    """Apply every rule; 1 when one of them could not be applied. Raises `StartError`."""
    ensure_current(settings)
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    zone = load_opening_hours(settings.content_dir).zone
    failed: list[str] = []

    def tell(table: str, _error: Exception) -> None:
        failed.append(table)
        print(f"{table}: gick inte att radera. Försök igen.", file=sys.stderr)

    async with open_desk(settings) as desk:
        erased = await apply_retention(desk, zone, failure=RecordsAwayError, tell=tell)
    for table, count in erased.items():
        if count:
            print(f"{table}: {count}")
    if not failed and not any(erased.values()):
        print("Inget att radera.")
    return 1 if failed else 0
