"""The tables of numbers: what they show, and that nobody finds what they hide, however she adds and subtracts."""

from collections import Counter as Counts
from collections import defaultdict
from datetime import date
from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatservice.domain import number_tables, small_cells
from chatservice.domain.number_periods import (
    Period,
    Quarter,
    Week,
    hours_open,
    is_over,
    latest_weeks,
    weeks_of,
    year_so_far,
)
from chatservice.domain.number_tables import numbers_of
from chatservice.domain.opening_hours import Schedule, Window
from chatservice.domain.opening_hours import Week as PublishedWeek
from chatservice.domain.percentiles import WaitRange, Waits, waits_of
from chatservice.domain.small_cells import HIDDEN, SMALL, Cell, Mark
from chatservice.domain.statistics import LEFT, OPENED, TAKEN, Counter
from tests.domain.number_attack import knowledge_of
from tests.domain.number_years import OPEN_HOURS, counted, every_week, realistic

QUARTER = Quarter(2026, 2)
ONE_QUARTER = Period(QUARTER.weeks, (QUARTER,))
WHOLE_YEAR = year_so_far(2026, date(2027, 2, 1))
KINDS = {
    "sparse": st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 1)),
    "usual": st.tuples(st.integers(3, 14), st.integers(0, 6), st.integers(0, 3)),
    "busy": st.tuples(st.integers(5, 30), st.integers(4, 12), st.integers(3, 9)),
}
WORLDS = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.tuples(st.lists(KINDS[kind], min_size=13, max_size=13), st.integers(0, 2**32))
)


def told(weeks: list[tuple[int, int, int]], seed: int) -> list[str]:
    """Make a quarter's tables and attack them; return each small number that is found."""
    truth = counted(dict(zip(QUARTER.weeks, weeks, strict=True)), Random(seed))
    numbers = numbers_of(ONE_QUARTER, truth, {QUARTER: OPEN_HOURS})
    knows = knowledge_of(numbers, _late(truth))
    settled = knows.settled()
    found: list[str] = []
    tried: set[object] = set()
    for name, (low, high) in list(knows.bounds.items()):
        if high != 4 or low != 0:
            continue
        # Numbers that stand in the same equations with the same bounds are each other's equals: one is tried.
        alike = (low, high, tuple(name in equation for equation, _ in knows.equations))
        if name in settled:
            found.append(f"{name} is settled")
        if alike not in tried:
            tried.add(alike)
            found += [f"{name} is not {value}" for value in (0, 4) if not knows.fits(name, value)]
    return found


def _late(truth: dict[Counter, int]) -> dict[str, int]:
    late: dict[str, int] = defaultdict(int)
    for counter, number in truth.items():
        if counter.day.weekday() * 24 + counter.hour not in OPEN_HOURS:
            late[f"q{Week.holding(counter.day).quarter.number}{counter.name}"] += number
    return late


# Not shrunk: what is found is told by its name, and a smaller quarter is no easier to read.
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(WORLDS)
def test_every_small_number_may_still_be_anything_from_0_to_4(world):
    assert told(*world) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_attack_finds_numbers_where_only_small_ones_are_hidden(monkeypatch, seed):
    monkeypatch.setattr(small_cells, "_is_safe", lambda *_, **__: True)
    monkeypatch.setattr(small_cells, "may_be_summed", lambda *_, **__: True)

    weeks = list(realistic(QUARTER.weeks, Random(seed)).values())

    assert told(weeks, seed)


def test_no_number_under_five_stands_anywhere():
    random = Random(5)
    numbers = numbers_of(
        WHOLE_YEAR,
        counted(realistic(WHOLE_YEAR.weeks, random), random),
        dict.fromkeys(WHOLE_YEAR.quarters, OPEN_HOURS),
    )
    tables = numbers.tables
    assert tables is not None

    cells = [*tables.taken_by_hour, *tables.left_by_hour, *tables.lengths, *tables.outcomes]
    for came in (numbers.came, tables.came, *(row.came for row in numbers.weeks)):
        cells += [came.opened, came.queued, came.taken, came.left]

    assert [cell for cell in cells if cell.number is not None and cell.number < 5] == []


@pytest.mark.parametrize("seed", range(5))
def test_most_of_a_usual_year_can_be_read(seed):
    random = Random(seed)
    truth = counted(realistic(WHOLE_YEAR.weeks, random), random)
    numbers = numbers_of(WHOLE_YEAR, truth, dict.fromkeys(WHOLE_YEAR.quarters, OPEN_HOURS))
    tables = numbers.tables
    assert tables is not None

    shown_weeks = [row for row in numbers.weeks if row.came.taken.is_exact]
    shown_hours = [hour for hour in OPEN_HOURS if tables.taken_by_hour[hour].number is not None]

    assert len(shown_weeks) > 0.9 * len(numbers.weeks)
    assert all(quarter.waits and quarter.waits.median.high_min for quarter in numbers.quarters)
    assert len(shown_hours) == len(OPEN_HOURS)
    assert sum(cell.number or 0 for cell in tables.taken_by_hour) > 0.6 * sum(
        number for counter, number in truth.items() if counter.name == TAKEN
    )
    assert numbers.came.left.number


def one_week(opened: int, taken: int, left: int) -> number_tables.WeekRow:
    week = Week(2026, 20)
    counts = {OPENED: opened, TAKEN: taken, LEFT: left}
    truth = {Counter(week.first_day, 19, name): number for name, number in counts.items()}
    return numbers_of(Period((week,), ()), truth, {}).weeks[0]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((12, 7, 3), (HIDDEN, HIDDEN, Cell(7), SMALL)),
        ((12, 3, 7), (HIDDEN, HIDDEN, SMALL, Cell(7))),
        ((12, 7, 5), (HIDDEN, Cell(12), Cell(7), Cell(5))),
        ((17, 7, 5), (Cell(17), Cell(12), Cell(7), Cell(5))),
        ((11, 7, 5), (HIDDEN, Cell(12), Cell(7), Cell(5))),
    ],
)
def test_a_weeks_sum_is_shown_only_when_all_its_parts_are(counts, shown):
    came = one_week(*counts).came

    assert (came.opened, came.queued, came.taken, came.left) == shown


