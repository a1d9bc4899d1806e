"""What every count of beginnings keeps to: altogether and from one home, in one process and between several."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatservice.live.starts import MemoryStarts
from chatservice.live.valkey.connection import open_connection
from chatservice.live.valkey.starts import ValkeyStarts
from chatservice.ports import Origin, Starts
from tests.live_builders import HandClock

HERE, ELSEWHERE, NOBODYS = Origin(((0, b"here"),)), Origin(((0, b"elsewhere"),)), Origin()


@pytest.fixture(params=["memory", "valkey"])
async def starts(request: pytest.FixtureRequest) -> AsyncIterator[Starts]:
    """Give counts that have counted nothing, of one process, then of several."""
    if request.param == "memory":
        yield MemoryStarts(HandClock())
        return
    async with open_connection(request.getfixturevalue("valkey").url) as connection:
        yield ValkeyStarts(connection)


async def test_each_home_is_counted_by_itself_and_all_of_them_together(starts):
    counted = [await starts.note(origin) for origin in (HERE, HERE, ELSEWHERE, NOBODYS)]

    assert [counts.from_one for counts in counted] == [1, 2, 1, 0]
    # A minute may have begun meanwhile; what was counted before still counts in proportion.
    assert [counts.altogether for counts in counted] == [1, 2, 3, 4]


async def test_processes_count_together_and_every_count_has_an_end(valkey):
    async with open_connection(valkey.url) as here, open_connection(valkey.url) as there:
        counted = await asyncio.gather(*(ValkeyStarts(where).note(HERE) for where in (here, there) * 10))

        keys = await here.run("KEYS", "chat:starts:*")
        assert isinstance(keys, list)
        left_ms = [await here.run("PTTL", key) for key in keys if isinstance(key, bytes)]

    assert max(counts.from_one for counts in counted) == 20
    assert all(isinstance(each, int) and 0 < each <= 1_200_000 for each in left_ms)
    assert left_ms
