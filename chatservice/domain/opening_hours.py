"""When the schedule has the chat open.

Knows: the published week, dated exceptions, temporary overrides, and the one rule that joins them:
override > exception > week; and how long before a closing the last visitor is let in. Times are decided by the clock
on the wall in the organisation's time zone.

Does not know: mentors, queues (usecases/opening.py asks those), files (organisation.py reads the week), the
present instant (every function is given one), or words (opening_words.py).

The night the clock changes. A window is a range of wall time, and the chat is open whenever the wall clock stands
within it. So a window 01:30-03:30 lasts one real hour when the clock jumps from 02 to 03, and three when the hour
02-03 comes twice. A window 02:15-02:45 does not occur in spring and occurs twice in autumn. A sign on a door
works in the same way, and nobody has to know an offset to understand it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 24 * 60
SEARCH_DAYS = 400
"""How far ahead next_opening and closes look before they answer None."""

_ONE_DAY = timedelta(days=1)

OverrideKind: TypeAlias = Literal["open", "stopped", "closed"]


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of opening, in minutes of wall time from midnight of the day it belongs to.

    0 <= start_minute < 1440 and start_minute < end_minute <= start_minute + 1440. An end beyond 1440 lies on the
    following day: the window belongs to the day it starts.
    """

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < MINUTES_PER_DAY:
            raise ValueError("a window starts within its day")
        if not self.start_minute < self.end_minute <= self.start_minute + MINUTES_PER_DAY:
            raise ValueError("a window lasts more than nothing and at most a day")

    @classmethod
    def between(cls, start: time, end: time) -> "Window":
        """Make the window from start to end; an end at or before the start lies on the following day."""
        start_minute, end_minute = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        return cls(start_minute, end_minute if end_minute > start_minute else end_minute + MINUTES_PER_DAY)

    @property
    def start(self) -> time:
        """The wall time at which it opens."""
        return time(self.start_minute // 60, self.start_minute % 60)

    @property
    def end(self) -> time:
        """The wall time at which it closes; midnight is 00:00."""
        minute = self.end_minute % MINUTES_PER_DAY
        return time(minute // 60, minute % 60)


@dataclass(frozen=True, slots=True)
class DatedException:
    """What applies instead of the week to windows that START on one date; no windows means closed.

    `reasons` holds the reason in other languages: (("en", "Christmas Eve"),).
    """

    date: date
    windows: tuple[Window, ...] = ()
    reason: str = ""
    reasons: tuple[tuple[str, str], ...] = ()

    def reason_in(self, language: str) -> str:
        """Give the reason in a language, or as it was written where there is no other."""
        return dict(self.reasons).get(language, self.reason)


@dataclass(frozen=True, slots=True)
class Override:
    """A temporary state set by a coordinator, from starts_at up to but not including ends_at (both aware).

    "open" and "closed" decide over the hours; "stopped" leaves them as they are and lets nobody new in. `id` is its
    number in the records, 0 for none.
    """

    kind: OverrideKind
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    example: bool = False
    id: int = field(default=0, compare=False)

    def holds(self, at: datetime) -> bool:
        """Tell whether it is in force at the instant."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Week:
    """The published week: for each day, Monday first, the windows that start on it."""

    days: tuple[tuple[Window, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("a week has seven days")


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether the schedule has the chat open, and which of the three layers decided it."""

    open: bool
    source: Literal["override", "exception", "week"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Week and exceptions in a time zone; answers for any instant, with the overrides handed in.

    `last_entry_min` is how long before closing the last visitor is let in, minutes; 0 for until it closes.
    """

    week: Week
    exceptions: tuple[DatedException, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Stockholm"))
    example: bool = False
    last_entry_min: int = 0
    _by_date: dict[date, DatedException] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_date = {exception.date: exception for exception in self.exceptions}
        if len(by_date) != len(self.exceptions):
            raise ValueError("two exceptions for one date")
        object.__setattr__(self, "_by_date", by_date)

    def with_exceptions(self, exceptions: Iterable[DatedException]) -> Self:
        """Give the schedule in which these exceptions come before its own ones of the same dates."""
        later = {exception.date: exception for exception in exceptions}
        return replace(self, exceptions=tuple((self._by_date | later).values()))

    def exception_on(self, day: date) -> DatedException | None:
        """Return the exception of a date, or None for a day like every week."""
        return self._by_date.get(day)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """List the windows that start on a date, its exception considered."""
        exception = self._by_date.get(day)
        return self.week.days[day.weekday()] if exception is None else exception.windows

    def ruling(self, at: datetime, overrides: Iterable[Override] = ()) -> Ruling:
        """Decide the instant: override > exception > week. Of two overrides in force, closed wins.

        `at` is aware. The layer of a scheduled opening is that of the day its window starts; of a closed
        instant, that of the date on the wall.
        """
        # In UTC, because two local times of one zone compare by the wall, blind to the hour that comes twice.
        at = at.astimezone(UTC)
        in_force = [each.kind for each in overrides if each.holds(at) and each.kind != "stopped"]
        if in_force:
            return Ruling("closed" not in in_force, "override")
        wall = at.astimezone(self.zone)
        minute, today = wall.hour * 60 + wall.minute, wall.date()
        for window in self.windows_on(today):
            if window.start_minute <= minute < window.end_minute:
                return Ruling(True, self._layer(today))
        yesterday, minute_since_yesterday = today - _ONE_DAY, minute + MINUTES_PER_DAY
        for window in self.windows_on(yesterday):
            if minute_since_yesterday < window.end_minute:
                return Ruling(True, self._layer(yesterday))
        return Ruling(False, self._layer(today))

    def is_open(self, at: datetime, overrides: Iterable[Override] = ()) -> bool:
        """Tell whether the schedule has the chat open at the (aware) instant."""
        return self.ruling(at, overrides).open

    def next_opening(self, at: datetime, overrides: Sequence[Override] = ()) -> datetime | None:
        """Find the first instant after `at` at which the chat goes from closed to open, in local time.

        None when there is none within SEARCH_DAYS. While the chat is open this is the opening after this one.
        """
        at = at.astimezone(UTC)
        was_open = self.is_open(at, overrides)
        for edge in self._edges_after(at, overrides):
            now_open = self.is_open(edge, overrides)
            if now_open and not was_open:
                return edge.astimezone(self.zone)
            was_open = now_open
        return None

    def closes(self, at: datetime, overrides: Sequence[Override] = ()) -> datetime | None:
        """Find the end of the present opening, adjoining windows taken as one, in local time.

        None when the chat is closed at `at`, or does not close within SEARCH_DAYS.
        """
        at = at.astimezone(UTC)
        if not self.is_open(at, overrides):
            return None
        for edge in self._edges_after(at, overrides):
            if not self.is_open(edge, overrides):
                return edge.astimezone(self.zone)
        return None

    def is_past_last_entry(self, at: datetime, overrides: Sequence[Override] = ()) -> bool:
        """Tell whether it is open at the (aware) instant and so near its closing that nobody more is let in.

        An end that a coordinator set is a closing like any other. Every opening lets people in for as long as
        `last_entry_min` all the same, else a short one that somebody set by hand would let in nobody at all.
        """
        margin = timedelta(minutes=self.last_entry_min)
        closes = self.closes(at, overrides)
        if closes is None or closes - at > margin or not margin:
            return False
        opened = self.next_opening(at - margin, overrides)
        return opened is None or opened > at

    def stopped_until(self, at: datetime, overrides: Sequence[Override] = ()) -> datetime | None:
        """Find when nobody new is kept out any more, stops that follow on each other as one; None when nobody is."""
        stops = [override for override in overrides if override.kind == "stopped"]
        until = None
        while in_force := [stop.ends_at for stop in stops if stop.holds(until or at)]:
            until = max(in_force)
        return until and until.astimezone(self.zone)

    def next_entry(self, at: datetime, overrides: Sequence[Override] = ()) -> datetime | None:
        """Find the first instant after `at` at which somebody new is let in again, in local time.

        It is the end of a stop or an opening that no stop falls on; None when there is none within SEARCH_DAYS.
        """
        stopped_until = self.stopped_until(at, overrides)
        while True:
            if stopped_until is not None:
                at = stopped_until
                if self.is_open(at, overrides) and not self.is_past_last_entry(at, overrides):
                    return at
            opening = self.next_opening(at, overrides)
            stopped_until = None if opening is None else self.stopped_until(opening, overrides)
            if opening is None or stopped_until is None:
                return opening

    def _layer(self, day: date) -> Literal["exception", "week"]:
        return "exception" if day in self._by_date else "week"

    def _edges_after(self, at: datetime, overrides: Sequence[Override]) -> Iterator[datetime]:
        """Yield, in order, every instant after `at` where the state may change (and some where it does not)."""
        overrides = [override for override in overrides if override.kind != "stopped"]
        fixed = sorted({edge.astimezone(UTC) for o in overrides for edge in (o.starts_at, o.ends_at)})
        while any(override.holds(at) for override in overrides):  # until it ends, windows change nothing
            at = next(edge for edge in fixed if edge > at)
            yield at
        first = at.astimezone(self.zone).date()
        for offset_days in range(SEARCH_DAYS + 1):
            day = first + offset_days * _ONE_DAY
            begins, ends = self._instants(day, 0)[0], self._instants(day, MINUTES_PER_DAY)[0]
            edges = {begins, *(edge for edge in fixed if begins <= edge < ends)}
            for owner in (day - _ONE_DAY, day):
                for window in self.windows_on(owner):
                    edges.update(self._instants(owner, window.start_minute))
                    edges.update(self._instants(owner, window.end_minute))
            if begins.astimezone(self.zone).utcoffset() != ends.astimezone(self.zone).utcoffset():
                edges.add(self._clock_change(begins, ends))
            yield from (edge for edge in sorted(edges) if begins <= edge < ends and edge > at)

    def _instants(self, day: date, minute: int) -> tuple[datetime, datetime]:
        """Give both instants (UTC) at which the wall shows this minute of the day; mostly they are one."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        first = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        return first, wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)

    def _clock_change(self, begins: datetime, ends: datetime) -> datetime:
        """Find the second between two instants at which the offset changes."""
        before = begins.astimezone(self.zone).utcoffset()
        low, high = int(begins.timestamp()), int(ends.timestamp())
        while high - low > 1:
            middle = (low + high) // 2
            if datetime.fromtimestamp(middle, self.zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        return datetime.fromtimestamp(high, UTC)
