"""Opening hours in words: what a person reads about when the chat opens.

Pure functions of instants and windows. Swedish is the source language; every sentence passes a translate function,
so that a reader of another language can be given theirs. Knows no page and no template.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

from chatservice.domain.opening_hours import MINUTES_PER_DAY, Window

Translate: TypeAlias = Callable[[str], str]

EVENING_HOUR = 18
NIGHT_ENDS_HOUR = 5
FULL_DATE_AFTER_DAYS = 300
"""From here on a date is said with its year, because "3 januari" alone could be either."""


def gettext_noop(text: str) -> str:
    """Mark a sentence for extraction and give it back as it is."""
    return text


N_ = gettext_noop

AND = N_("och")
WEEKDAYS = (N_("måndag"), N_("tisdag"), N_("onsdag"), N_("torsdag"), N_("fredag"), N_("lördag"), N_("söndag"))
MONTHS = (
    N_("januari"),
    N_("februari"),
    N_("mars"),
    N_("april"),
    N_("maj"),
    N_("juni"),
    N_("juli"),
    N_("augusti"),
    N_("september"),
    N_("oktober"),
    N_("november"),
    N_("december"),
)


def clock_words(at: time | datetime) -> str:
    """Write a time of day the Swedish way: 19.00."""
    return f"{at.hour:02d}.{at.minute:02d}"


def date_words(day: date, *, year: bool = True, translate: Translate = gettext_noop) -> str:
    """Write a date: 3 januari 2027, or without its year."""
    words = f"{day.day} {translate(MONTHS[day.month - 1])}"
    return f"{words} {day.year}" if year else words


def window_words(window: Window) -> str:
    """Write a window: 19.00–22.00; midnight as an end is 24.00."""
    end = "24.00" if window.end == time(0) else clock_words(window.end)
    return f"{clock_words(window.start)}–{end}"


def windows_words(windows: Iterable[Window], translate: Translate = gettext_noop) -> str:
    """Write a day's windows: "12.00–13.00 och 19.00–22.00", or "Stängt"."""
    return _listed([window_words(window) for window in _in_order(windows)], translate)


def day_words(day: date, today: date, translate: Translate = gettext_noop) -> str:
    """Name a day of the coming weeks: "I dag, söndag 22 november", "Tisdag 24 november"."""
    name = f"{translate(WEEKDAYS[day.weekday()])} {date_words(day, year=False, translate=translate)}"
    near = {0: N_("I dag"), 1: N_("I morgon")}.get((day - today).days)
    return name[0].upper() + name[1:] if near is None else f"{translate(near)}, {name}"


def hours_on_words(day: date, windows: Iterable[Window], translate: Translate = gettext_noop) -> str:
    """Write a date's windows, and say in which night one over midnight ends: "21.00 till 01.00 natten till lördag"."""

    def words(window: Window) -> str:
        if window.end_minute <= MINUTES_PER_DAY:
            return window_words(window)
        pattern = (
            N_("%(start)s till %(end)s natten till %(day)s")
            if window.end.hour <= NIGHT_ENDS_HOUR
            else N_("%(start)s till %(end)s på %(day)s")
        )
        return translate(pattern) % {
            "start": clock_words(window.start),
            "end": clock_words(window.end),
            "day": translate(WEEKDAYS[(day.weekday() + 1) % 7]),
        }

    return _listed([words(window) for window in _in_order(windows)], translate)


def opening_words(next_opening: datetime, now: datetime, translate: Translate = gettext_noop) -> str:
    """Say when the chat opens: "Öppnar i kväll kl. 19.00", "Öppnar söndag kl. 19.00", "Öppnar 3 januari kl. 19.00".

    Both are aware; the words follow the calendar of next_opening's own time zone.
    """
    local_now = now.astimezone(next_opening.tzinfo)
    days = (next_opening.date() - local_now.date()).days
    in_the_night = next_opening.hour < NIGHT_ENDS_HOUR
    if days == 0:
        evening = next_opening.hour >= EVENING_HOUR
        pattern = (
            N_("Öppnar i natt kl. %(time)s")
            if in_the_night
            else N_("Öppnar i kväll kl. %(time)s")
            if evening
            else N_("Öppnar i dag kl. %(time)s")
        )
    elif days == 1:
        # "I morgon kl. 01" is heard as the night after; before dawn "i natt" would mean the one that is passing.
        tonight = in_the_night and local_now.hour >= NIGHT_ENDS_HOUR
        pattern = N_("Öppnar i natt kl. %(time)s") if tonight else N_("Öppnar i morgon kl. %(time)s")
    elif days < 7:
        pattern = N_("Öppnar %(day)s kl. %(time)s")
    else:
        pattern = N_("Öppnar %(date)s kl. %(time)s")
    return translate(pattern) % {
        "time": clock_words(next_opening),
        "day": translate(WEEKDAYS[next_opening.weekday()]),
        "date": date_words(next_opening.date(), year=days > FULL_DATE_AFTER_DAYS, translate=translate),
    }


def headline_words(*, is_open: bool, closes_soon: bool = False, translate: Translate = gettext_noop) -> str:
    """Say what the link to the chat says."""
    if closes_soon:
        return translate(N_("Chatten stänger snart"))
    return translate(N_("Till chatten")) if is_open else translate(N_("Chatten är stängd"))


def unstaffed_words(closes: datetime | None, now: datetime, translate: Translate = gettext_noop) -> str:
    """Say that nobody is on duty although the hours have the chat open, and until when that can change."""
    words = translate(N_("Ingen mentor är i tjänst just nu."))
    if closes is None or closes - now > timedelta(days=1):
        return words
    until = translate(N_("Chatten kan öppna fram till kl. %(time)s.")) % {"time": clock_words(closes)}
    return f"{words} {until}"


def last_entry_words(
    next_opening: datetime | None, now: datetime, zone: tzinfo, translate: Translate = gettext_noop
) -> str:
    """Say that nobody more is let in although it is open still, and when it opens again."""
    hour = now.astimezone(zone).hour
    words = translate(
        N_("Den tar inte emot fler just nu.")
        if next_opening is not None and next_opening - now < timedelta(hours=12)
        else N_("Den tar inte emot fler i natt.")
        if hour < NIGHT_ENDS_HOUR
        else N_("Den tar inte emot fler i kväll.")
        if hour >= EVENING_HOUR
        else N_("Den tar inte emot fler i dag.")
    )
    return words if next_opening is None else f"{words} {opening_words(next_opening, now, translate)}"


def stopped_words(next_entry: datetime | None, now: datetime, translate: Translate = gettext_noop) -> str:
    """Say that nobody new is received, and when somebody is again."""
    words = translate(N_("Vi tar inte emot fler just nu."))
    return words if next_entry is None else f"{words} {opening_words(next_entry, now, translate)}"


def away_words(translate: Translate = gettext_noop) -> str:
    """Say that nobody knows just now, because the chat cannot be reached."""
    return translate(N_("Chatten går inte att nå just nu. Försök igen om en liten stund."))


def full_words(translate: Translate = gettext_noop) -> str:
    """Say that the queue has no room."""
    return translate(N_("Kön är full just nu. Försök gärna igen om en stund."))


def _in_order(windows: Iterable[Window]) -> list[Window]:
    return sorted(windows, key=lambda window: window.start_minute)


def _listed(words: list[str], translate: Translate) -> str:
    """Join what is said of each window: "a, b och c", or "Stängt" when there is none."""
    if not words:
        return translate(N_("Stängt"))
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {translate(AND)} {words[-1]}"
