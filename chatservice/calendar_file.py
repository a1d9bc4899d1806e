"""A mentor's own shifts as a calendar file (RFC 5545), which tells whoever looks at her calendar nothing.

Each event is a busy time with a neutral title: no organisation, no alias, no place. The names of events are keyed
hashes, so that they stay the same for her and say nothing to anybody else. icalendar writes the format: folded lines,
CRLF, escapes. Knows shifts only; the site's own calendar of opening hours is tools/calendar_file.py.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, cast

from icalendar import Calendar, Component, Event

from chatservice.domain.shift import Shift

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
NAME: Final = "kalender.ics"


def calendar_of(shifts: Iterable[Shift], *, title: str, secret: str, at: datetime) -> bytes:
    """Write the calendar at an instant. `title` stands on every event; `secret` keys the events' names."""
    calendar = Calendar()
    _add(calendar, "prodid", "-//kalender//SV")
    _add(calendar, "version", "2.0")
    for shift in shifts:
        event = Event()
        _add(event, "uid", _name(shift, secret))
        _add(event, "dtstamp", at.astimezone(UTC).replace(microsecond=0))
        _add(event, "dtstart", shift.stretch.starts_at.astimezone(UTC))
        _add(event, "dtend", shift.stretch.ends_at.astimezone(UTC))
        _add(event, "summary", title)
        _add(event, "class", "PRIVATE")
        _add(event, "transp", "OPAQUE")
        calendar.add_component(event)
    return calendar.to_ical()


def _name(shift: Shift, secret: str) -> str:
    """Name a shift for its mentor; when it is swapped, the name in the other one's calendar is not the same."""
    what = f"calendar {shift.account_id} {shift.id}"
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()[:32]


def _add(component: Component, name: str, value: object) -> None:
    """Set a property; icalendar's own method has no whole types."""
    cast("Any", component).add(name, value)
