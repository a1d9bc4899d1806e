"""The tables that are shown of what is counted: by week, and by hour, length and outcome for each quarter.

Everything shown is made of three kinds of people who came: those who were *taken*, those who *left* before a mentor
had them, and those *turned away* at the door. Queued is taken and left together, opened all three; a sum is shown only
where all its parts are, so that no part can be found by subtraction.

A week is shown by itself and never changes: what comes later cannot ask for it to be hidden. A quarter's sum, and its
tables by hour and length, which have the same sum, give way to what its weeks hide. Longer periods only add up what
quarters and weeks show. The rule is in small_cells.py, the proof and its limits in docs/decisions/0012-hidden-cells.md.
"""

from collections import Counter as Counts
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatservice.domain.number_periods import HOURS_OF_WEEK, Period, Quarter, Week
from chatservice.domain.percentiles import Waits, waits_of
from chatservice.domain.small_cells import (
    FEWEST,
    HIDDEN,
    Cell,
    may_be_summed,
    parts_of_total,
    shown_or_small,
    together,
    total_of,
)
from chatservice.domain.statistics import (
    LEFT,
    LENGTH_STEPS_MIN,
    OPENED,
    TAKEN,
    WAIT_STEPS_MIN,
    Counter,
    Outcome,
    outcome_name,
    step_names,
)

WAIT_NAMES = step_names("wait", WAIT_STEPS_MIN)
LENGTH_NAMES = step_names("length", LENGTH_STEPS_MIN)
OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many came, in four numbers: each is a part of the one before."""

    opened: Cell
    queued: Cell
    taken: Cell
    left: Cell


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week, and how long people waited in it; `waits` is None where there were too few."""

    week: Week
    came: Totals
    waits: Waits | None


@dataclass(frozen=True, slots=True)
class QuarterTables:
    """A quarter: hours of the week from Monday on, length steps from the shortest, outcomes in their order.

    For several added up `quarter` and `waits` are None.
    """

    quarter: Quarter | None
    came: Totals
    waits: Waits | None
    taken_by_hour: tuple[Cell, ...]
    left_by_hour: tuple[Cell, ...]
    lengths: tuple[Cell, ...]
    outcomes: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """All tables of a period. `quarters` holds each by itself, `tables` their sum or None when there is none yet."""

    period: Period
    weeks: tuple[WeekRow, ...]
    came: Totals
    quarters: tuple[QuarterTables, ...]

    @property
    def tables(self) -> QuarterTables | None:
        """Add up the quarters."""
        if not self.quarters:
            return None
        one, *others = self.quarters
        if not others:
            return one
        return QuarterTables(
            None,
            _totals_together([each.came for each in self.quarters]),
            None,
            _columns([each.taken_by_hour for each in self.quarters]),
            _columns([each.left_by_hour for each in self.quarters]),
            _columns([each.lengths for each in self.quarters]),
            _columns([each.outcomes for each in self.quarters]),
        )

    @property
    def has_anybody(self) -> bool:
        """Say whether there is a number to show at all."""
        return any(row.came.taken.number for row in self.weeks) or self.came.taken.number is not None


def numbers_of(
    period: Period, counted: Mapping[Counter, int], open_hours: Mapping[Quarter, frozenset[int]]
) -> Numbers:
    """Make a period's tables from what was counted in its weeks and quarters."""
    weeks, hours = _by_week(counted), _by_hour(counted)
    rows = tuple(_week_row(week, weeks.get(week, Counts())) for week in period.weeks)
    quarters = tuple(
        _quarter_tables(quarter, weeks, hours.get(quarter, Counts()), open_hours[quarter])
        for quarter in period.quarters
    )
    return Numbers(period, rows, _totals_of(rows, quarters), quarters)


def _week_row(week: Week, counts: Counts[str]) -> WeekRow:
    taken, left = shown_or_small(counts[TAKEN]), shown_or_small(counts[LEFT])
    queued = opened = HIDDEN
    if taken.is_exact and left.is_exact:
        queued = Cell(counts[TAKEN] + counts[LEFT])
        if _turned_away(counts) >= FEWEST:
            opened = Cell(counts[TAKEN] + counts[LEFT] + _turned_away(counts))
    waits = waits_of([counts[name] for name in WAIT_NAMES]) if taken.is_exact else None
    return WeekRow(week, Totals(opened, queued, taken, left), waits)


