"""The hours of one day as a coordinator writes them: read from four pairs of fields, checked, and written down again.

Knows windows and what may stand beside what. Does not know pages, records or words: each fault has a code, and
web/hours_form.py says it. The rule that joins a day to its week stands in opening_hours.py.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from chatservice.domain.opening_hours import MINUTES_PER_DAY, DatedException, Schedule, Window

MOST_WINDOWS: Final = 4
LONGEST_REASON: Final = 120
FARTHEST: Final = timedelta(days=365)
"""How far ahead a day can be changed."""

_TIME = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?(?::\d{2})?")
_ONE_DAY: Final = timedelta(days=1)


class DayFault(StrEnum):
    """Why the hours of a day cannot be what was written."""

    NO_HOURS = "no_hours"
    HALF_WINDOW = "half_window"
    NO_TIME = "no_time"
    SAME_TIME = "same_time"
    OVERLAP = "overlap"
    INTO_NEXT_DAY = "into_next_day"
    FROM_DAY_BEFORE = "from_day_before"
    PAST_DAY = "past_day"
    FAR_DAY = "far_day"
    LONG_REASON = "long_reason"


class DayRefusedError(ValueError):
    """The hours of a day cannot be what was written. `row` counts the pairs of fields from 1; 0 for the whole day."""

    def __init__(self, fault: DayFault, row: int = 0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.row = row


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day of the plan as it holds: the windows that start on it, and why they are not the week's."""

    date: date
    windows: tuple[Window, ...]
    exception: DatedException | None


def days_ahead(schedule: Schedule, first: date, count: int) -> tuple[PlannedDay, ...]:
    """List a number of days from the first one, as they hold."""
    days = (first + number * _ONE_DAY for number in range(count))
    return tuple(PlannedDay(day, schedule.windows_on(day), schedule.exception_on(day)) for day in days)


def read_windows(pairs: Iterable[tuple[str, str]]) -> tuple[Window, ...]:
    """Read pairs of times of day, empty ones left out, into windows by their start. Raises `DayRefusedError`."""
    windows: list[tuple[Window, int]] = []
    for row, (starts, ends) in enumerate(pairs, 1):
        if not starts.strip() and not ends.strip():
            continue
        if not starts.strip() or not ends.strip():
            raise DayRefusedError(DayFault.HALF_WINDOW, row)
        start, end = read_time(starts), read_time(ends, may_be_midnight=True)
        if start is None or end is None:
            raise DayRefusedError(DayFault.NO_TIME, row)
        if start == end:
            raise DayRefusedError(DayFault.SAME_TIME, row)
        windows.append((Window.between(start, end), row))
    if not windows:
        raise DayRefusedError(DayFault.NO_HOURS)
    windows.sort(key=lambda each: each[0].start_minute)
    for (earlier, _), (later, row) in pairwise(windows):
        if later.start_minute < earlier.end_minute:
            raise DayRefusedError(DayFault.OVERLAP, row)
    return tuple(window for window, _ in windows)


def read_time(text: str, *, may_be_midnight: bool = False) -> time | None:
    """Read a time of day ("19:00", "19.00" or "19"; "24" for midnight where that may be), or None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if may_be_midnight and (hour, minute) == (24, 0):
        return time()
    return time(hour, minute) if hour < 24 and minute < 60 else None


def check_day(schedule: Schedule, day: date, windows: Sequence[Window], today: date) -> None:
    """See that a day's windows fit between its neighbours' in the schedule. Raises `DayRefusedError`."""
    if day < today:
        raise DayRefusedError(DayFault.PAST_DAY)
    if day > today + FARTHEST:
        raise DayRefusedError(DayFault.FAR_DAY)
    if _run_into(windows, schedule.windows_on(day + _ONE_DAY)):
        raise DayRefusedError(DayFault.INTO_NEXT_DAY)
    if _run_into(schedule.windows_on(day - _ONE_DAY), windows):
        raise DayRefusedError(DayFault.FROM_DAY_BEFORE)


def write_windows(windows: Iterable[Window]) -> str:
    """Write windows as the records keep them: "12:00-13:00 19:00-22:00"."""
    return " ".join(f"{window.start:%H:%M}-{window.end:%H:%M}" for window in windows)


def kept_windows(text: str) -> tuple[Window, ...]:
    """Read what `write_windows` wrote."""
    pairs = (pair.split("-") for pair in text.split())
    return tuple(Window.between(time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)


def data_file_lines(exception: DatedException, fallback_reason: str) -> str:
    """Write an exception as the lines that an editor pastes into content/data/opening_hours.toml."""
    windows = ", ".join(f'"{window.start:%H:%M}-{window.end:%H:%M}"' for window in exception.windows)
    lines = [
        "[[exceptions]]",
        f"date = {exception.date.isoformat()}",
        f"windows = [{windows}]",
        f"reason = {_toml_text(exception.reason or fallback_reason)}",
    ]
    for language, reason in exception.reasons:
        lines += [f"[exceptions.{language}]", f"reason = {_toml_text(reason)}"]
    return "\n".join(lines)


def _toml_text(text: str) -> str:
    """Write a text between quotes; what a coordinator wrote holds no line breaks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run_into(evening: Sequence[Window], following: Sequence[Window]) -> bool:
    """Tell whether a day's last window runs past the start of the following day's first one."""
    ends = max((window.end_minute for window in evening), default=0) - MINUTES_PER_DAY
    return any(window.start_minute < ends for window in following)
