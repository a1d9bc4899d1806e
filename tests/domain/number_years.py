"""Makes up what was counted in a year: each visitor gets an hour, a wait and a length, as the service counts her."""

from collections import Counter as Counts
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from chatservice.domain.number_periods import Week
from chatservice.domain.statistics import (
    LEFT,
    LENGTH_STEPS_MIN,
    OPENED,
    QUEUED,
    TAKEN,
    WAIT_STEPS_MIN,
    Counter,
    Outcome,
    outcome_name,
    step_names,
)

EVENINGS = ((0, 19), (0, 20), (2, 19), (2, 20), (6, 19), (6, 20))
"""The hours that are open, as day of the week and hour."""

OPEN_HOURS = frozenset(day * 24 + hour for day, hour in EVENINGS)
WAITS = step_names("wait", WAIT_STEPS_MIN)
LENGTHS = step_names("length", LENGTH_STEPS_MIN)


def counted(
    came: Mapping[Week, tuple[int, int, int]], random: Random, *, late: float = 0.02
) -> dict[Counter, int]:
    """Count so many taken, left and turned away in each week; `late` is the share of those who come after closing."""
    counts: Counts[Counter] = Counts()
    for week, (taken, left, away) in came.items():
        for place in range(taken + left + away):
            day, hour = random.choice(EVENINGS)
            hour += 2 if random.random() < late else 0
            there = week.first_day + timedelta(days=day)
            counts[Counter(there, hour, OPENED)] += 1
            if place < taken + left:
                counts[Counter(there, hour, QUEUED)] += 1
            if place < taken:
                _count_taken(counts, there, hour, random)
            elif place < taken + left:
                counts[Counter(there, hour, LEFT)] += 1
    return dict(counts)


def _count_taken(counts: Counts[Counter], day: date, hour: int, random: Random) -> None:
    wait = random.choices(WAITS, (30, 25, 20, 12, 6, 4, 2, 1))[0]
    length = random.choices(LENGTHS, (5, 14, 30, 30, 15, 5, 1))[0]
    outcome = random.choices(tuple(Outcome), (60, 20, 4, 10, 5, 1))[0]
    for name in (TAKEN, wait, length, outcome_name(outcome)):
        counts[Counter(day, hour, name)] += 1


def realistic(weeks: tuple[Week, ...], random: Random) -> Mapping[Week, tuple[int, int, int]]:
    """Give each week what a small helpline may see: about ten taken, two who left, hardly anybody turned away."""

    def about(mean: float) -> int:
        return sum(1 for _ in range(int(mean * 10)) if random.random() < 0.1)

    return {week: (about(10), about(2), about(0.3)) for week in weeks}


def every_week(
    weeks: tuple[Week, ...], give: Callable[[], tuple[int, int, int]]
) -> dict[Week, tuple[int, int, int]]:
    """Give each week what the function gives."""
    return {week: give() for week in weeks}
