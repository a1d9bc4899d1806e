"""Holidays that nobody has decided about: those on ordinary hours, soon, without an exception; and no others."""

from datetime import date, time

import pytest

from chatservice.domain.holidays import Holiday, undecided_holidays
from chatservice.domain.opening_hours import DatedException, Schedule, Week, Window
from chatservice.holiday_calendar import holidays_from

EVENING = (Window.between(time(19), time(22)),)
EVERY_DAY = Week((EVENING,) * 7)
EVE = Holiday(date(2026, 12, 24), (("sv", "Julafton"), ("en", "Christmas Eve")))


def names(first: date, days: int, language: str = "sv") -> list[str]:
    return [f"{day.date} {day.name_in(language)}" for day in holidays_from(first, days, ("sv", "en"))]


@pytest.mark.parametrize("today", [date(2026, 12, 25), date(2026, 10, 24)], ids=["past", "far ahead"])
def test_a_day_that_is_not_coming_soon_is_not_offered(today: date):
    assert undecided_holidays(Schedule(EVERY_DAY), [EVE], today) == ()


def test_a_day_without_hours_is_not_offered():
    thursdays_closed = Week((EVENING, EVENING, EVENING, (), EVENING, EVENING, EVENING))

    assert undecided_holidays(Schedule(thursdays_closed), [EVE], date(2026, 12, 1)) == ()


@pytest.mark.parametrize("windows", [(), EVENING], ids=["closed", "as usual"])
def test_a_day_that_somebody_has_decided_about_is_not_offered(windows: tuple[Window, ...]):
    schedule = Schedule(EVERY_DAY, (DatedException(EVE.date, windows, "Julafton"),))

    assert undecided_holidays(schedule, [EVE], date(2026, 12, 1)) == ()


@pytest.mark.parametrize("today", [date(2026, 12, 24), date(2026, 10, 25)], ids=["today", "the last day"])
def test_a_day_on_ordinary_hours_is_offered(today: date):
    assert undecided_holidays(Schedule(EVERY_DAY), [EVE], today) == (EVE,)


def test_days_are_offered_in_their_order():
    other = Holiday(date(2026, 12, 25), (("sv", "Juldagen"),))

    assert undecided_holidays(Schedule(EVERY_DAY), [other, EVE], date(2026, 12, 1)) == (EVE, other)


def test_a_name_is_given_in_its_language_and_in_the_first_one_otherwise():
    assert (EVE.name_in("en"), EVE.name_in("fi")) == ("Christmas Eve", "Julafton")


def test_the_eves_that_everybody_keeps_are_holidays_and_ordinary_sundays_are_not():
    assert names(date(2026, 12, 20), 17) == [
        "2026-12-24 Julafton",
        "2026-12-25 Juldagen",
        "2026-12-26 Annandag jul",
        "2026-12-31 Nyårsafton",
        "2027-01-01 Nyårsdagen",
        "2027-01-06 Trettondedag jul",
    ]
    assert names(date(2026, 6, 19), 1) == ["2026-06-19 Midsommarafton", "2026-06-20 Midsommardagen"]
    assert names(date(2027, 3, 26), 3, "en")[0] == "2027-03-26 Good Friday"


def test_in_a_language_that_has_no_names_they_are_swedish():
    (day,) = holidays_from(date(2026, 6, 6), 0, ("fi",))

    assert day.names == (("sv", "Nationaldagen"),)
