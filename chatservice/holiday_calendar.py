"""The holidays that people in Sweden keep, from the library `holidays`: by law, and the three eves that all keep.

Knows the library and its names; does not know opening hours. Next: domain/holidays.py.
"""

from datetime import date, timedelta

from holidays.constants import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden

from chatservice.domain.holidays import Holiday

_IN_THE_LIBRARY = {"sv": "sv", "en": "en_US"}


def holidays_from(first: date, days: int, languages: tuple[str, ...]) -> tuple[Holiday, ...]:
    """List the holidays of a number of days, named in each of the languages that has names; Swedish if none has."""
    last = first + timedelta(days=days)
    years = range(first.year, last.year + 1)
    named = {
        language: Sweden(
            years=years,
            include_sundays=False,
            categories=(PUBLIC, DE_FACTO),
            language=_IN_THE_LIBRARY[language],
        )
        for language in languages
        if language in _IN_THE_LIBRARY
    } or {"sv": Sweden(years=years, include_sundays=False, categories=(PUBLIC, DE_FACTO), language="sv")}
    days_kept = sorted(next(iter(named.values())))
    return tuple(
        Holiday(day, tuple((language, calendar[day]) for language, calendar in named.items()))
        for day in days_kept
        if first <= day <= last
    )
