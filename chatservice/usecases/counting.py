"""Counting in memory, written down now and then: a conversation never waits for a number.

A crash loses the counts since the last writing, a minute at most. A database that fails loses nothing and harms nobody:
the counts stay and are written the next time.
"""

from collections import Counter as Counts
from zoneinfo import ZoneInfo

from chatservice.domain.statistics import Counter, counter
from chatservice.ports import Clock, Counters


class HourlyTally:
    """Implements `ports.Tally`. As large as there are names and unwritten hours."""

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock = clock
        self._zone = zone
        self._counts: Counts[Counter] = Counts()

    def count(self, name: str) -> None:
        """Count one event of this name now."""
        self._counts[counter(name, self._clock.now(), self._zone)] += 1

    async def write(self, counters: Counters) -> None:
        """Write what was counted since the last time, in one go; what could not be written is kept."""
        counts, self._counts = self._counts, Counts()
        is_written = not counts
        try:
            if counts:
                await counters.add(counts)
                is_written = True
        finally:
            if not is_written:
                self._counts += counts
