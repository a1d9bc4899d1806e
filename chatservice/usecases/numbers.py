"""Reading the numbers: which periods there are to choose from, and the tables of one. Small numbers never leave here.

Knows the counters and the published hours; what is shown and hidden is decided in domain/number_tables.py.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from chatservice.domain.number_periods import Period, Week, hours_open, is_over, latest_weeks, year_so_far
from chatservice.domain.number_tables import Numbers, numbers_of
from chatservice.domain.opening_hours import Schedule
from chatservice.domain.statistics import Counter
from chatservice.ports import Clock, Counters

THIS_YEAR: Final = "i-ar"
LATEST: Final = "12-veckor"


def today_of(clock: Clock, zone: ZoneInfo) -> date:
    """Return the day it is in the organisation's own time."""
    return clock.now().astimezone(zone).date()


def period_named(name: str, today: date) -> Period | None:
    """Return the period of a name: `THIS_YEAR`, `LATEST` or a year in four digits; None for anything else."""
    if name == LATEST:
        return latest_weeks(today)
    this_year = Week.holding(today).year
    if name == THIS_YEAR:
        return year_so_far(this_year, today)
    if len(name) == 4 and name.isascii() and name.isdigit() and 2000 <= int(name) <= this_year:
        return year_so_far(int(name), today)
    return None


async def years_over(counters: Counters, today: date) -> tuple[int, ...]:
    """Return the years that are over and in which something was counted, or may have been; newest first."""
    first = await counters.first_day()
    if first is None:
        return ()
    years = range(Week.holding(today).year, Week.holding(first).year - 1, -1)
    return tuple(year for year in years if is_over(year, today))


async def read_numbers(counters: Counters, schedule: Schedule, period: Period) -> Numbers:
    """Return a period's tables."""
    counted: Mapping[Counter, int] = {}
    if period.weeks:
        counted = await counters.between(period.first_day, period.last_day)
    opened = {quarter: hours_open(schedule, quarter.weeks) for quarter in period.quarters}
    return numbers_of(period, counted, opened)
