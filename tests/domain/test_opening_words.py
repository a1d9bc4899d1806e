"""What people read about when the chat opens."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.opening_hours import Window
from chatservice.domain.opening_words import (
    date_words,
    headline_words,
    last_entry_words,
    opening_words,
    unstaffed_words,
    window_words,
    windows_words,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


# 22 November 2026 is a Sunday.
@pytest.mark.parametrize(
    ("now", "opens", "words"),
    [
        ("2026-11-22T12:00", "2026-11-22T19:00", "Öppnar i kväll kl. 19.00"),
        ("2026-11-22T18:59", "2026-11-22T19:00", "Öppnar i kväll kl. 19.00"),
        ("2026-11-22T08:00", "2026-11-22T12:05", "Öppnar i dag kl. 12.05"),
        ("2026-11-22T08:00", "2026-11-22T18:00", "Öppnar i kväll kl. 18.00"),
        ("2026-11-22T00:10", "2026-11-22T01:00", "Öppnar i natt kl. 01.00"),
        ("2026-11-22T21:00", "2026-11-23T01:00", "Öppnar i natt kl. 01.00"),
        ("2026-11-22T02:00", "2026-11-23T01:00", "Öppnar i morgon kl. 01.00"),
        ("2026-11-22T23:59", "2026-11-23T19:00", "Öppnar i morgon kl. 19.00"),
        ("2026-11-22T12:00", "2026-11-24T19:00", "Öppnar tisdag kl. 19.00"),
        ("2026-11-23T12:00", "2026-11-29T19:00", "Öppnar söndag kl. 19.00"),
        ("2026-11-22T22:30", "2026-11-29T19:00", "Öppnar 29 november kl. 19.00"),
        ("2026-12-20T12:00", "2027-01-03T19:00", "Öppnar 3 januari kl. 19.00"),
        ("2026-11-22T12:00", "2027-11-20T19:00", "Öppnar 20 november 2027 kl. 19.00"),
    ],
)
def test_the_next_opening_is_said_as_a_person_would(now: str, opens: str, words: str):
    assert opening_words(local(opens), local(now)) == words
    assert opening_words(local(opens), local(now).astimezone(UTC)) == words, "the zone of now does not matter"


def test_a_translation_is_used_where_there_is_one():
    english = {
        "Öppnar %(day)s kl. %(time)s": "Opens %(day)s at %(time)s",
        "tisdag": "Tuesday",
    }

    words = opening_words(
        local("2026-11-24T19:00"), local("2026-11-22T12:00"), lambda text: english.get(text, text)
    )

    assert words == "Opens Tuesday at 19.00"


def test_a_days_windows_are_said_in_order():
    morning, evening, night = (
        Window.between(time(9), time(10)),
        Window.between(time(19), time(22)),
        Window.between(time(23), time(0)),
    )

    assert windows_words([]) == "Stängt"
    assert windows_words([evening]) == "19.00–22.00"
    assert windows_words([evening, morning]) == "09.00–10.00 och 19.00–22.00"
    assert windows_words([evening, night, morning]) == "09.00–10.00, 19.00–22.00 och 23.00–24.00"
    assert window_words(Window.between(time(21), time(1))) == "21.00–01.00"


def test_a_date_is_said_with_or_without_its_year():
    assert date_words(date(2027, 1, 3)) == "3 januari 2027"
    assert date_words(date(2027, 1, 3), year=False) == "3 januari"


def test_the_link_says_whether_it_leads_anywhere():
    assert headline_words(is_open=True) == "Till chatten"
    assert headline_words(is_open=False) == "Chatten är stängd"


def test_an_unstaffed_evening_says_until_when_it_may_open_and_a_far_end_is_left_out():
    now, closes = local("2026-11-22T20:00"), local("2026-11-22T22:00")

    assert unstaffed_words(closes, now).endswith("Chatten kan öppna fram till kl. 22.00.")
    assert unstaffed_words(now + timedelta(days=30), now) == "Ingen mentor är i tjänst just nu."
    assert unstaffed_words(None, now) == "Ingen mentor är i tjänst just nu."


@pytest.mark.parametrize(
    ("now", "opens", "words"),
    [
        ("2026-11-22T21:50", "2026-11-23T19:00", "Den tar inte emot fler i kväll. Öppnar i morgon kl. 19.00"),
        ("2026-11-28T00:50", "2026-11-29T19:00", "Den tar inte emot fler i natt. Öppnar i morgon kl. 19.00"),
        ("2026-11-25T12:50", "2026-11-25T19:00", "Den tar inte emot fler just nu. Öppnar i kväll kl. 19.00"),
        ("2026-11-25T12:50", "2026-11-26T19:00", "Den tar inte emot fler i dag. Öppnar i morgon kl. 19.00"),
        ("2026-11-22T20:50", "2026-11-22T21:30", "Den tar inte emot fler just nu. Öppnar i kväll kl. 21.30"),
    ],
)
def test_before_closing_it_says_for_how_long_nobody_more_is_let_in(now, opens, words):
    assert last_entry_words(local(opens), local(now), STOCKHOLM) == words
    assert last_entry_words(local(opens), local(now).astimezone(UTC), STOCKHOLM) == words


def test_before_closing_for_good_it_names_no_opening():
    assert last_entry_words(None, local("2026-11-22T21:50"), STOCKHOLM) == "Den tar inte emot fler i kväll."
    assert headline_words(is_open=False, closes_soon=True) == "Chatten stänger snart"
