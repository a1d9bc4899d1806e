"""What every brief memory keeps to: bounded in number and time, and forgetful; in one process and between several."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from chatservice.live.brief import (
    MemoryBriefCounts,
    MemoryBriefMemory,
    MemorySettling,
    OneProcessTurns,
)
from chatservice.live.valkey.brief import (
    ValkeyBriefCounts,
    ValkeyBriefMemory,
    ValkeySettling,
    ValkeyTurns,
)
from chatservice.live.valkey.connection import ValkeyConnection, open_connection
from chatservice.ports import BriefCounts, BriefMemory
from tests.live_builders import HandClock
from tests.valkey_server import ValkeyServer

HOUR_S = 3600
SECRET = b"s" * 32


class InMemory:
    """Makes what one process remembers; time is a clock moved by hand."""

    slack_s = 1
    """How near an end can be approached."""

    def __init__(self) -> None:
        self.clock = HandClock()

    def memory(self, *, kept_s: float, most: int) -> BriefMemory:
        return MemoryBriefMemory(self.clock, kept_s=kept_s, most=most)

    def counts(self, *, kept_s: float, key_s: float, most: int) -> BriefCounts:
        return MemoryBriefCounts(self.clock, kept_s=kept_s, key_s=key_s, most=most)

    async def pass_time(self, seconds: float) -> None:
        self.clock.pass_time(seconds)


class InValkey:
    """Makes what several processes share; time passes by taking it from what every key has left."""

    slack_s = 30
    """Some time also passes by itself, as long as the test or the server takes."""

    def __init__(self, connection: ValkeyConnection) -> None:
        self.connection = connection

    def memory(self, *, kept_s: float, most: int) -> BriefMemory:
        return ValkeyBriefMemory(self.connection, SECRET, "values", kept_s=kept_s, most=most)

    def counts(self, *, kept_s: float, key_s: float, most: int) -> BriefCounts:
        return ValkeyBriefCounts(self.connection, SECRET, "counts", kept_s=kept_s, key_s=key_s, most=most)

    async def keys(self) -> list[bytes]:
        found = await self.connection.run("KEYS", "chat:brief*")
        assert isinstance(found, list)
        return [key for key in found if isinstance(key, bytes)]

    async def pass_time(self, seconds: float) -> None:
        for key in await self.keys():
            left_ms = await self.connection.run("PTTL", key)
            assert isinstance(left_ms, int)
            assert left_ms > 0, "everything ends by itself"
            await self.connection.run("PEXPIRE", key, max(0, left_ms - round(seconds * 1000)))


@pytest.fixture(params=["memory", "valkey"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[InMemory | InValkey]:
    """Give one process's memory, then the memory that several share."""
    if request.param == "memory":
        yield InMemory()
        return
    server: ValkeyServer = request.getfixturevalue("valkey")
    async with open_connection(server.url) as connection:
        yield InValkey(connection)


@pytest.fixture
def memory(place):
    """Give a memory of three values, each for five minutes."""
    return place.memory(kept_s=300, most=3)


@pytest.fixture
def counts(place):
    """Give counts of ten things, each for a quarter of an hour, under a key that lasts an hour."""
    return place.counts(kept_s=900, key_s=HOUR_S, most=10)


async def test_what_nobody_kept_is_not_found(memory):
    assert await memory.find("a") is None
    assert await memory.take("a") is None


async def test_a_value_is_taken_once(memory):
    await memory.keep("a", "one")

    assert [await memory.find("a"), await memory.take("a"), await memory.take("a")] == ["one", "one", None]


async def test_a_value_is_forgotten_after_its_time(memory, place):
    await memory.keep("a", "one")

    await place.pass_time(300 - place.slack_s)
    assert await memory.find("a") == "one"
    await place.pass_time(place.slack_s)
    assert await memory.find("a") is None
    assert await memory.take("a") is None


async def test_keeping_again_replaces_and_begins_anew(memory, place):
    await memory.keep("a", "one")
    await place.pass_time(240)
    await memory.keep("a", "two")
    await place.pass_time(120)

    assert await memory.find("a") == "two"


async def test_the_oldest_goes_when_there_are_too_many(memory):
    for name in "abcd":
        await memory.keep(name, name)

    assert [await memory.find(name) for name in "abcd"] == [None, "b", "c", "d"]


async def test_what_is_over_leaves_room(memory, place):
    await memory.keep("a", "one")
    await place.pass_time(240)
    await memory.keep("b", "two")
    await memory.keep("c", "three")
    await place.pass_time(60)
    await memory.keep("d", "four")

    assert [await memory.find(name) for name in "bcd"] == ["two", "three", "four"]


async def test_what_was_never_added_counts_nothing(counts):
    assert await counts.count("a") == 0
    await counts.forget("a")


