"""What is counted: events by name and hour, tied to nobody. Nothing finer than the hour is ever kept.

Knows the names of counters and the steps in which waits and lengths are counted. A median or a percentile is read from
the steps; a single wait is held nowhere. What is too small to show is for whoever shows it to hide.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

OPENED: Final = "opened"
"""Somebody asked to begin, let in or not."""
QUEUED: Final = "queued"
"""Somebody got a place in the queue."""
TAKEN: Final = "taken"
"""A mentor took somebody for the first time."""
LEFT: Final = "left"
"""Somebody was gone before a mentor had been let in."""

WAIT_STEPS_MIN: Final = (1, 2, 5, 10, 15, 30, 60)
LENGTH_STEPS_MIN: Final = (5, 15, 30, 60, 90, 120)


class Outcome(StrEnum):
    """What a mentor may tick after a conversation."""

    LISTENED = "listened"
    ANSWERED = "answered"
    FOLLOW_UP = "follow_up"
    REFERRED = "referred"
    LEFT = "left"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True, order=True)
class Counter:
    """A name in one hour of one day, in the organisation's own time."""

    day: date
    hour: int
    name: str


def counter(name: str, at: datetime, zone: ZoneInfo) -> Counter:
    """Return the counter of a name at an instant."""
    there = at.astimezone(zone)
    return Counter(there.date(), there.hour, name)


def wait_name(waited_s: float) -> str:
    """Return the counter of a wait: "wait_2_5" for two to five minutes, "wait_60" for an hour or more."""
    return _step("wait", waited_s, WAIT_STEPS_MIN)


def length_name(lasted_s: float) -> str:
    """Return the counter of a conversation's length, from when it was first taken: "length_15_30"."""
    return _step("length", lasted_s, LENGTH_STEPS_MIN)


def outcome_name(outcome: Outcome) -> str:
    """Return the counter of an outcome."""
    return f"outcome_{outcome.value}"


def step_names(kind: str, steps_min: tuple[int, ...]) -> tuple[str, ...]:
    """Return the counters of all steps, shortest first."""
    return tuple(_step(kind, minutes * 60, steps_min) for minutes in (0, *steps_min))


def _step(kind: str, duration_s: float, steps_min: tuple[int, ...]) -> str:
    place = bisect_right(steps_min, duration_s / 60)
    low = steps_min[place - 1] if place else 0
    return f"{kind}_{low}_{steps_min[place]}" if place < len(steps_min) else f"{kind}_{low}"
