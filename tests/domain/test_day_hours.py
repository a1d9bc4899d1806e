"""A day's hours as a coordinator writes them: what is refused and with which code, and what is kept."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain.day_hours import (
    FARTHEST,
    DayFault,
    DayRefusedError,
    check_day,
    data_file_lines,
    days_ahead,
    kept_windows,
    read_time,
    read_windows,
    write_windows,
)
from chatservice.domain.opening_hours import DatedException, Schedule, Week, Window

LATE = Window.between(time(21), time(1))
EVENING = Window.between(time(19), time(22))
MORNING = Window.between(time(0), time(8))
TODAY = date(2026, 11, 22)  # a Sunday
FRIDAYS_LATE = Schedule(Week(((), (), (), (), (LATE,), (), (EVENING,))))


@pytest.mark.parametrize(
    ("pairs", "fault", "row"),
    [
        ([], DayFault.NO_HOURS, 0),
        ([("", ""), (" ", "")], DayFault.NO_HOURS, 0),
        ([("", ""), ("19:00", "")], DayFault.HALF_WINDOW, 2),
        ([("", "22:00")], DayFault.HALF_WINDOW, 1),
        ([("25:00", "26:00")], DayFault.NO_TIME, 1),
        ([("19:61", "22:00")], DayFault.NO_TIME, 1),
        ([("24:00", "01:00")], DayFault.NO_TIME, 1),
        ([("sju", "tio")], DayFault.NO_TIME, 1),
        ([("19:00", "19.00")], DayFault.SAME_TIME, 1),
        ([("12:00", "14:00"), ("13:59", "15:00")], DayFault.OVERLAP, 2),
        ([("21:00", "23:00"), ("20:00", "21:30")], DayFault.OVERLAP, 1),
        ([("21:00", "01:00"), ("23:00", "23:30")], DayFault.OVERLAP, 2),
    ],
)
def test_what_makes_no_hours_is_refused_where_it_stands(pairs, fault, row):
    with pytest.raises(DayRefusedError) as refused:
        read_windows(pairs)

    assert (refused.value.fault, refused.value.row) == (fault, row)


def test_windows_are_read_in_every_way_people_write_times_and_put_in_order():
    windows = read_windows([("21", "1.00"), ("", ""), ("12.30", "13:00:00"), ("13:00", "13:30")])

    assert write_windows(windows) == "12:30-13:00 13:00-13:30 21:00-01:00"
    assert read_windows([("19", "24")]) == (Window.between(time(19), time(0)),)
    assert read_time("24:00") is None


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=4))
def test_what_is_written_down_is_read_back(spans):
    windows = tuple(Window(start, start + lasts) for start, lasts in spans)

    assert kept_windows(write_windows(windows)) == windows


@pytest.mark.parametrize(
    ("day", "windows", "fault"),
    [
        (TODAY - timedelta(days=1), (), DayFault.PAST_DAY),
        (TODAY + FARTHEST + timedelta(days=1), (), DayFault.FAR_DAY),
        (date(2026, 11, 28), (Window.between(time(0, 30), time(2)),), DayFault.FROM_DAY_BEFORE),
        (date(2026, 11, 28), (Window.between(time(20), time(19, 30)),), DayFault.INTO_NEXT_DAY),
    ],
)
def test_a_day_that_does_not_fit_between_its_neighbours_is_refused(day, windows, fault):
    with pytest.raises(DayRefusedError) as refused:
        check_day(FRIDAYS_LATE, day, windows, TODAY)

    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (TODAY, ()),
        (TODAY + FARTHEST, (EVENING,)),
        (date(2026, 11, 28), (Window.between(time(1), time(19)),)),
        (date(2026, 11, 28), (Window.between(time(22), time(19)),)),
    ],
)
def test_a_day_may_touch_its_neighbours(day, windows):
    check_day(FRIDAYS_LATE, day, windows, TODAY)


def test_the_plan_says_of_each_day_what_holds_and_why():
    closed = DatedException(date(2026, 11, 27), (), "Vilodag")

    days = days_ahead(FRIDAYS_LATE.with_exceptions([closed]), date(2026, 11, 26), 4)

    assert [(day.date.day, day.windows, day.exception) for day in days] == [
        (26, (), None),
        (27, (), closed),
        (28, (), None),
        (29, (EVENING,), None),
    ]


def test_the_lines_for_the_data_file_are_toml():
    tomllib = pytest.importorskip("tomllib")
    exception = DatedException(TODAY, (EVENING, LATE), 'Så kallad "vila"\\paus', (("en", "Rest"),))

    lines = data_file_lines(exception, "Andra tider")
    bare = data_file_lines(DatedException(TODAY), "Andra tider")

    assert tomllib.loads(lines)["exceptions"] == [
        {
            "date": TODAY,
            "windows": ["19:00-22:00", "21:00-01:00"],
            "reason": 'Så kallad "vila"\\paus',
            "en": {"reason": "Rest"},
        }
    ]
    assert tomllib.loads(bare)["exceptions"] == [{"date": TODAY, "windows": [], "reason": "Andra tider"}]


def test_an_exception_set_later_comes_before_the_file_and_the_file_before_the_week():
    in_file = FRIDAYS_LATE.with_exceptions([DatedException(TODAY, (), "I filen")])

    here = in_file.with_exceptions([DatedException(TODAY, (MORNING,)), DatedException(date(2026, 11, 23))])

    assert in_file.windows_on(TODAY) == ()
    assert here.windows_on(TODAY) == (MORNING,)
    assert here.windows_on(date(2026, 11, 23)) == ()
    assert FRIDAYS_LATE.windows_on(TODAY) == (EVENING,)
    assert here.exception_on(TODAY) == DatedException(TODAY, (MORNING,))
    assert here.exception_on(date(2026, 11, 24)) is None
