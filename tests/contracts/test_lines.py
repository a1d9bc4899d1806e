"""What every carrier of the line between mentors and coordinators keeps to: who reaches whom; that nothing stays."""

import asyncio
import gc

import pytest

from chatservice.errors import FullError, NotOwnerError
from chatservice.live.lines import MemoryLines
from chatservice.ports import LINE_TOPIC, MOST_COORDINATORS, LineNews, line_topic


@pytest.fixture(params=[MemoryLines])
async def lines(request):
    """Give a line with a mentor's page and a coordinator's."""
    carrier = request.param()
    await carrier.arrive("mentor", account_id=1, connection="m")
    await carrier.arrive("coordinator", account_id=9, connection="c", key="KEY")
    return carrier


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


async def test_nothing_of_it_is_left_when_it_is_handed_over_or_the_page_is_gone(lines):
    def kept() -> list[LineNews]:
        gc.collect()
        return [held for held in gc.get_objects() if type(held) is LineNews]

    await lines.send("mentor", "coordinator", 0, "sealed one")
    await lines.take("coordinator", "c")
    assert kept() == []

    await lines.send("mentor", "coordinator", 1, "sealed two")
    assert [news.body for news in kept()] == ["sealed two"]
    await lines.depart("coordinator", "c")

    assert kept() == []
    assert await lines.coordinator_keys() == []


async def test_bells_ring_for_who_comes_and_goes_and_for_what_waits(lines):
    presence, own = lines.listen(LINE_TOPIC), lines.listen(line_topic("coordinator"))

    async with asyncio.timeout(1):
        await lines.depart("mentor", "m")
        await presence.wait()
        await lines.arrive("mentor", account_id=1, connection="m")
        await presence.wait()
        await lines.send("mentor", "coordinator", 0, "sealed")
        await own.wait()
    presence.close()
    own.close()
