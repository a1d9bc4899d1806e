"""Openings as real time, and the gaps in them: over midnight, on the nights when the clock changes, in parts."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatservice.domain.opening_hours import DatedException, Schedule, Week, Window
from chatservice.domain.rota import HORIZON_DAYS, gaps, joined, openings, part_of, rota
from chatservice.domain.shift import LEAVE_NOTICE, Shift, Stretch

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
NEVER_OPEN = Week(((),) * 7)


def windows(*texts: str) -> tuple[Window, ...]:
    pairs = (text.split("-") for text in texts)
    return tuple(Window.between(time.fromisoformat(a), time.fromisoformat(b)) for a, b in pairs)


def every_day(*texts: str) -> Schedule:
    return Schedule(Week((windows(*texts),) * 7))


def only(day: date, *texts: str) -> Schedule:
    return Schedule(NEVER_OPEN, (DatedException(day, windows(*texts)),))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stretch(text: str) -> Stretch:
    start, end = text.split("/")
    return Stretch(utc(start), utc(end))


def stretches(schedule: Schedule, first: date, days: int = 1) -> list[Stretch]:
    return [opening for _, opening in openings(schedule, first, days)]


def test_a_stretch_of_nothing_is_none():
    with pytest.raises(ValueError, match="more than nothing"):
        Stretch(utc("2026-11-26T19:00"), utc("2026-11-26T19:00"))


def test_an_evening_over_midnight_is_one_opening_of_the_day_it_begins():
    schedule = only(date(2026, 11, 27), "21:00-01:00")

    assert list(openings(schedule, date(2026, 11, 26), 3)) == [
        (date(2026, 11, 27), stretch("2026-11-27T20:00/2026-11-28T00:00"))
    ]


def test_adjoining_windows_of_a_day_are_one_opening():
    assert stretches(every_day("19:00-20:00", "20:00-22:00"), date(2026, 11, 26)) == [
        stretch("2026-11-26T18:00/2026-11-26T21:00")
    ]


def test_where_a_night_runs_into_the_next_days_window_that_one_begins_when_it_ends():
    schedule = every_day("00:00-02:00", "22:00-01:00")

    assert stretches(schedule, date(2026, 11, 26), 2)[1:3] == [
        stretch("2026-11-26T21:00/2026-11-27T00:00"),
        stretch("2026-11-27T00:00/2026-11-27T01:00"),
    ]


def test_a_window_that_the_night_before_covers_wholly_is_no_opening_of_its_own():
    schedule = Schedule(
        NEVER_OPEN,
        (
            DatedException(date(2026, 11, 26), windows("22:00-03:00")),
            DatedException(date(2026, 11, 27), windows("01:00-02:00")),
        ),
    )

    assert stretches(schedule, date(2026, 11, 26), 2) == [stretch("2026-11-26T21:00/2026-11-27T02:00")]


@pytest.mark.parametrize(
    ("day", "window", "expected"),
    [
        (SPRING, "01:30-03:30", ["2027-03-28T00:30/2027-03-28T01:30"]),
        (SPRING, "02:15-02:45", []),
        (AUTUMN, "01:30-03:30", ["2026-10-24T23:30/2026-10-25T02:30"]),
        (AUTUMN, "02:15-02:45", ["2026-10-25T00:15/2026-10-25T00:45", "2026-10-25T01:15/2026-10-25T01:45"]),
    ],
)
def test_the_nights_when_the_clock_changes_openings_have_their_real_length(day, window, expected):
    assert stretches(only(day, window), day) == [stretch(text) for text in expected]


minutes = st.integers(0, 24 * 60 - 1)
some_windows = st.lists(
    st.builds(lambda start, lasts: Window(start, start + lasts), minutes, st.integers(1, 24 * 60)), max_size=3
)
days = st.sampled_from([SPRING - DAY, AUTUMN - DAY, date(2026, 11, 26)])


@settings(max_examples=60, deadline=None)
@given(st.lists(some_windows, min_size=7, max_size=7), days)
def test_the_openings_are_exactly_when_the_schedule_is_open(week: list[list[Window]], first: date):
    schedule = Schedule(Week(tuple(tuple(day) for day in week)))
    found = stretches(schedule, first - DAY, 4)

    assert found == sorted(found)
    assert not any(a.overlaps(b) for a, b in pairwise(found))
    begins = datetime.combine(first, time(), schedule.zone).astimezone(UTC)
    for number in range(0, 2 * 24 * 60, 7):
        at = begins + number * MINUTE
        assert schedule.is_open(at) == any(one.starts_at <= at < one.ends_at for one in found)


EVENING = stretch("2026-11-26T18:00/2026-11-26T21:00")
BEFORE = EVENING.starts_at - DAY


def test_an_opening_without_anybody_is_one_gap():
    assert gaps(EVENING, [], now=BEFORE) == (EVENING,)


def test_what_has_passed_is_no_gap():
    assert gaps(EVENING, [], now=EVENING.ends_at) == ()
    assert gaps(EVENING, [], now=EVENING.starts_at + HOUR) == (stretch("2026-11-26T19:00/2026-11-26T21:00"),)


def test_a_part_that_somebody_has_leaves_gaps_on_both_sides():
    assert gaps(EVENING, [stretch("2026-11-26T19:00/2026-11-26T20:00")], now=BEFORE) == (
        stretch("2026-11-26T18:00/2026-11-26T19:00"),
        stretch("2026-11-26T20:00/2026-11-26T21:00"),
    )


def test_where_two_are_wanted_one_is_too_few():
    both = [EVENING, stretch("2026-11-26T19:00/2026-11-26T23:00")]

    assert gaps(EVENING, both, now=BEFORE, mentors_wanted=2) == (
        stretch("2026-11-26T18:00/2026-11-26T19:00"),
    )


offsets = st.integers(-60, 300)
parts = st.builds(
    lambda start, lasts: Stretch(
        EVENING.starts_at + start * MINUTE, EVENING.starts_at + (start + lasts) * MINUTE
    ),
    offsets,
    st.integers(1, 240),
)


@given(st.lists(parts, max_size=6), offsets, st.integers(1, 3))
def test_a_minute_is_in_a_gap_exactly_when_too_few_have_it(covered: list[Stretch], now_min: int, wanted: int):
    now = EVENING.starts_at + now_min * MINUTE

    found = gaps(EVENING, covered, now=now, mentors_wanted=wanted)

    assert list(found) == list(joined(found)), "in order, and none touches the next"
    for number in range(-60, 300):
        at = EVENING.starts_at + number * MINUTE
        counts = EVENING.starts_at <= at < EVENING.ends_at and at >= now
        lacks = counts and sum(part.starts_at <= at < part.ends_at for part in covered) < wanted
        assert lacks == any(gap.starts_at <= at < gap.ends_at for gap in found)


def test_the_rota_has_the_coming_openings_with_their_shifts_and_those_without_an_opening_apart():
    schedule, now = every_day("19:00-22:00"), utc("2026-11-26T18:30")
    here = Shift(1, 7, stretch("2026-11-26T18:00/2026-11-26T20:00"))
    over = Shift(2, 7, stretch("2026-11-25T18:00/2026-11-25T21:00"))
    stray = Shift(3, 7, stretch("2026-11-27T08:00/2026-11-27T09:00"))

    planned = rota(schedule, [stray, over, here], now)

    assert len(planned.openings) == HORIZON_DAYS
    assert planned.openings[0].shifts == (here,)
    assert planned.openings[0].gaps == (stretch("2026-11-26T20:00/2026-11-26T21:00"),)
    assert planned.stray == (stray,)


def test_last_nights_opening_is_there_until_it_ends():
    schedule = every_day("21:00-01:00")

    during, after = rota(schedule, [], utc("2026-11-26T23:30")), rota(schedule, [], utc("2026-11-27T00:00"))

    assert during.openings[0].day == date(2026, 11, 26)
    assert after.openings[0].day == date(2026, 11, 27)


@pytest.mark.parametrize(("start", "end"), [("18:00", "20:00"), ("20:00", "20:00"), ("21:00", "20:00")])
def test_times_that_are_no_part_of_an_opening_give_none(start, end):
    zone = every_day().zone

    assert part_of(EVENING, time.fromisoformat(start), time.fromisoformat(end), zone) is None


def test_a_part_may_pass_midnight():
    night = stretch("2026-11-27T20:00/2026-11-28T00:00")
    zone = every_day().zone

    assert part_of(night, time(23), time(0, 30), zone) == stretch("2026-11-27T22:00/2026-11-27T23:30")
    assert part_of(night, time(21), time(1), zone) == night


def test_of_a_time_that_comes_twice_a_part_has_the_whole_and_one_that_never_comes_is_none():
    [autumn] = stretches(only(AUTUMN, "01:00-04:00"), AUTUMN)
    [spring] = stretches(only(SPRING, "01:00-04:00"), SPRING)
    zone = every_day().zone

    assert part_of(autumn, time(2), time(2, 30), zone) == stretch("2026-10-25T00:00/2026-10-25T01:30")
    assert part_of(spring, time(2, 30), time(3, 30), zone) is None


def test_a_shift_can_be_left_until_two_days_before():
    shift = Shift(1, 7, EVENING)

    assert shift.can_be_left(EVENING.starts_at - LEAVE_NOTICE - MINUTE)
    assert not shift.can_be_left(EVENING.starts_at - LEAVE_NOTICE)


def test_the_days_of_a_stretch_are_those_on_the_wall():
    zone = every_day().zone

    assert stretch("2026-11-27T20:00/2026-11-28T00:00").days(zone) == (date(2026, 11, 27), date(2026, 11, 28))
    assert stretch("2026-11-27T20:00/2026-11-27T23:00").days(zone) == (date(2026, 11, 27), date(2026, 11, 27))
