"""The coming days in words: one list, which the visitors' page and the coordinators' preview both show.

Knows schedules and sentences. Does not decide anything and asks nobody; templates/days_ahead.html shows the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from chatservice import theming
from chatservice.domain.day_hours import PlannedDay, days_ahead
from chatservice.domain.opening_hours import Schedule
from chatservice.domain.opening_words import date_words, day_words, hours_on_words

DAYS_SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day in the words of the page; `reason` is empty for a day like every week."""

    date: date
    day: str
    hours: str
    reason: str
    is_exception: bool


@dataclass(frozen=True, slots=True)
class ComingDays:
    """What a page tells of the days to come: two weeks day by day, and the days further on that are not as usual."""

    near: tuple[DayRow, ...]
    later: tuple[DayRow, ...]


def coming_days(schedule: Schedule, today: date, language: str) -> ComingDays:
    """Put the coming days into words, from today on."""
    translate = partial(theming.translate, language=language)

    def row(planned: PlannedDay, name: Callable[[date], str]) -> DayRow:
        reason = planned.exception.reason_in(language) if planned.exception else ""
        hours = hours_on_words(planned.date, planned.windows, translate)
        return DayRow(planned.date, name(planned.date), hours, reason, planned.exception is not None)

    first_later = today + timedelta(days=DAYS_SHOWN)
    later = sorted(exception.date for exception in schedule.exceptions if exception.date >= first_later)
    return ComingDays(
        tuple(
            row(planned, lambda day: day_words(day, today, translate))
            for planned in days_ahead(schedule, today, DAYS_SHOWN)
        ),
        tuple(
            row(days_ahead(schedule, day, 1)[0], lambda day: date_words(day, translate=translate))
            for day in later
        ),
    )
