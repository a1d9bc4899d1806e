"""What somebody who waits may know: how long it usually takes tonight."""

from chatservice.domain.waiting import expected_wait
from chatservice.ports import LiveStore


async def usual_wait(live: LiveStore, place: int | None) -> tuple[int, int] | None:
    """Return the usual wait for a place as a range in minutes, or None for no place or too little knowledge."""
    return None if place is None else expected_wait(await live.waits(), place)
