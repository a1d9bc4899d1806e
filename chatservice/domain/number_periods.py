"""The weeks and quarters that numbers are shown for: whole ones only, in the organisation's own days.

A year is what ISO 8601 makes of it: 52 or 53 weeks from a Monday on. A quarter is 13 weeks of it, the last one 14 where
there are 53. A quarter is the smallest stretch for which anything but the weeks themselves is shown: if tables by the
hour grew week by week, one could be taken from the next.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chatservice.domain.opening_hours import Schedule

HOURS_OF_WEEK: Final = 7 * 24
LATEST_WEEKS: Final = 12
_WEEKS_OF_QUARTER: Final = 13
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week of ISO 8601."""

    year: int
    number: int

    @classmethod
    def holding(cls, day: date) -> "Week":
        """Return the week in which a day lies."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def first_day(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Its Sunday."""
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def quarter(self) -> "Quarter":
        """The quarter in which it lies."""
        return Quarter(self.year, min((self.number - 1) // _WEEKS_OF_QUARTER, 3) + 1)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Thirteen weeks of a year, or fourteen; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def weeks(self) -> tuple[Week, ...]:
        """Its weeks, in order."""
        return tuple(week for week in weeks_of(self.year) if week.quarter == self)


@dataclass(frozen=True, slots=True)
class Period:
    """What somebody asks numbers for: whole weeks, and the whole quarters that go with them."""

    weeks: tuple[Week, ...]
    quarters: tuple[Quarter, ...]

    @property
    def first_day(self) -> date:
        """The earliest day that is needed; there is one week at least."""
        return min(week.first_day for week in self._all_weeks)

    @property
    def last_day(self) -> date:
        """The latest day that is needed."""
        return max(week.last_day for week in self._all_weeks)

    @property
    def _all_weeks(self) -> tuple[Week, ...]:
        return (*self.weeks, *(week for quarter in self.quarters for week in quarter.weeks))


def weeks_of(year: int) -> tuple[Week, ...]:
    """List the weeks of a year: 52 or 53."""
    last = date(year, 12, 28).isocalendar().week  # the 28th of December lies in the last one, always
    return tuple(Week(year, number) for number in range(1, last + 1))


def latest_whole_week(today: date) -> Week:
    """Return the last week that is over."""
    return Week.holding(today - 7 * _ONE_DAY)


def year_so_far(year: int, today: date) -> Period:
    """Return a year's whole weeks and quarters until today; for a year that is over, all of them."""
    weeks = tuple(week for week in weeks_of(year) if week.last_day < today)
    quarters = tuple(
        quarter
        for quarter in (Quarter(year, number) for number in range(1, 5))
        if quarter.weeks[-1].last_day < today
    )
    return Period(weeks, quarters)


def latest_weeks(today: date) -> Period:
    """Return the last twelve whole weeks, and the last whole quarter."""
    end = latest_whole_week(today).first_day
    weeks = tuple(Week.holding(end - 7 * back * _ONE_DAY) for back in reversed(range(LATEST_WEEKS)))
    over = (
        *year_so_far(today.year - 1, today).quarters,
        *year_so_far(Week.holding(today).year, today).quarters,
    )
    return Period(weeks, (max(over),))


def is_over(year: int, today: date) -> bool:
    """Say whether a year's last week is over."""
    return weeks_of(year)[-1].last_day < today


def hours_open(schedule: Schedule, weeks: tuple[Week, ...]) -> frozenset[int]:
    """Return the hours of the week, 0 to 167 from Monday, that were open in one of the weeks by the published hours."""
    opened: set[int] = set()
    for week in weeks:
        for days in range(7):
            for window in schedule.windows_on(week.first_day + days * _ONE_DAY):
                first, last = window.start_minute // 60, (window.end_minute - 1) // 60
                opened.update((days * 24 + hour) % HOURS_OF_WEEK for hour in range(first, last + 1))
    return frozenset(opened)
