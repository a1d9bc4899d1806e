"""The hours for machines: the calendar file and the schema.org data say what the table says."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from chatservice.domain.opening_hours import DatedException, Schedule, Week, Window
from chatservice.organisation import load_opening_hours, load_organisation
from tests.site.html_pages import read_pages
from tools.calendar_file import NAME, calendar_file
from tools.opening_data import opening_data

CHANGED = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENING, LUNCH, LATE = (
    Window.between(time(19), time(22)),
    Window.between(time(12), time(13)),
    Window.between(time(21), time(1)),
)
SCHEDULE = Schedule(
    Week(((EVENING,), (), (LUNCH, EVENING), (EVENING,), (LATE,), (), (EVENING,))),
    (
        DatedException(
            date(2026, 12, 24), (Window.between(time(15), time(18)),), "Julafton, lång dag; mys\nhemma"
        ),
        DatedException(date(2026, 12, 25), (), "Juldagen"),
    ),
)


def events(data: bytes) -> list[Any]:
    """Parse a calendar and give its events."""
    return Calendar.from_ical(data).walk("VEVENT")


def occurrences(data: bytes, first: date, last: date) -> set[tuple[datetime, datetime]]:
    """Expand the timed events between two dates as a calendar would, apart from the code that wrote them."""
    found = set()
    for event in events(data):
        start, end = event["dtstart"].dt, event["dtend"].dt
        if not isinstance(start, datetime):
            continue
        lists = event.get("exdate", [])
        lists = lists if isinstance(lists, list) else [lists]
        taken_out = {moment.dt for dates in lists for moment in dates.dts}
        starts = [start]
        if "rrule" in event:
            wall = rrulestr(event["rrule"].to_ical().decode(), dtstart=start.replace(tzinfo=None))
            between = wall.between(
                datetime.combine(first, time()), datetime.combine(last, time(23, 59)), inc=True
            )
            starts = [moment.replace(tzinfo=start.tzinfo) for moment in between]
        for moment in starts:
            if moment not in taken_out and first <= moment.date() <= last:
                found.add((moment, moment + (end - start)))
    return found


def planned(schedule: Schedule, first: date, last: date) -> set[tuple[datetime, datetime]]:
    found = set()
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        midnight = datetime.combine(day, time(), tzinfo=schedule.zone)
        for window in schedule.windows_on(day):
            start, end = (midnight + timedelta(minutes=m) for m in (window.start_minute, window.end_minute))
            found.add((start, end))
    return found


def test_the_calendar_read_back_has_exactly_the_planned_windows_for_a_year(project: Path):
    data = calendar_file(load_organisation(project / "content"), SCHEDULE, CHANGED)
    first, last = date(2026, 11, 2), date(2027, 11, 1)

    assert occurrences(data, first, last) == planned(SCHEDULE, first, last)


def test_a_closed_day_says_why_and_makes_nobody_busy(project: Path):
    data = calendar_file(load_organisation(project / "content"), SCHEDULE, CHANGED)

    [closed] = [e for e in events(data) if not isinstance(e["dtstart"].dt, datetime)]
    assert (closed["dtstart"].dt, closed["summary"], closed["description"]) == (
        date(2026, 12, 25),
        "Chatten är stängd",
        "Juldagen",
    )
    assert {event["transp"] for event in events(data)} == {"TRANSPARENT"}


def test_lines_are_folded_and_ended_as_the_standard_says_and_text_is_escaped(project: Path):
    data = calendar_file(load_organisation(project / "content"), SCHEDULE, CHANGED)
    lines = data.split(b"\r\n")

    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert rb"Julafton\, l" in data
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert calendar_file(load_organisation(project / "content"), SCHEDULE, CHANGED) == data
    names = [str(event["uid"]) for event in events(data)]
    assert len(set(names)) == len(names)


def test_the_site_offers_the_calendar_of_the_published_hours_and_says_that_they_are_examples(
    built_site: Path, project: Path
):
    data = (built_site / NAME).read_bytes()
    schedule = load_opening_hours(project / "content")
    first, last = date(2026, 12, 1), date(2027, 1, 31)

    assert occurrences(data, first, last) == planned(schedule, first, last)
    assert {str(e["summary"])[:8] for e in events(data)} == {"Exempel:"}
    for page in read_pages(built_site):
        if page.address in {"/", "/praktisk-information/", "/en/practical/"}:
            assert f"/{NAME}" in {link for link, _ in page.links}, page.path
            assert any(link.startswith("/chatt/lage/") for link, _ in page.links), page.path


@pytest.mark.parametrize("address", ["/", "/praktisk-information/", "/en/", "/en/practical/"])
def test_the_data_on_a_page_says_what_the_table_says(built_site: Path, project: Path, address: str):
    [page] = [page for page in read_pages(built_site) if page.address == address]
    [block] = page.data

    content = project / "content"
    assert json.loads(block) == opening_data(load_organisation(content), load_opening_hours(content))


def test_the_data_tells_windows_over_midnight_exceptions_and_examples(project: Path):
    until_midnight = replace(
        SCHEDULE, week=Week(((Window.between(time(20), time(0)),), *((),) * 6)), example=True
    )
    organisation = load_organisation(project / "content")

    hours = opening_data(organisation, SCHEDULE)["contactPoint"]["hoursAvailable"]
    example = opening_data(organisation, until_midnight)["contactPoint"]["hoursAvailable"]

    assert {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": "Friday",
        "opens": "21:00",
        "closes": "01:00",
    } in hours
    closed = [hour for hour in hours if hour.get("validFrom") == "2026-12-25"]
    assert [(hour["opens"], hour["closes"], hour["name"]) for hour in closed] == [
        ("00:00", "00:00", "Juldagen")
    ]
    assert (example[0]["opens"], example[0]["closes"]) == ("20:00", "23:59")
    assert all("påhittade" in hour["description"] for hour in example)
