"""The schedule against an independent, naive oracle: 400 days minute by minute, and random weeks.

The oracle paints every minute of local wall time that is open into a set of naive datetimes, and shares no code and
no idea with the schedule: no day arithmetic, no precedence function, no edges.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from chatservice.domain.opening_hours import DatedException, Override, Schedule, Week, Window

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def painted(schedule: Schedule, first: date, days: int) -> set[datetime]:
    """Give every open minute of wall time from first on, overrides not considered."""
    minutes: set[datetime] = set()
    for number in range(-1, days + 1):
        day = first + number * DAY
        windows = schedule.week.days[day.weekday()]
        for exception in schedule.exceptions:
            if exception.date == day:
                windows = exception.windows
        for window in windows:
            midnight = datetime.combine(day, time())
            minutes.update(midnight + m * MINUTE for m in range(window.start_minute, window.end_minute))
    return minutes


def oracle(minutes: set[datetime], overrides: list[Override], at: datetime) -> bool:
    in_force = {o.kind for o in overrides if o.starts_at <= at < o.ends_at}
    if in_force:
        return in_force == {"open"}
    return at.astimezone(STOCKHOLM).replace(tzinfo=None, second=0, microsecond=0) in minutes


def oracle_lets_in(
    minutes: set[datetime], overrides: list[Override], at: datetime, last_entry_min: int
) -> bool:
    """Look at every minute around: is it open now, and closed neither soon nor a short while ago?"""
    if not oracle(minutes, overrides, at):
        return False
    margin = range(1, last_entry_min + 1)
    closes_soon = any(not oracle(minutes, overrides, at + m * MINUTE) for m in margin)
    has_just_opened = any(not oracle(minutes, overrides, at - m * MINUTE) for m in margin)
    return not closes_soon or has_just_opened


def some(*texts: str) -> tuple[Window, ...]:
    pairs = (text.split("-") for text in texts)
    return tuple(Window.between(time.fromisoformat(a), time.fromisoformat(b)) for a, b in pairs)


def test_four_hundred_days_minute_by_minute_agree_with_the_oracle_both_clock_changes_included():
    first, days = date(2026, 11, 1), 400
    schedule = Schedule(
        Week(
            (
                some("19:00-22:00"),
                (),
                some("12:00-13:00", "19:00-22:00"),
                some("00:00-00:00"),
                some("21:00-01:00"),
                some("22:30-02:30"),
                some("01:30-03:30", "19:00-22:00", "22:00-00:00"),
            )
        ),
        (
            DatedException(date(2026, 12, 24), some("15:00-18:00"), "Julafton"),
            DatedException(date(2026, 12, 31), some("20:00-04:00"), "Nyårsafton"),
            DatedException(date(2027, 3, 27), (), "Stängt"),
            DatedException(date(2027, 10, 31), some("02:15-02:45"), "Klockan ställs om"),
        ),
        last_entry_min=15,
    )
    closed = Override(
        "closed",
        datetime(2027, 2, 1, 12, tzinfo=STOCKHOLM),
        datetime(2027, 2, 7, 20, 30, tzinfo=STOCKHOLM),
    )
    opened = Override(
        "open", datetime(2027, 3, 28, 0, tzinfo=STOCKHOLM), datetime(2027, 3, 28, 3, 15, tzinfo=STOCKHOLM)
    )
    overrides = [closed, opened]
    minutes = painted(schedule, first, days)
    at = datetime.combine(first, time(), STOCKHOLM).astimezone(UTC)
    end = datetime.combine(first + days * DAY, time(), STOCKHOLM).astimezone(UTC)

    walked = disagreements = let_in_disagreements = last_entries = 0
    offsets: set[timedelta | None] = set()
    was_open = True
    openings: list[datetime] = []
    while at < end:
        open_now = schedule.is_open(at, overrides)
        disagreements += open_now != oracle(minutes, overrides, at)
        if open_now and not was_open:
            openings.append(at)
        was_open = open_now
        # Only near a change can the answer be another than "is it open": there, and at every 97th minute elsewhere.
        near = open_now and not all(oracle(minutes, overrides, at + m * MINUTE) for m in (-16, 16))
        if near or walked % 97 == 0:
            past = schedule.is_past_last_entry(at, overrides)
            let_in_disagreements += (open_now and not past) != oracle_lets_in(minutes, overrides, at, 15)
            last_entries += past
        if walked % 1440 == 0:
            offsets.add(at.astimezone(STOCKHOLM).utcoffset())
        walked += 1
        at += MINUTE

    assert disagreements == let_in_disagreements == 0
    assert last_entries > 400 * 10, "most evenings end with a quarter of an hour of it"
    assert walked == 400 * 1440, "one day of 23 hours and one of 25 (the second autumn lies behind the walk)"
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}
    # And the walk from opening to opening by next_opening meets exactly the ones that were seen.
    found, expected_next = [], schedule.next_opening(openings[0] - MINUTE, overrides)
    while expected_next is not None and expected_next < end:
        found.append(expected_next.astimezone(UTC))
        expected_next = schedule.next_opening(expected_next, overrides)
    assert found == openings


@st.composite
def windows_of_a_day(draw: st.DrawFn) -> tuple[Window, ...]:
    starts = draw(st.lists(st.integers(0, 1439), max_size=3))
    return tuple(Window(start, start + draw(st.integers(1, 1440))) for start in starts)


AROUND_THE_CHANGES = st.sampled_from(
    [date(2027, 3, 26), date(2027, 10, 29), date(2026, 12, 30), date(2028, 2, 27)]
)


KINDS: tuple[Literal["open", "closed"], ...] = ("open", "closed")


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, list[Override], date]:
    first = draw(AROUND_THE_CHANGES)
    week = Week(tuple(draw(windows_of_a_day()) for _ in range(7)))
    dates = draw(st.lists(st.integers(-1, 5), max_size=3, unique=True))
    exceptions = tuple(DatedException(first + d * DAY, draw(windows_of_a_day())) for d in dates)
    begin = datetime.combine(first, time(), STOCKHOLM).astimezone(UTC)
    overrides = [
        Override(kind, begin + start * MINUTE, begin + (start + length) * MINUTE)
        for kind, start, length in draw(
            st.lists(
                st.tuples(st.sampled_from(KINDS), st.integers(-300, 5000), st.integers(1, 2000)),
                max_size=3,
            )
        )
    ]
    return Schedule(week, exceptions, last_entry_min=draw(st.integers(0, 90))), overrides, first


@settings(max_examples=120, deadline=None)
@given(schedules(), st.integers(0, 4 * 1440))
def test_any_week_agrees_with_the_oracle_and_its_edges_are_the_first_of_their_kind(
    given_schedule, start_minute
):
    schedule, overrides, first = given_schedule
    minutes = painted(schedule, first, 12)
    at = datetime.combine(first, time(), STOCKHOLM).astimezone(UTC) + start_minute * MINUTE

    assert schedule.is_open(at, overrides) == oracle(minutes, overrides, at)
    lets_in = schedule.is_open(at, overrides) and not schedule.is_past_last_entry(at, overrides)
    assert lets_in == oracle_lets_in(minutes, overrides, at, schedule.last_entry_min)

    closes, next_opening = schedule.closes(at, overrides), schedule.next_opening(at, overrides)
    closes, next_opening = closes and closes.astimezone(UTC), next_opening and next_opening.astimezone(UTC)
    was_open, seen_close, seen_opening = oracle(minutes, overrides, at), None, None
    moment = at
    for _ in range(5 * 1440):
        moment += MINUTE
        open_now = oracle(minutes, overrides, moment)
        if was_open and not open_now and seen_close is None:
            seen_close = moment
        if open_now and not was_open:
            seen_opening = moment
            break
        was_open = open_now
    horizon = at + 5 * DAY
    if oracle(minutes, overrides, at):
        assert (closes if closes and closes < horizon else None) == (
            seen_close if seen_close and seen_close < horizon else None
        )
    else:
        assert closes is None
    assert (next_opening if next_opening and next_opening < horizon else None) == (
        seen_opening if seen_opening and seen_opening < horizon else None
    )
