"""Whether this process can take part now: the records answer, the live store answers, and no restart has begun.

Another question than `/halsa`, which says only that the process lives. Asked by the inside listener (web/inside.py).
"""

import asyncio
from typing import Final, Literal

from sqlalchemy.exc import SQLAlchemyError

from chatservice.errors import ChatError
from chatservice.meter import Meter
from chatservice.ports import LiveStore, Records

_PATIENCE_S: Final = 2.0
# Of an account that nobody has: the cheapest question that goes all the way to the database.
_NOBODY: Final = 0

Obstacle = Literal["startar", "startar-om", "databasen", "samtalslagret"]
"""The one word for what is in the way."""


async def find_obstacle(
    records: Records, live: LiveStore, draining: asyncio.Event, meter: Meter
) -> Obstacle | None:
    """Return what keeps this process from taking part, or None. Takes a few seconds at the most."""
    if draining.is_set():
        return "startar-om"
    if not await records_answer(records):
        meter.failed_looks["records"] += 1
        return "databasen"
    if not await live_answers(live):
        meter.failed_looks["live"] += 1
        return "samtalslagret"
    return None


async def records_answer(records: Records) -> bool:
    """Say whether the database answers."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await records.accounts.find(_NOBODY)
    except (ChatError, SQLAlchemyError, OSError):
        return False
    return True


async def live_answers(live: LiveStore) -> bool:
    """Say whether the store of conversations answers."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await live.waiting_count()
    except (ChatError, OSError):
        return False
    return True
