"""Counting letters without remembering people, and marks that say how old a form is."""

import asyncio
import secrets

import pytest

from chatservice.errors import RecordsAwayError
from chatservice.live.brief import MemoryBriefCounts
from chatservice.web.letter_limits import (
    HOUR_S,
    MOST_ALTOGETHER,
    MOST_FROM_ONE,
    MOST_REMEMBERED,
    FormMarks,
    LetterLimits,
)
from tests.live_builders import HandClock


def limits_of(clock: HandClock) -> LetterLimits:
    return LetterLimits(MemoryBriefCounts(clock, kept_s=HOUR_S, key_s=HOUR_S, most=MOST_REMEMBERED))


async def number_from(limits: LetterLimits, address: str, count: int) -> None:
    for _ in range(count):
        await limits.note(address, secrets.token_hex())


@pytest.mark.parametrize(
    ("address", "neighbour"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::2"),
    ],
)
async def test_one_place_has_few_letters_an_hour(address, neighbour):
    clock = HandClock()
    limits = limits_of(clock)
    await number_from(limits, address, MOST_FROM_ONE - 1)
    assert await limits.wait_s(neighbour) == 0
    await number_from(limits, neighbour, 1)

    clock.pass_time(600)
    assert await limits.wait_s(address) == await limits.wait_s(neighbour) == HOUR_S - 600
    assert await limits.wait_s("198.51.100.99") == await limits.wait_s("2001:db8:1:3::1") == 0
    clock.pass_time(HOUR_S - 600)
    assert await limits.wait_s(address) == 0


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "172.20.0.2", "192.168.1.1", "", "<local>"]
)
async def test_a_server_in_front_of_us_is_not_one_person(address):
    limits = limits_of(HandClock())
    await number_from(limits, address, MOST_FROM_ONE * 3)

    assert await limits.wait_s(address) == 0


async def test_all_letters_of_an_hour_together_are_bounded():
    limits = limits_of(HandClock())
    await number_from(limits, "127.0.0.1", MOST_ALTOGETHER)

    assert await limits.wait_s("198.51.100.7") == HOUR_S


async def test_a_letter_that_came_is_known_for_an_hour():
    clock = HandClock()
    limits = limits_of(clock)
    await limits.note("198.51.100.7", "mark", "hemligt")

    assert await limits.knows("mark", "hemligt")
    assert not await limits.knows("mark", "annat")
    clock.pass_time(HOUR_S)
    assert not await limits.knows("mark", "hemligt")


class SharedCounts(MemoryBriefCounts):
    """What two processes count in; `met` when the second of them finds that it is the second."""

    def __init__(self) -> None:
        super().__init__(HandClock(), kept_s=HOUR_S, key_s=HOUR_S, most=MOST_REMEMBERED)
        self.met = asyncio.Event()

    async def add(self, *parts: str) -> int:
        count = await super().add(*parts)
        if count == 2:
            self.met.set()
        return count


async def takes(limits: LetterLimits) -> bool:
    async with limits.in_hand("mark", "hemligt") as is_ours:
        return is_ours


async def test_a_letter_that_another_process_has_in_hand_is_waited_for_and_taken_once():
    counts = SharedCounts()
    one, two = LetterLimits(counts), LetterLimits(counts)

    async with one.in_hand("mark", "hemligt") as is_ours:
        waiting = asyncio.create_task(takes(two))
        await asyncio.wait_for(counts.met.wait(), 30)
        await one.note("198.51.100.7", "mark", "hemligt")

    assert is_ours is True
    assert await waiting is False


async def test_a_letter_that_the_other_process_could_not_keep_is_ours(monkeypatch):
    monkeypatch.setattr("chatservice.web.letter_limits.MOST_LOOKS", 10**9)  # it is not patience that ends
    counts = SharedCounts()
    one, two = LetterLimits(counts), LetterLimits(counts)

    async def fails() -> None:
        async with one.in_hand("mark", "hemligt"):
            await counts.met.wait()
            raise RecordsAwayError

    failing = asyncio.create_task(fails())
    waiting = asyncio.create_task(takes(two))

    with pytest.raises(RecordsAwayError):
        await asyncio.wait_for(failing, 30)
    assert await asyncio.wait_for(waiting, 30) is True


async def test_a_letter_that_a_process_died_with_is_taken_after_a_while(monkeypatch):
    counts = SharedCounts()
    monkeypatch.setattr("chatservice.web.letter_limits.LOOK_EVERY_S", 0)
    dying = LetterLimits(counts).in_hand("mark", "hemligt")

    assert await dying.__aenter__() is True
    assert await takes(LetterLimits(counts)) is True
    assert await takes(LetterLimits(counts)) is True


def test_a_mark_tells_its_age_and_only_to_the_one_who_signed_it():
    clock = HandClock()
    marks = FormMarks(b"s" * 32, clock)
    mark, older = marks.issue(), marks.issue(age_s=10)

    clock.pass_time(5)
    assert (marks.age_s(mark), marks.age_s(older)) == (5, 15)
    assert FormMarks(b"t" * 32, clock).age_s(mark) is None
    assert marks.age_s(mark[:-4] + ("B" if mark[-4] == "A" else "A") + mark[-3:]) is None
    assert marks.age_s("") is None
    assert marks.age_s("å") is None
    assert marks.issue() != marks.issue()
