"""Who covers which opening: the openings of the coming days as stretches of real time, and the gaps in them.

Pure functions of schedule, shifts and instants. An opening belongs to the day on which its window starts, so an
evening over midnight is one opening. A window is a range of wall time (opening_hours.py), so on the nights when the
clock changes an opening is shorter, longer, or in two parts; what is given out here are its real instants, in UTC.

Does not know who the mentors are or what a coordinator set for tonight only (overrides are no reason to staff).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from chatservice.domain.opening_hours import Schedule
from chatservice.domain.shift import Shift, Stretch

HORIZON_DAYS: Final = 28
MENTORS_WANTED: Final = 1

_ONE_DAY: Final = timedelta(days=1)
_MARGIN: Final = timedelta(hours=3)
"""Wider than any change of a clock."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening with those who have a part of it, in order, and the stretches that nobody, or too few, have."""

    day: date
    stretch: Stretch
    shifts: tuple[Shift, ...]
    gaps: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Rota:
    """The coming openings, and the shifts that no opening has a part in (the hours were changed after them)."""

    openings: tuple[Opening, ...]
    stray: tuple[Shift, ...]


def rota(
    schedule: Schedule, shifts: Sequence[Shift], now: datetime, *, mentors_wanted: int = MENTORS_WANTED
) -> Rota:
    """Join the openings of the next `HORIZON_DAYS` days, today's included, with the shifts in them.

    What has passed is no gap, and an opening or shift that is over is left out.
    """
    today = now.astimezone(schedule.zone).date()
    coming = sorted((shift for shift in shifts if not shift.is_over(now)), key=_by_start)
    planned = [
        Opening(
            day,
            stretch,
            tuple(shift for shift in coming if stretch.overlaps(shift.stretch)),
            gaps(stretch, [shift.stretch for shift in coming], now=now, mentors_wanted=mentors_wanted),
        )
        for day, stretch in openings(schedule, today - _ONE_DAY, HORIZON_DAYS + 1)
        if stretch.ends_at > now
    ]
    staffed = {shift.id for opening in planned for shift in opening.shifts}
    return Rota(tuple(planned), tuple(shift for shift in coming if shift.id not in staffed))


def openings(schedule: Schedule, first: date, days: int) -> Iterator[tuple[date, Stretch]]:
    """Yield the openings that belong to `days` days from `first` on, in order, each with its day; none overlap.

    Adjoining windows of one day are one opening. Where a day's window runs into the next day's, the next one begins
    when it ends.
    """
    covered_until: datetime | None = None
    for number in range(days):
        day = first + number * _ONE_DAY
        midnight = datetime.combine(day, time())
        pieces = (
            piece
            for window in schedule.windows_on(day)
            for piece in real_stretches(
                midnight + timedelta(minutes=window.start_minute),
                midnight + timedelta(minutes=window.end_minute),
                schedule.zone,
            )
        )
        for stretch in joined(pieces):
            starts_at = max(stretch.starts_at, covered_until or stretch.starts_at)
            if starts_at < stretch.ends_at:
                covered_until = stretch.ends_at
                yield day, Stretch(starts_at, stretch.ends_at)


def gaps(
    opening: Stretch, covered: Iterable[Stretch], *, now: datetime, mentors_wanted: int = MENTORS_WANTED
) -> tuple[Stretch, ...]:
    """Find the stretches of an opening, from `now` on, that fewer than `mentors_wanted` of `covered` cover."""
    if opening.ends_at <= now:
        return ()
    left = Stretch(max(opening.starts_at, now), opening.ends_at)
    parts = [stretch for stretch in covered if stretch.overlaps(left)]
    edges = {left.starts_at, left.ends_at}
    edges.update(edge for part in parts for edge in (part.starts_at, part.ends_at))
    inside = sorted(edge for edge in edges if left.starts_at <= edge <= left.ends_at)
    pieces = (Stretch(start, end) for start, end in pairwise(inside))
    return tuple(
        joined(piece for piece in pieces if sum(part.holds(piece) for part in parts) < mentors_wanted)
    )


def joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the stretches in order, those that touch or overlap as one."""
    last: Stretch | None = None
    for stretch in sorted(stretches):
        if last is None:
            last = stretch
        elif stretch.starts_at <= last.ends_at:
            last = Stretch(last.starts_at, max(last.ends_at, stretch.ends_at))
        else:
            yield last
            last = stretch
    if last is not None:
        yield last


def part_of(opening: Stretch, start: time, end: time, zone: ZoneInfo) -> Stretch | None:
    """Find the part of an opening between two times on the wall; None when they give none.

    Of a time that the wall shows twice within the opening, the start is the first and the end the last.
    """
    starts = _instants_within(opening, start, zone)
    ends = _instants_within(opening, end, zone)
    if not starts or not ends or not starts[0] < ends[-1]:
        return None
    return Stretch(starts[0], ends[-1])


def real_stretches(starts: datetime, ends: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
    """Yield the real time during which the wall clock stands from `starts` up to `ends` (both without a zone)."""
    begin = starts.replace(tzinfo=zone, fold=0).astimezone(UTC) - _MARGIN
    end = ends.replace(tzinfo=zone, fold=1).astimezone(UTC) + _MARGIN
    change = _clock_change(begin, end, zone)
    spans = [(begin, end)] if change is None else [(begin, change), (change, end)]
    for span_begins, span_ends in spans:
        offset = _offset(span_begins, zone)
        real_start = max(span_begins, starts.replace(tzinfo=UTC) - offset)
        real_end = min(span_ends, ends.replace(tzinfo=UTC) - offset)
        if real_start < real_end:
            yield Stretch(real_start, real_end)


def _instants_within(opening: Stretch, wall: time, zone: ZoneInfo) -> list[datetime]:
    first, last = opening.starts_at.astimezone(zone).date(), opening.ends_at.astimezone(zone).date()
    instants = {
        datetime.combine(day, wall, zone).replace(fold=fold).astimezone(UTC)
        for day in (first, last)
        for fold in (0, 1)
    }
    # In spring the wall skips an hour: a time in it is shown by no instant at all.
    shown = (at for at in instants if at.astimezone(zone).time() == wall)
    return sorted(at for at in shown if opening.starts_at <= at <= opening.ends_at)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _clock_change(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """Find the second between two instants, some days apart at most, at which the offset changes."""
    before = _offset(begin, zone)
    if _offset(end, zone) == before:
        return None
    low, high = int(begin.timestamp()), int(end.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _by_start(shift: Shift) -> tuple[datetime, datetime, int]:
    return shift.stretch.starts_at, shift.stretch.ends_at, shift.id
