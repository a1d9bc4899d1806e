"""A mentor's planned duty: one shift lies within an opening of the schedule and belongs to one mentor.

Knows what may be done with a shift and when. Does not know openings (rota.py finds those), other mentors, or the
present instant; every instant is aware. Read `usecases/rota.py` next.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

LEAVE_NOTICE: Final = timedelta(hours=48)
"""A shift that begins later than this from now can be left; a nearer one stays until a colleague takes it over."""

KEPT_FOR: Final = timedelta(days=35)
"""How long a shift is kept after its end."""


class Refusal(StrEnum):
    """Why something cannot be done with a shift; stable codes, said in words by the pages."""

    TIMES_WRONG = "times_wrong"
    """The end is not after the start, or what was written is no time of day."""
    OUTSIDE = "outside"
    """Not within one opening of the schedule."""
    PAST = "past"
    """It has ended."""
    OVERLAP = "overlap"
    """The mentor has another shift at that time."""
    QUARANTINE = "quarantine"
    """The mentor has a quarantine on one of its days. Only she may read this."""
    NOT_AVAILABLE = "not_available"
    """The mentor cannot be scheduled then; a coordinator is not told why."""
    TOO_NEAR = "too_near"
    """It begins too soon to be left."""
    GONE = "gone"
    """Somebody else was first, or the shift is no longer there."""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From `starts_at` up to but not including `ends_at`, both aware."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if not self.starts_at < self.ends_at:
            raise ValueError("a stretch lasts more than nothing")

    def overlaps(self, other: "Stretch") -> bool:
        """Tell whether there is an instant that lies in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, other: "Stretch") -> bool:
        """Tell whether the other lies wholly within this one."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """Give the first and the last date on the wall that it touches."""
        last = self.ends_at - timedelta(microseconds=1)
        return self.starts_at.astimezone(zone).date(), last.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Shift:
    """A mentor's own part of an opening. `up_for_swap`: she asks a colleague to take it; it stays hers until then."""

    id: int
    account_id: int
    stretch: Stretch
    up_for_swap: bool = False

    def can_be_left(self, now: datetime) -> bool:
        """Tell whether it is so far away that its mentor may leave it without a colleague's help."""
        return self.stretch.starts_at - now > LEAVE_NOTICE

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended."""
        return self.stretch.ends_at <= now
