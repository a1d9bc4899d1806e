"""Which coming holidays fall on hours that the chat keeps every week, and nobody has decided about.

A holiday changes nothing by itself: people choose, and write an exception (other hours, no hours, or the usual ones).
Knows days and names; where they come from stands in chatservice/holiday_calendar.py, and how hours are joined in
opening_hours.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from chatservice.domain.opening_hours import Schedule

OFFERED_DAYS = 60
"""How far ahead a holiday is offered."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that people keep, with its name by language: (("sv", "Julafton"), ("en", "Christmas Eve"))."""

    date: date
    names: tuple[tuple[str, str], ...]

    def name_in(self, language: str) -> str:
        """Give its name in a language, or in the first one where there is no other."""
        return dict(self.names).get(language) or self.names[0][1]


def undecided_holidays(
    schedule: Schedule, holidays: Iterable[Holiday], today: date, within_days: int = OFFERED_DAYS
) -> tuple[Holiday, ...]:
    """List the holidays from today up to and including a day ahead that have the week's hours and no exception."""
    latest = today + timedelta(days=within_days)
    decided = {exception.date for exception in schedule.exceptions}
    return tuple(
        holiday
        for holiday in sorted(holidays, key=lambda holiday: holiday.date)
        if today <= holiday.date <= latest
        and holiday.date not in decided
        and schedule.windows_on(holiday.date)
    )
