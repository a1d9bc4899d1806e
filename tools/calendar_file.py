"""The opening hours as a calendar file: /oppettider.ics (RFC 5545), from the same facts as the table.

A Pelican plug-in, and a function that gives the same bytes. Each stretch of the week is one event that repeats; a date
with other hours is taken out of it and has events of its own. icalendar writes the format: folded lines, CRLF,
escapes, and the time zone with its changes. Knows no page.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from icalendar import Calendar, Component, Event
from pelican import signals  # pyright: ignore[reportMissingTypeStubs]

from chatservice.domain.opening_hours import DatedException, Schedule, Window
from chatservice.organisation import Organisation

NAME = "oppettider.ics"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST_MONDAY = date(2026, 1, 5)
LAST_YEAR = 2037
"""How long the changes of the clock are written out for."""
"""Where the repeating events begin; any Monday in the past would do, as long as it stays."""


def calendar_file(organisation: Organisation, schedule: Schedule, changed_at: datetime) -> bytes:
    """Write the calendar. `changed_at` (aware) is when the hours were last changed."""
    calendar = Calendar()
    _add(calendar, "prodid", f"-//{organisation.short_name}//oppettider//SV")
    _add(calendar, "version", "2.0")
    _add(calendar, "method", "PUBLISH")
    title = _title(f"Chatten hos {organisation.short_name} är öppen", schedule)
    _add(calendar, "x-wr-calname", title)
    for name, event in (*_weekly(schedule), *_dated(schedule)):
        _add(event, "uid", f"{name}@{organisation.website.partition('://')[2]}")
        _add(event, "dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
        _add(event, "url", f"{organisation.website}/")
        if "summary" not in event:
            _add(event, "summary", title)
        calendar.add_component(event)
    calendar.add_missing_timezones(first_date=FIRST_MONDAY, last_date=FIRST_MONDAY.replace(year=LAST_YEAR))
    return calendar.to_ical()


def _weekly(schedule: Schedule) -> Iterator[tuple[str, Event]]:
    """Make one event, and a lasting name for it, of all days that have the same window."""
    days_of: dict[Window, list[int]] = {}
    for index, windows in enumerate(schedule.week.days):
        for window in windows:
            days_of.setdefault(window, []).append(index)
    for window, days in days_of.items():
        event = Event()
        _set_times(event, FIRST_MONDAY + timedelta(days[0]), window, schedule)
        _add(event, "rrule", {"freq": "weekly", "byday": [DAYS[day] for day in days]})
        for exception in schedule.exceptions:
            if exception.date.weekday() in days and exception.date >= FIRST_MONDAY:
                _add(event, "exdate", _instant(exception.date, window.start_minute, schedule))
        yield f"vecka-{window.start_minute}-{window.end_minute}", event


def _dated(schedule: Schedule) -> Iterator[tuple[str, Event]]:
    for exception in schedule.exceptions:
        for window in exception.windows:
            event = Event()
            _set_times(event, exception.date, window, schedule)
            _add(event, "description", exception.reason)
            yield f"{exception.date:%Y%m%d}-{window.start_minute}-{window.end_minute}", event
        if not exception.windows:
            yield f"{exception.date:%Y%m%d}-stangt", _closed(exception, schedule)


def _closed(exception: DatedException, schedule: Schedule) -> Event:
    """Make an event of the whole day that says so, and makes nobody busy."""
    event = Event()
    _add(event, "dtstart", exception.date)
    _add(event, "dtend", exception.date + timedelta(1))
    _add(event, "summary", _title("Chatten är stängd", schedule))
    _add(event, "description", exception.reason)
    _add(event, "transp", "TRANSPARENT")
    return event


def _add(component: Component, name: str, value: object) -> None:
    """Set a property; icalendar's own method has no whole types."""
    cast("Any", component).add(name, value)


def _title(words: str, schedule: Schedule) -> str:
    return f"Exempel: {words}" if schedule.example else words


def _set_times(event: Event, day: date, window: Window, schedule: Schedule) -> None:
    _add(event, "dtstart", _instant(day, window.start_minute, schedule))
    _add(event, "dtend", _instant(day, window.end_minute, schedule))
    _add(event, "transp", "TRANSPARENT")


def _instant(day: date, minute: int, schedule: Schedule) -> datetime:
    """Give the wall time of a minute of a day, which may lie on the following one."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=schedule.zone)
    return midnight + timedelta(minutes=minute)


def publish(pelican: Any) -> None:
    """Write the file beside the pages."""
    settings = pelican.settings
    changed = Path(settings["PATH"], "data", "opening_hours.toml").stat().st_mtime
    data = calendar_file(
        settings["ORGANISATION"], settings["OPENING_HOURS"], datetime.fromtimestamp(changed, UTC)
    )
    Path(pelican.output_path, NAME).write_bytes(data)


def register() -> None:
    """Connect to Pelican."""
    signals.finalized.connect(publish)
