"""What every brief memory keeps to: bounded in number and time, and forgetful; in one process and between several."""

import asyncio

import pytest

from chatservice.live.brief import (
    MemoryBriefCounts,
    MemoryBriefMemory,
    MemorySettling,
    OneProcessTurns,
)
from tests.live_builders import HandClock

HOUR_S = 3600


@pytest.fixture
def memory(clock: HandClock):
    """Give a memory of three values, each for five minutes."""
    return MemoryBriefMemory(clock, kept_s=300, most=3)


@pytest.fixture
def counts(clock: HandClock):
    """Give counts of ten things, each for a quarter of an hour, under a key that lasts an hour."""
    return MemoryBriefCounts(clock, kept_s=900, key_s=HOUR_S, most=10)


async def test_what_nobody_kept_is_not_found(memory):
    assert await memory.find("a") is None
    assert await memory.take("a") is None


async def test_a_value_is_taken_once(memory):
    await memory.keep("a", "one")

    assert [await memory.find("a"), await memory.take("a"), await memory.take("a")] == ["one", "one", None]


async def test_a_value_is_forgotten_after_its_time(memory, clock):
    await memory.keep("a", "one")

    clock.pass_time(299)
    assert await memory.find("a") == "one"
    clock.pass_time(1)
    assert await memory.find("a") is None
    assert await memory.take("a") is None


async def test_keeping_again_replaces_and_begins_anew(memory, clock):
    await memory.keep("a", "one")
    clock.pass_time(240)
    await memory.keep("a", "two")
    clock.pass_time(120)

    assert await memory.find("a") == "two"


async def test_the_oldest_goes_when_there_are_too_many(memory):
    for name in "abcd":
        await memory.keep(name, name)

    assert [await memory.find(name) for name in "abcd"] == [None, "b", "c", "d"]


async def test_what_is_over_leaves_room(memory, clock):
    await memory.keep("a", "one")
    clock.pass_time(240)
    await memory.keep("b", "two")
    await memory.keep("c", "three")
    clock.pass_time(60)
    await memory.keep("d", "four")

    assert [await memory.find(name) for name in "bcd"] == ["two", "three", "four"]


async def test_what_was_never_added_counts_nothing(counts):
    assert await counts.count("a") == 0
    await counts.forget("a")


async def test_each_thing_is_counted_by_itself(counts):
    assert [await counts.add("a"), await counts.add("a"), await counts.add("a", "b")] == [1, 2, 1]

    assert [await counts.count("a"), await counts.count("a", "b"), await counts.count("ab")] == [2, 1, 0]


async def test_a_count_is_forgotten_some_time_after_its_latest_addition(counts, clock):
    await counts.add("a")
    clock.pass_time(899)
    assert await counts.add("a") == 2
    clock.pass_time(899)
    assert await counts.count("a") == 2
    clock.pass_time(1)
    assert await counts.count("a") == 0
    assert await counts.add("a") == 1


async def test_a_count_can_be_forgotten_at_once(counts):
    await counts.add("a")
    await counts.forget("a")

    assert await counts.count("a") == 0


async def test_all_counts_go_with_their_key(counts, clock):
    clock.pass_time(HOUR_S - 60)
    await counts.add("a")
    assert await counts.left_s() == 60

    clock.pass_time(60)

    assert await counts.count("a") == 0
    assert await counts.left_s() == HOUR_S


async def test_a_flood_lets_the_oldest_go(counts):
    for number in range(15):
        await counts.add(str(number))

    assert [await counts.count(str(number)) for number in range(15)] == [0] * 5 + [1] * 10


async def test_what_is_counted_stands_nowhere(counts):
    await counts.add("marker-name", "marker-address")

    assert "marker" not in repr(vars(counts))


async def test_on_an_ordinary_day_nobody_waits_for_the_line_to_settle():
    async with asyncio.timeout(1):
        await MemorySettling(60).settled()


async def test_who_is_alone_has_every_turn():
    turns = OneProcessTurns()

    assert [await turns.is_mine("sweep", 60), await turns.is_mine("sweep", 60)] == [True, True]