def _turned_away(counts: Counts[str]) -> int:
    # Over midnight between two weeks, and after a crash, a few may be counted as gone who were never counted as come.
    return max(0, counts[OPENED] - counts[TAKEN] - counts[LEFT])


def _quarter_tables(
    quarter: Quarter,
    weeks: Mapping[Week, Counts[str]],
    hours: Counts[tuple[int, str]],
    open_hours: frozenset[int],
) -> QuarterTables:
    counts = [weeks.get(week, Counts[str]()) for week in quarter.weeks]
    came = _quarter_totals(counts)
    whole = sum(counts, Counts[str]())
    is_open = [hour in open_hours for hour in range(HOURS_OF_WEEK)]

    def by_hour(name: str, total: Cell) -> tuple[Cell, ...]:
        given = [hours[hour, name] for hour in range(HOURS_OF_WEEK)]
        return parts_of_total(given, is_open, total, turn=quarter.number - 1)

    lengths = [whole[name] for name in LENGTH_NAMES]
    return QuarterTables(
        quarter,
        came,
        waits_of([whole[name] for name in WAIT_NAMES]),
        by_hour(TAKEN, came.taken),
        by_hour(LEFT, came.left),
        parts_of_total(lengths, [True] * len(lengths), came.taken),
        # Several may be ticked and none need be, so they are no parts of a sum.
        tuple(shown_or_small(whole[outcome_name(outcome)]) for outcome in OUTCOMES),
    )


def _quarter_totals(weeks: Sequence[Counts[str]]) -> Totals:
    taken, left = (total_of([counts[name] for counts in weeks]) for name in (TAKEN, LEFT))
    queued = together((taken, left))
    opened = Cell(queued.number, is_floor=True) if queued.number else HIDDEN
    if queued.is_exact and queued.number:
        away = [_turned_away(counts) for counts in weeks]
        are_parts_shown = [counts[TAKEN] >= FEWEST and counts[LEFT] >= FEWEST for counts in weeks]
        hidden = [
            (many, known)
            for many, known in zip(away, are_parts_shown, strict=True)
            if many < FEWEST or not known
        ]
        small = sum(1 for _, known in hidden if known)
        rest = sum(many for many, _ in hidden)
        is_safe = not hidden or may_be_summed(rest, small=small, free=len(hidden) - small)
        if sum(away) >= FEWEST and is_safe:
            opened = Cell(queued.number + sum(away))
    return Totals(opened, queued, taken, left)


def _totals_of(rows: Sequence[WeekRow], quarters: Sequence[QuarterTables]) -> Totals:
    """Add up a period: whole quarters of its weeks as they are, the other weeks one by one."""
    shown = {row.week for row in rows}
    whole = [each for each in quarters if each.quarter and set(each.quarter.weeks) <= shown]
    covered = {week for each in whole if each.quarter for week in each.quarter.weeks}
    parts = [each.came for each in whole] + [row.came for row in rows if row.week not in covered]
    taken = together([part.taken for part in parts])
    left = together([part.left for part in parts])
    added = _totals_together(parts)
    queued = added.queued if added.queued.is_exact else together((taken, left))
    floor = max(queued.number or 0, added.opened.number or 0)
    opened = added.opened if added.opened.is_exact else Cell(floor, is_floor=True) if floor else HIDDEN
    return Totals(opened, queued, taken, left)


def _totals_together(parts: Sequence[Totals]) -> Totals:
    return Totals(
        together([part.opened for part in parts]),
        together([part.queued for part in parts]),
        together([part.taken for part in parts]),
        together([part.left for part in parts]),
    )


def _columns(tables: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    return tuple(together(cells) for cells in zip(*tables, strict=True))


def _by_week(counted: Mapping[Counter, int]) -> dict[Week, Counts[str]]:
    weeks: dict[Week, Counts[str]] = {}
    for counter, number in counted.items():
        weeks.setdefault(Week.holding(counter.day), Counts())[counter.name] += number
    return weeks


def _by_hour(counted: Mapping[Counter, int]) -> dict[Quarter, Counts[tuple[int, str]]]:
    quarters: dict[Quarter, Counts[tuple[int, str]]] = {}
    for counter, number in counted.items():
        if counter.name in {TAKEN, LEFT}:
            place = counter.day.weekday() * 24 + counter.hour
            quarters.setdefault(Week.holding(counter.day).quarter, Counts())[place, counter.name] += number
    return quarters
