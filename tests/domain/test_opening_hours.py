"""The schedule: windows, exceptions, overrides, and what the wall clock does to them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.opening_hours import DatedException, Override, Schedule, Week, Window

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def window(text: str) -> Window:
    start, end = text.split("-")
    return Window.between(time.fromisoformat(start), time.fromisoformat(end))


def week(**days: list[str]) -> Week:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return Week(tuple(tuple(window(text) for text in days.get(name, [])) for name in names))


def every_day(*texts: str) -> Week:
    return Week((tuple(window(text) for text in texts),) * 7)


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold).astimezone(UTC)


def in_utc(at: datetime | None) -> datetime | None:
    """A local time in the repeated hour equals nothing of another zone; in UTC it equals itself."""
    return at and at.astimezone(UTC)


def override(kind, start: str, end: str) -> Override:
    return Override(kind, local(start), local(end))


def test_a_window_that_lasts_nothing_or_longer_than_a_day_is_refused():
    with pytest.raises(ValueError, match="more than nothing"):
        Window(60, 60)
    with pytest.raises(ValueError, match="at most a day"):
        Window(60, 60 + 24 * 60 + 1)
    with pytest.raises(ValueError, match="within its day"):
        Window(24 * 60, 25 * 60)


def test_a_week_of_six_days_is_refused():
    with pytest.raises(ValueError, match="seven"):
        Week(((),) * 6)


def test_two_exceptions_for_one_date_are_refused():
    with pytest.raises(ValueError, match="two exceptions"):
        Schedule(Week(((),) * 7), (DatedException(date(2026, 12, 24)), DatedException(date(2026, 12, 24))))


def test_a_window_begins_at_its_first_minute_and_is_over_at_its_end():
    schedule = Schedule(week(sunday=["19:00-22:00"]))

    assert not schedule.is_open(local("2026-11-22T18:59:59"))
    assert schedule.is_open(local("2026-11-22T19:00"))
    assert schedule.is_open(local("2026-11-22T21:59:59.999"))
    assert not schedule.is_open(local("2026-11-22T22:00"))


def test_several_windows_a_day_are_each_open_and_the_time_between_is_closed():
    schedule = Schedule(week(wednesday=["12:00-13:00", "19:00-22:00"]))

    answers = [schedule.is_open(local(f"2026-11-25T{hour}:30")) for hour in (11, 12, 14, 19, 22)]

    assert answers == [False, True, False, True, False]


def test_a_window_over_midnight_goes_on_into_the_next_day():
    schedule = Schedule(week(friday=["21:00-01:00"]))

    assert schedule.is_open(local("2026-11-28T00:59"))
    assert not schedule.is_open(local("2026-11-28T01:00"))
    assert not schedule.is_open(local("2026-11-27T00:30"))


def test_an_exception_replaces_the_windows_that_start_on_its_date_and_no_others():
    friday = date(2026, 11, 27)
    closed = Schedule(
        week(thursday=["22:00-02:00"], friday=["21:00-01:00"]), (DatedException(friday, (), "Stängt"),)
    )

    assert closed.is_open(local("2026-11-27T01:00")), "Thursday's window goes on into the excepted Friday"
    assert not closed.is_open(local("2026-11-27T22:00"))
    assert not closed.is_open(local("2026-11-28T00:30")), "Friday's window is gone, its night included"


def test_an_exception_with_other_windows_opens_on_a_closed_day():
    schedule = Schedule(week(), (DatedException(date(2026, 12, 24), (window("15:00-18:00"),), "Julafton"),))

    assert schedule.is_open(local("2026-12-24T15:00"))
    assert schedule.ruling(local("2026-12-24T15:00")).source == "exception"
    assert schedule.ruling(local("2026-12-24T14:00")).source == "exception"
    assert schedule.ruling(local("2026-12-25T14:00")).source == "week"


def test_an_override_beats_exception_and_week_while_it_lasts():
    schedule = Schedule(every_day("19:00-22:00"), (DatedException(date(2026, 12, 24), (), "Julafton"),))
    opened = override("open", "2026-12-24T10:00", "2026-12-24T11:00")
    closed = override("closed", "2026-12-25T20:00", "2026-12-25T21:00")

    assert schedule.ruling(local("2026-12-24T10:30"), [opened, closed]).source == "override"
    assert schedule.is_open(local("2026-12-24T10:30"), [opened, closed])
    assert not schedule.is_open(local("2026-12-24T11:00"), [opened, closed])
    assert not schedule.is_open(local("2026-12-25T20:00"), [opened, closed])
    assert schedule.is_open(local("2026-12-25T21:00"), [opened, closed])


def test_of_two_overrides_in_force_the_closing_one_wins():
    schedule = Schedule(every_day("19:00-22:00"))
    both = [
        override("open", "2026-12-01T00:00", "2026-12-31T00:00"),
        override("closed", "2026-12-10T20:00", "2026-12-10T21:00"),
    ]

    assert not schedule.is_open(local("2026-12-10T20:30"), both)
    assert schedule.is_open(local("2026-12-10T21:30"), both)


def test_the_next_opening_is_the_first_moment_that_is_open():
    schedule = Schedule(week(sunday=["19:00-22:00"]))

    assert schedule.next_opening(local("2026-11-22T18:59")) == local("2026-11-22T19:00")
    assert schedule.next_opening(local("2026-11-22T19:00")) == local("2026-11-29T19:00")
    assert schedule.next_opening(local("2026-11-22T23:00")) == local("2026-11-29T19:00")


def test_the_next_opening_is_told_in_local_time():
    found = Schedule(week(sunday=["19:00-22:00"])).next_opening(local("2026-11-22T12:00"))

    assert found is not None
    assert found.isoformat() == "2026-11-22T19:00:00+01:00"


def test_a_schedule_that_never_opens_has_no_next_opening_and_one_that_never_closes_no_end():
    assert Schedule(week()).next_opening(local("2026-11-22T12:00")) is None
    always = Schedule(every_day("00:00-00:00"))
    assert always.closes(local("2026-11-22T12:00")) is None
    assert always.next_opening(local("2026-11-22T12:00")) is None


def test_a_closed_chat_has_no_closing_time():
    assert Schedule(week()).closes(local("2026-11-22T12:00")) is None


def test_adjoining_windows_close_as_one():
    schedule = Schedule(week(friday=["19:00-21:00", "21:00-00:00"], saturday=["00:00-02:00"]))

    assert schedule.closes(local("2026-11-27T19:30")) == local("2026-11-28T02:00")
    assert schedule.next_opening(local("2026-11-27T19:30")) == local("2026-12-04T19:00")


def test_an_override_moves_the_next_opening_and_the_closing():
    schedule = Schedule(every_day("19:00-22:00"))
    opened = override("open", "2026-11-23T17:15", "2026-11-23T19:30")
    closed = override("closed", "2026-11-24T18:00", "2026-11-24T20:20")

    assert schedule.next_opening(local("2026-11-23T12:00"), [opened]) == local("2026-11-23T17:15")
    assert schedule.closes(local("2026-11-23T17:30"), [opened]) == local("2026-11-23T22:00")
    assert schedule.next_opening(local("2026-11-24T12:00"), [closed]) == local("2026-11-24T20:20")


def test_an_override_reaches_over_days():
    schedule = Schedule(every_day("19:00-22:00"))
    closed = override("closed", "2026-11-24T18:00", "2026-12-24T20:20")

    assert schedule.next_opening(local("2026-11-24T18:30"), [closed]) == local("2026-12-24T20:20")


def test_in_spring_a_window_over_the_change_loses_the_hour_that_the_wall_skips():
    schedule = Schedule(week(sunday=["01:30-03:30"]))
    begins = local("2027-03-28T01:30")

    assert schedule.next_opening(local("2027-03-27T12:00")) == begins
    assert schedule.closes(begins) == begins + timedelta(hours=1)


def test_in_spring_a_window_that_begins_in_the_skipped_hour_opens_when_the_clock_has_jumped():
    schedule = Schedule(week(sunday=["02:30-04:00"]))

    found = schedule.next_opening(local("2027-03-27T12:00"))

    assert found is not None
    assert found.isoformat() == "2027-03-28T03:00:00+02:00"


def test_in_spring_a_window_within_the_skipped_hour_does_not_occur():
    schedule = Schedule(week(sunday=["02:15-02:45"]))

    assert schedule.next_opening(local("2027-03-27T12:00")) == local("2027-04-04T02:15")


def test_in_autumn_a_window_over_the_change_lasts_an_hour_longer():
    schedule = Schedule(week(sunday=["01:30-03:30"]))
    begins = local("2027-10-31T01:30")

    assert schedule.closes(begins) == begins + timedelta(hours=3)


def test_in_autumn_a_window_within_the_repeated_hour_occurs_twice():
    schedule = Schedule(week(sunday=["02:15-02:45"]))
    first, second = local("2027-10-31T02:15", fold=0), local("2027-10-31T02:15", fold=1)

    assert second - first == timedelta(hours=1)
    assert in_utc(schedule.next_opening(local("2027-10-30T12:00"))) == first
    assert in_utc(schedule.closes(first)) == first + timedelta(minutes=30)
    assert in_utc(schedule.next_opening(first)) == second


def test_an_override_in_local_time_ends_in_the_right_one_of_the_two_hours_of_autumn():
    schedule = Schedule(week())
    begin = datetime(2027, 10, 31, 1, tzinfo=STOCKHOLM)
    end = datetime(2027, 10, 31, 2, 30, fold=0, tzinfo=STOCKHOLM)
    opened = Override("open", begin, end)

    assert schedule.is_open(datetime(2027, 10, 31, 2, 15, fold=0, tzinfo=STOCKHOLM), [opened])
    assert not schedule.is_open(datetime(2027, 10, 31, 2, 15, fold=1, tzinfo=STOCKHOLM), [opened])


def test_a_window_knows_its_wall_times():
    assert (window("21:00-01:00").start, window("21:00-01:00").end) == (time(21), time(1))
    assert window("19:00-00:00").end == time(0)
