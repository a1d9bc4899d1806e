"""How often something happened, as records. Adapter: records/counters.py."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from chatservice.domain.statistics import Counter


class Counters(Protocol):
    """How often something happened in an hour. Tied to nobody."""

    async def add(self, counts: Mapping[Counter, int]) -> None:
        """Add to the counters, all of them or none."""
        ...

    async def between(self, first: date, last: date) -> Mapping[Counter, int]:
        """Return the counters from one day to another, both included."""
        ...

    async def first_day(self) -> date | None:
        """Return the earliest day on which anything was counted; None when nothing was."""
        ...


class Tally(Protocol):
    """Counts events, by name only. Never waits and never fails."""

    def count(self, name: str) -> None:
        """Count one event of this name now."""
        ...
