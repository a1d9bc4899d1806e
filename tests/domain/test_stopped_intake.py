"""A stopped intake: the hours stay as they are, and when somebody new is let in again is known."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.opening_hours import Override, Schedule, Week, Window
from chatservice.domain.opening_words import day_words, hours_on_words, stopped_words

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVERY_EVENING = Schedule(Week(((Window.between(time(19), time(22)),),) * 7), last_entry_min=15)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=STOCKHOLM)


def stop(starts: str, ends: str) -> Override:
    return Override("stopped", local(starts), local(ends))


def test_a_stop_changes_no_hours():
    stopped = [stop("22T19:30", "22T21:00")]

    assert EVERY_EVENING.ruling(local("22T20:00"), stopped) == EVERY_EVENING.ruling(local("22T20:00"))
    assert EVERY_EVENING.closes(local("22T20:00"), stopped) == local("22T22:00")
    assert EVERY_EVENING.next_opening(local("22T20:00"), stopped) == local("23T19:00")


@pytest.mark.parametrize(
    ("now", "stops", "until", "entry"),
    [
        ("22T20:00", [], None, "23T19:00"),
        ("22T20:00", [("22T19:30", "22T20:30")], "22T20:30", "22T20:30"),
        ("22T20:30", [("22T19:30", "22T20:30")], None, "23T19:00"),
        ("22T20:00", [("22T19:30", "22T20:30"), ("22T20:30", "22T21:00")], "22T21:00", "22T21:00"),
        ("22T20:00", [("22T19:30", "22T21:50")], "22T21:50", "23T19:00"),
        ("22T20:00", [("22T19:30", "22T22:00")], "22T22:00", "23T19:00"),
        ("22T20:00", [("22T19:30", "23T20:00")], "23T20:00", "23T20:00"),
        ("22T18:00", [("22T18:30", "22T20:00")], None, "22T20:00"),
        ("22T18:00", [("22T18:30", "22T22:00")], None, "23T19:00"),
    ],
)
def test_when_somebody_new_is_let_in_again_is_known(now, stops, until, entry):
    overrides = [stop(*each) for each in stops]

    assert EVERY_EVENING.stopped_until(local(now), overrides) == (until and local(until))
    assert EVERY_EVENING.next_entry(local(now), overrides) == local(entry)


def test_where_it_never_opens_nobody_is_promised_anything():
    never = Schedule(Week(((),) * 7))

    assert never.next_entry(local("22T20:00"), [stop("22T19:00", "22T21:00")]) is None
    assert stopped_words(None, local("22T20:00")) == "Vi tar inte emot fler just nu."


def test_the_words_say_when_somebody_is_received_again():
    said = stopped_words(local("22T21:00"), local("22T20:00"))

    assert said == "Vi tar inte emot fler just nu. Öppnar i kväll kl. 21.00"


def test_a_window_over_midnight_says_which_night_it_ends_in():
    friday = local("27T12:00").date()
    windows = [Window.between(time(21), time(1)), Window.between(time(12), time(13))]

    assert hours_on_words(friday, windows) == "12.00–13.00 och 21.00 till 01.00 natten till lördag"
    assert hours_on_words(friday, [Window.between(time(22), time(9))]) == "22.00 till 09.00 på lördag"
    assert hours_on_words(friday, [Window.between(time(19), time(0))]) == "19.00–24.00"
    assert hours_on_words(friday, []) == "Stängt"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("22T00:00", "I dag, söndag 22 november"),
        ("23T00:00", "I morgon, måndag 23 november"),
        ("24T00:00", "Tisdag 24 november"),
    ],
)
def test_a_day_of_the_coming_weeks_is_named(day, words):
    assert day_words(local(day).date(), local("22T12:00").date()) == words