async def test_each_thing_is_counted_by_itself(counts):
    assert [await counts.add("a"), await counts.add("a"), await counts.add("a", "b")] == [1, 2, 1]

    assert [await counts.count("a"), await counts.count("a", "b"), await counts.count("ab")] == [2, 1, 0]


async def test_a_count_is_forgotten_some_time_after_its_latest_addition(counts, place):
    await counts.add("a")
    await place.pass_time(900 - place.slack_s)
    assert await counts.add("a") == 2
    await place.pass_time(900 - place.slack_s)
    assert await counts.count("a") == 2
    await place.pass_time(place.slack_s)
    assert await counts.count("a") == 0
    assert await counts.add("a") == 1


async def test_a_count_can_be_forgotten_at_once(counts):
    await counts.add("a")
    await counts.forget("a")

    assert await counts.count("a") == 0


async def test_all_counts_go_with_their_key(counts, place):
    await counts.add("a")
    await place.pass_time(HOUR_S - 60)
    await counts.add("a")
    assert 60 - place.slack_s <= await counts.left_s() <= 60

    await place.pass_time(60)

    assert await counts.count("a") == 0
    assert HOUR_S - place.slack_s <= await counts.left_s() <= HOUR_S


async def test_a_flood_lets_the_oldest_go(counts):
    for number in range(15):
        await counts.add(str(number))

    assert [await counts.count(str(number)) for number in range(15)] == [0] * 5 + [1] * 10


async def test_what_is_counted_and_what_is_kept_stands_nowhere_as_it_is(place, counts, memory):
    await counts.add("marker-name", "marker-address")
    if isinstance(place, InMemory):
        assert "marker" not in repr(vars(counts))
        return
    await memory.keep("marker-name", "marker-value")

    dumped = [await place.connection.run("DUMP", key) for key in await place.keys()]
    assert len(dumped) == 5, "an index each, the key of the counts, the count and the value"
    assert b"marker" not in b"".join(each for each in dumped if isinstance(each, bytes))
    assert b"marker" not in b"".join(await place.keys())


async def test_on_an_ordinary_day_nobody_waits_for_the_line_to_settle():
    async with asyncio.timeout(20):
        await MemorySettling(60).settled()


async def test_who_is_alone_has_every_turn():
    turns = OneProcessTurns()

    assert [await turns.is_mine("sweep", 60), await turns.is_mine("sweep", 60)] == [True, True]


# -- between processes


async def test_one_process_finds_what_another_kept_and_one_of_many_takes_it(valkey):
    async with open_connection(valkey.url) as here, open_connection(valkey.url) as there:
        mine, theirs = InValkey(here), InValkey(there)
        await mine.memory(kept_s=300, most=9).keep("challenge", "sign_in")
        assert await theirs.memory(kept_s=300, most=9).find("challenge") == "sign_in"

        taken = await asyncio.gather(
            *(where.memory(kept_s=300, most=9).take("challenge") for where in (mine, theirs) * 10)
        )
        added = await asyncio.gather(
            *(where.counts(kept_s=900, key_s=HOUR_S, most=9).add("somebody") for where in (mine, theirs) * 10)
        )

    assert sorted(map(str, taken)) == ["None"] * 19 + ["sign_in"]
    assert sorted(added) == list(range(1, 21))


async def test_another_secret_opens_nothing(valkey):
    async with open_connection(valkey.url) as connection:
        held = ValkeyBriefMemory(connection, SECRET, "values", kept_s=300, most=9)
        other = ValkeyBriefMemory(connection, b"t" * 32, "others", kept_s=300, most=9)
        await held.keep("a", "one")
        await other.keep("a", "two")
        [kept] = cast("list[bytes]", await connection.run("KEYS", "chat:brief:values:*"))
        [place] = cast("list[bytes]", await connection.run("KEYS", "chat:brief:others:*"))

        await connection.run("COPY", kept, place, "REPLACE")

        assert await other.find("a") is None
        assert await held.find("a") == "one"


async def test_a_line_that_settles_is_waited_for_in_every_process_and_once(valkey):
    async with open_connection(valkey.url) as here, open_connection(valkey.url) as there:
        async with asyncio.timeout(20):
            await ValkeySettling(there, 60).settled()
        began_s = asyncio.get_running_loop().time()
        await ValkeySettling(here, 0.3).begin()
        await ValkeySettling(here, 60).begin()

        async with asyncio.timeout(20):
            await ValkeySettling(there, 60).settled()
        assert asyncio.get_running_loop().time() - began_s >= 0.25


async def test_one_process_has_a_turn_at_a_time(valkey):
    async with open_connection(valkey.url) as here, open_connection(valkey.url) as there:
        asked = [
            await ValkeyTurns(where).is_mine(task, 60)
            for where, task in ((here, "a"), (there, "a"), (there, "b"), (here, "a"))
        ]

    assert asked == [True, False, True, False]
