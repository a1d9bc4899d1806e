"""Chat quarantine (chattkarantän): whole days on which a mentor does not staff the chat. Nobody says why, here or ever.

Knows periods of days and how overlapping ones become one. Which day it is, in the organisation's own zone, comes from
outside. Read next: usecases/quarantine.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST: Final = timedelta(days=730)
"""No mission is longer; a period beyond that is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A period, its first and last day counted in. `id` is 0 before it is kept."""

    account_id: int
    first_day: date
    last_day: date
    id: int = 0

    def covers(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return self.first_day <= day <= self.last_day

    def meets(self, other: "Quarantine") -> bool:
        """Say whether the two share a day, or one begins the day after the other ends."""
        day = timedelta(days=1)
        return self.first_day <= other.last_day + day and other.first_day <= self.last_day + day


def joined(new: Quarantine, held: Iterable[Quarantine]) -> tuple[Quarantine, tuple[Quarantine, ...]]:
    """Return one period in place of a new one and of those it meets, and which those were."""
    met = tuple(each for each in held if each.meets(new))
    first_day = min([new.first_day, *(each.first_day for each in met)])
    last_day = max([new.last_day, *(each.last_day for each in met)])
    return Quarantine(new.account_id, first_day, last_day), met


def holding(quarantines: Iterable[Quarantine], day: date) -> Quarantine | None:
    """Return the period that covers a day, the one that lasts longest, or None."""
    covering = [each for each in quarantines if each.covers(day)]
    return max(covering, key=lambda each: each.last_day) if covering else None


def next_of(quarantines: Sequence[Quarantine], day: date) -> Quarantine | None:
    """Return the period that holds on a day or comes next after it, or None."""
    ahead = [each for each in quarantines if each.last_day >= day]
    return min(ahead, key=lambda each: each.first_day) if ahead else None