def test_a_busy_quarter_shows_all_its_sums():
    truth = counted(every_week(QUARTER.weeks, lambda: (20, 9, 6)), Random(1), late=0)

    numbers = numbers_of(ONE_QUARTER, truth, {QUARTER: OPEN_HOURS})

    assert numbers.came == number_tables.Totals(Cell(455), Cell(377), Cell(260), Cell(117))
    assert numbers.tables is numbers.quarters[0]
    by_hour = Counts(cell.mark for cell in numbers.quarters[0].taken_by_hour)
    assert by_hour == {None: len(OPEN_HOURS) - 1, Mark.HIDDEN: 1, Mark.CLOSED: 168 - len(OPEN_HOURS)}


def test_a_quarter_with_nobody_shows_nothing():
    numbers = numbers_of(ONE_QUARTER, {}, {QUARTER: OPEN_HOURS})

    assert not numbers.has_anybody
    assert numbers.came == number_tables.Totals(HIDDEN, HIDDEN, HIDDEN, HIDDEN)
    assert {cell.number for cell in numbers.quarters[0].taken_by_hour} == {None}


def test_weeks_that_lie_in_no_whole_quarter_are_added_one_by_one():
    weeks = QUARTER.weeks[:3]
    truth = counted(dict(zip(weeks, [(6, 0, 0), (7, 0, 0), (4, 0, 0)], strict=True)), Random(1))

    numbers = numbers_of(Period(weeks, ()), truth, {})

    assert numbers.came.taken == Cell(13, is_floor=True)
    assert numbers.came.opened == Cell(13, is_floor=True)
    assert numbers.tables is None
    assert numbers.has_anybody


def test_what_a_page_shows_of_a_week_never_changes_when_more_weeks_are_over():
    random = Random(3)
    truth = counted(realistic(QUARTER.weeks, random), random)
    whole = numbers_of(ONE_QUARTER, truth, {QUARTER: OPEN_HOURS}).weeks

    for shown in range(1, 13):
        earlier = numbers_of(Period(QUARTER.weeks[:shown], ()), truth, {}).weeks
        assert earlier == whole[:shown]


def test_a_wait_is_read_from_steps_of_five_at_least():
    assert waits_of((3, 0, 0, 0, 0, 0, 0, 0)) is None
    assert waits_of((3, 3, 3, 0, 0, 0, 0, 0)) is None
    assert waits_of((5, 5, 0, 0, 0, 0, 0, 0)) == Waits(WaitRange(0, 1), WaitRange(1, None))
    assert waits_of((10, 2, 3, 4, 1, 0, 0, 2)) == Waits(WaitRange(1, 5), WaitRange(5, None))
    assert waits_of((40, 30, 30, 8, 6, 3, 4, 2)) == Waits(WaitRange(1, 2), WaitRange(10, 15))


def test_no_step_of_waits_follows_from_the_ranges():
    pasts: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(8), repeat=4):
        waits = waits_of((*counts, 0, 0, 0, 0))
        if waits:
            pasts[sum(counts), waits].append(counts)
    for page, ways in pasts.items():
        for values in zip(*ways, strict=True):
            assert len(set(values)) > 1 or values[0] >= 5 or sum(ways[0]) > 14, page


def test_a_year_is_its_weeks_of_iso_8601_and_four_quarters():
    assert len(weeks_of(2026)) == 53
    assert [len(Quarter(2026, number).weeks) for number in range(1, 5)] == [13, 13, 13, 14]
    assert len(weeks_of(2025)) == 52
    assert Week.holding(date(2027, 1, 3)) == Week(2026, 53)
    assert not is_over(2026, date(2027, 1, 3))
    assert is_over(2026, date(2027, 1, 4))


def test_only_weeks_and_quarters_that_are_over_are_shown():
    so_far = year_so_far(2026, date(2026, 4, 5))  # the Sunday of week 14

    assert so_far.weeks[-1] == Week(2026, 13)
    assert so_far.quarters == (Quarter(2026, 1),)
    assert year_so_far(2026, date(2026, 4, 6)).weeks[-1] == Week(2026, 14)
    assert year_so_far(2026, date(2026, 3, 29)).quarters == ()


def test_the_latest_twelve_weeks_come_with_the_latest_whole_quarter():
    latest = latest_weeks(date(2026, 1, 14))

    assert (latest.weeks[0], latest.weeks[-1]) == (Week(2025, 43), Week(2026, 2))
    assert latest.quarters == (Quarter(2025, 4),)
    assert latest.first_day == Quarter(2025, 4).weeks[0].first_day
    assert latest.last_day == date(2026, 1, 11)


def test_the_hours_that_are_open_are_those_of_the_published_week_over_midnight_too():
    windows = ((Window(22 * 60, 25 * 60 + 30),), (), (), (), (), (), (Window(23 * 60, 24 * 60 + 1),))

    assert hours_open(Schedule(PublishedWeek(windows)), (Week(2026, 20),)) == {22, 23, 24, 25, 167, 0}


def test_two_counts_of_one_name_in_a_week_are_one():
    week = Week(2026, 20)
    truth = Counts({Counter(week.first_day, 19, TAKEN): 3, Counter(week.last_day, 20, TAKEN): 4})

    assert numbers_of(Period((week,), ()), truth, {}).weeks[0].came.taken == Cell(7)
