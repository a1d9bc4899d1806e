"""Who is asked for work before a conversation begins: nobody until a crowd comes, and one home on its own account."""

import pytest

from chatservice.domain.work import FREE_FROM_ONE
from chatservice.live.blocks import MemoryBlocks
from chatservice.live.memory import MemoryLiveStore
from chatservice.live.starts import MOST_HOMES, MemoryStarts
from chatservice.ports import Origin
from chatservice.usecases.starting import work_before_starting
from tests.live_builders import HandClock, waiting_conversation

NOBODYS = Origin()


class Door:
    """What the visitor's socket asks, with a queue of fifty and three free starts."""

    def __init__(self):
        self.clock = HandClock()
        self.live = MemoryLiveStore(self.clock)
        self.blocks = MemoryBlocks(self.clock)
        self.starts = MemoryStarts(self.clock)

    async def knock(self, origin=NOBODYS, free=3):
        return await work_before_starting(self.live, self.starts, origin, free=free, queue_cap=50)


@pytest.fixture
def door():
    return Door()


async def test_the_fourth_in_a_minute_is_asked_and_after_two_quiet_minutes_nobody_is(door):
    assert [await door.knock() for _ in range(3)] == [None] * 3

    task = await door.knock()

    assert task is not None
    assert any(task.is_solved_by(number) for number in range(task.ceiling))
    door.clock.pass_time(120)
    assert await door.knock() is None


async def test_a_minute_that_begins_anew_remembers_the_last_one(door):
    door.clock.pass_time(60 - door.clock.seconds % 60)
    for _ in range(10):
        await door.knock()

    door.clock.pass_time(61)

    assert await door.knock() is not None


async def test_no_two_tasks_are_alike(door):
    tasks = [await door.knock(free=0) for _ in range(5)]

    assert len({task.salt for task in tasks}) == 5
    assert len({task.target for task in tasks}) == 5


async def test_so_many_who_wait_are_a_crowd_too(door):
    for name in "abc":
        await door.live.open(waiting_conversation(name), queue_cap=50)

    assert await door.knock() is not None


async def test_one_home_works_on_its_own_account_and_its_neighbour_does_not(door):
    busy, quiet = [await door.blocks.origin_of(address) for address in ("198.51.100.7", "198.51.100.8")]
    for _ in range(FREE_FROM_ONE):
        assert await door.knock(busy, free=1000) is None

    assert await door.knock(busy, free=1000) is not None
    assert await door.knock(quiet, free=1000) is None
    assert await door.knock(free=1000) is None


async def test_so_many_homes_fill_no_memory(door):
    for number in range(MOST_HOMES + 5):
        await door.starts.note(Origin(((0, number.to_bytes(4, "big")),)))

    counts = await door.starts.note(Origin(((0, b"one more"),)))

    assert (counts.from_one, counts.altogether) == (0, MOST_HOMES + 6)
