"""Counts how many conversations begin, in memory: altogether by the minute, and by home over ten.

Knows no address: what comes in is a home's keyed hash, whose key rotates (live/blocks.py). Each count is the present
window and what of the last one still lies within its length; a whole window is forgotten at once. Implements
`ports.Starts`.
"""

import math
from typing import Final

from chatservice.ports import Clock, Origin, StartCounts

ALTOGETHER_S: Final = 60.0
FROM_ONE_S: Final = 600.0
MOST_HOMES: Final = 10_000
"""More of them in one window are counted altogether only."""
_EVERYBODY: Final = (0, b"")


class MemoryStarts:
    """See `ports.Starts`."""

    def __init__(self, clock: Clock) -> None:
        self._altogether = _Window(clock, ALTOGETHER_S)
        self._from_one = _Window(clock, FROM_ONE_S)

    async def note(self, origin: Origin) -> StartCounts:
        """Count one more from there; return the counts, this one included."""
        altogether = self._altogether.note(_EVERYBODY)
        return StartCounts(altogether, self._from_one.note(origin.digests[-1]) if origin.digests else 0)


class _Window:
    """Counts by name over the last `length_s` seconds, from this window and the one before."""

    def __init__(self, clock: Clock, length_s: float) -> None:
        self._clock = clock
        self._length_s = length_s
        self._number = 0
        self._now: dict[tuple[int, bytes], int] = {}
        self._before: dict[tuple[int, bytes], int] = {}

    def note(self, name: tuple[int, bytes]) -> int:
        """Count one more; return how many there were in the last `length_s` seconds, rounded up."""
        number, into_s = divmod(self._clock.monotonic_s(), self._length_s)
        if number != self._number:
            self._before = self._now if number == self._number + 1 else {}
            self._now, self._number = {}, int(number)
        if name in self._now or len(self._now) < MOST_HOMES:
            self._now[name] = self._now.get(name, 0) + 1
        still = self._before.get(name, 0) * (1 - into_s / self._length_s)
        return self._now.get(name, 0) + math.ceil(still)
