"""What every carrier of the line between mentors and coordinators keeps to: who reaches whom; that nothing stays."""

import asyncio
import gc
from contextlib import AsyncExitStack

import pytest

from chatservice.errors import FullError, NotOwnerError
from chatservice.live.lines import MemoryLines
from chatservice.live.valkey.connection import open_connection
from chatservice.live.valkey.lines import ValkeyLines
from chatservice.ports import LINE_TOPIC, MOST_COORDINATORS, LineNews, line_topic


@pytest.fixture(params=["memory", "valkey"])
async def lines(request):
    """Give a line with a mentor's page and a coordinator's; on Valkey, what one process does the other finds."""
    async with AsyncExitStack() as stack:
        carrier = MemoryLines()
        if request.param == "valkey":
            url = request.getfixturevalue("valkey").url
            carrier = ValkeyLines(await stack.enter_async_context(open_connection(url)))
        await carrier.arrive("mentor", account_id=1, connection="m")
        await carrier.arrive("coordinator", account_id=9, connection="c", key="KEY")
        yield carrier


async def test_a_page_that_another_account_has_is_refused(lines):
    for key in (None, "KEY"):
        with pytest.raises(NotOwnerError):
            await lines.arrive("mentor", account_id=2, connection="x", key=key)
        with pytest.raises(NotOwnerError):
            await lines.arrive("coordinator", account_id=2, connection="x", key=key)
    with pytest.raises(NotOwnerError):
        await lines.arrive("mentor", account_id=1, connection="x", key="KEY")

    assert await lines.connection("mentor") == "m"


async def test_there_is_room_for_a_few_coordinators_pages_and_one_that_comes_back_has_its_room(lines):
    for number in range(MOST_COORDINATORS - 1):
        await lines.arrive(f"c{number}", account_id=9, connection=f"c{number}", key=f"K{number}")

    with pytest.raises(FullError):
        await lines.arrive("too-many", account_id=9, connection="x", key="K")

    await lines.arrive("coordinator", account_id=9, connection="again", key="KEY")
    assert len(await lines.coordinator_keys()) == MOST_COORDINATORS


async def test_mentors_do_not_reach_mentors_nor_coordinators_coordinators(lines):
    await lines.arrive("other", account_id=2, connection="o")
    await lines.arrive("second", account_id=8, connection="s", key="K2")

    assert not await lines.send("mentor", "other", 0, "sealed")
    assert not await lines.send("coordinator", "second", 0, "sealed")
    assert not await lines.send("mentor", "mentor", 0, "sealed")
    assert not await lines.send("nobody", "coordinator", 0, "sealed")
    assert await lines.take("other", "o") == ()


async def test_what_goes_to_a_page_that_is_not_there_is_refused_and_kept_nowhere(lines):
    await lines.depart("coordinator", "c")

    assert not await lines.send("mentor", "coordinator", 0, "sealed")

    await lines.arrive("coordinator", account_id=9, connection="c", key="KEY")
    assert await lines.take("coordinator", "c") == ()


async def test_only_the_connection_that_speaks_for_a_page_is_handed_anything_and_once(lines):
    await lines.send("mentor", "coordinator", 0, "sealed")

    assert await lines.take("coordinator", "another") == ()
    assert await lines.take("nowhere", "c") == ()
    assert await lines.take("coordinator", "c") == (LineNews("mentor", 0, "sealed"),)
    assert await lines.take("coordinator", "c") == ()


async def test_a_page_that_reads_nothing_is_not_sent_without_end(lines):
    number = 0
    while await lines.send("mentor", "coordinator", number, "sealed"):
        number += 1

    assert number <= 64
    assert len(await lines.take("coordinator", "c")) == number
    assert await lines.send("mentor", "coordinator", number, "sealed")


async def test_a_newer_connection_has_what_waits_and_the_older_one_leaves_nothing_undone(lines):
    await lines.send("coordinator", "mentor", 0, None)
    await lines.arrive("mentor", account_id=1, connection="newer")

    await lines.depart("mentor", "m")

    assert await lines.connection("mentor") == "newer"
    assert await lines.take("mentor", "newer") == (LineNews("coordinator", 0, None),)


async def test_nothing_of_it_is_left_when_it_is_handed_over_or_the_page_is_gone(lines, request):
    async def kept() -> int:
        if isinstance(lines, MemoryLines):
            gc.collect()
            return sum(type(held) is LineNews for held in gc.get_objects())
        return await count_news(request.getfixturevalue("valkey").url)

    await lines.send("mentor", "coordinator", 0, "sealed one")
    await lines.take("coordinator", "c")
    assert await kept() == 0

    await lines.send("mentor", "coordinator", 1, "sealed two")
    assert await kept() == 1
    await lines.depart("coordinator", "c")

    assert await kept() == 0
    assert list(await lines.coordinator_keys()) == []


async def count_news(url: str) -> int:
    async with open_connection(url) as connection:
        keys = await connection.run("KEYS", "chat:line:news:*")
        return len(keys) if isinstance(keys, list) else -1


async def test_bells_ring_for_who_comes_and_goes_and_for_what_waits(lines):
    presence, own = lines.listen(LINE_TOPIC), lines.listen(line_topic("coordinator"))

    async with asyncio.timeout(20):
        await lines.depart("mentor", "m")
        await presence.wait()
        await lines.arrive("mentor", account_id=1, connection="m")
        await presence.wait()
        await lines.send("mentor", "coordinator", 0, "sealed")
        await own.wait()
    presence.close()
    own.close()


async def test_what_one_process_sends_another_hands_over_and_its_bell_rings(valkey):
    async with open_connection(valkey.url) as here, open_connection(valkey.url) as there:
        mine, theirs = ValkeyLines(here), ValkeyLines(there)
        await mine.arrive("mentor", account_id=1, connection="m")
        await theirs.arrive("coordinator", account_id=9, connection="c", key="KEY")
        bell = theirs.listen(line_topic("coordinator"))

        async with asyncio.timeout(20):
            await bell.wait()  # it rings once when the server has heard of it
            assert await mine.send("mentor", "coordinator", 0, "sealed")
            await bell.wait()

        assert await theirs.take("coordinator", "c") == (LineNews("mentor", 0, "sealed"),)
        assert list(await mine.coordinator_keys()) == ["KEY"]
        assert await here.run("KEYS", "chat:line:news:*") == []


async def test_the_pages_of_a_process_that_is_gone_are_forgotten_by_the_others(valkey):
    async with open_connection(valkey.url) as here, open_connection(valkey.url) as there:
        gone, left = ValkeyLines(here, alive_for_s=0.05), ValkeyLines(there)
        await gone.arrive("coordinator", account_id=9, connection="c", key="KEY")
        await left.arrive("mentor", account_id=1, connection="m")
        await gone.beat()
        await left.beat()

        async with asyncio.timeout(20):
            while await left.coordinator_keys():
                await asyncio.sleep(0.05)
                await left.beat()

        assert await left.connection("coordinator") is None
        assert await left.connection("mentor") == "m"


async def test_who_left_while_the_server_was_away_is_forgotten_when_it_is_back(valkey):
    async with open_connection(valkey.url) as connection:
        lines = ValkeyLines(connection)
        await lines.arrive("mentor", account_id=1, connection="m")
        await connection.close()
        await lines.depart("mentor", "m")
        async with asyncio.timeout(20):
            while not connection.is_there:
                await asyncio.sleep(0.02)
        assert await lines.connection("mentor") == "m"

        await lines.beat()

        assert await lines.connection("mentor") is None
