"""Counting in memory: a database that fails loses nothing, and what is written is written once."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.statistics import Counter
from chatservice.usecases.counting import HourlyTally
from tests.live_builders import HandClock

ZONE = ZoneInfo("Europe/Stockholm")
THIS_HOUR = (date(2026, 11, 22), 20)


class BrokenError(Exception):
    """The database says no."""


class Book:
    """Counters that can fail."""

    def __init__(self):
        self.is_broken = False
        self.writings = []

    async def add(self, counts):
        if self.is_broken:
            raise BrokenError
        self.writings.append(dict(counts))

    async def between(self, first, last):
        raise NotImplementedError


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def tally(clock):
    return HourlyTally(clock, ZONE)


async def test_counts_that_could_not_be_written_are_kept_with_those_that_come_meanwhile(tally):
    book = Book()
    book.is_broken = True
    tally.count("opened")
    with pytest.raises(BrokenError):
        await tally.write(book)
    tally.count("opened")
    book.is_broken = False

    await tally.write(book)

    assert book.writings == [{Counter(*THIS_HOUR, "opened"): 2}]


async def test_many_events_are_one_writing_and_no_event_is_none(tally, clock):
    book = Book()
    await tally.write(book)
    for name in ("opened", "queued", "opened"):
        tally.count(name)
    clock.pass_time(3600)
    tally.count("opened")

    await tally.write(book)
    await tally.write(book)

    assert book.writings == [
        {
            Counter(*THIS_HOUR, "opened"): 2,
            Counter(*THIS_HOUR, "queued"): 1,
            Counter(THIS_HOUR[0], 21, "opened"): 1,
        }
    ]
