"""Which periods there are to choose from, and what is read for them."""

from datetime import UTC, date, datetime

import pytest

from chatservice.domain.number_periods import Quarter, Week, latest_weeks, year_so_far
from chatservice.domain.opening_hours import Schedule, Window
from chatservice.domain.opening_hours import Week as PublishedWeek
from chatservice.domain.small_cells import CLOSED, Cell
from chatservice.domain.statistics import TAKEN, Counter
from chatservice.usecases.numbers import period_named, read_numbers, today_of, years_over
from tests.live_builders import HandClock

TODAY = date(2026, 4, 1)
SCHEDULE = Schedule(PublishedWeek(((Window(19 * 60, 20 * 60),), (), (), (), (), (), ())))


class FewCounters:
    """Implements `ports.Counters` with what a test gives it."""

    def __init__(self, counts):
        self.counts = counts

    async def add(self, counts):
        raise NotImplementedError

    async def between(self, first, last):
        return {counter: number for counter, number in self.counts.items() if first <= counter.day <= last}

    async def first_day(self):
        return min((counter.day for counter in self.counts), default=None)


@pytest.mark.parametrize("name", ["", "i går", "1999", "2027", "26", "²²²²", "20260"])
def test_what_is_no_period_is_none(name):
    assert period_named(name, TODAY) is None


def test_a_period_has_a_name():
    assert period_named("i-ar", TODAY) == period_named("2026", TODAY) == year_so_far(2026, TODAY)
    assert period_named("12-veckor", TODAY) == latest_weeks(TODAY)


async def test_years_to_choose_from_are_over_and_begin_with_the_first_count():
    counters = FewCounters({Counter(date(2024, 12, 30), 19, TAKEN): 1})

    assert await years_over(counters, TODAY) == (2025,), (
        "the last days of December are week 1 of the next year"
    )
    assert await years_over(FewCounters({}), TODAY) == ()


async def test_the_tables_are_made_of_the_periods_own_days_and_hours():
    quarter = Quarter(2026, 1)
    monday = Week(2026, 5).first_day
    counters = FewCounters({Counter(monday, 19, TAKEN): 9, Counter(date(2025, 6, 2), 19, TAKEN): 99})

    numbers = await read_numbers(counters, SCHEDULE, year_so_far(2026, TODAY))

    assert numbers.came.taken == Cell(9, is_floor=True)
    assert numbers.quarters[0].quarter == quarter
    assert numbers.quarters[0].taken_by_hour[20] == CLOSED
    assert numbers.quarters[0].taken_by_hour[19] != CLOSED


async def test_before_the_first_whole_week_there_is_nothing_to_read():
    numbers = await read_numbers(FewCounters({}), SCHEDULE, year_so_far(2026, date(2026, 1, 2)))

    assert numbers.weeks == ()
    assert not numbers.has_anybody


def test_the_day_is_the_organisations_own():
    clock = HandClock(datetime(2026, 7, 1, 22, 30, tzinfo=UTC))

    assert today_of(clock, SCHEDULE.zone) == date(2026, 7, 2)
