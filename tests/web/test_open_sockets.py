"""What open sockets do together: one turn's news and bytes, the house's news now and then, and an end for all."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatservice.clock import SystemClock
from chatservice.domain.duty import DutyState
from chatservice.lean_sockets import LeanConnection
from chatservice.live.memory import MemoryLiveStore
from chatservice.web.house import House
from chatservice.web.open_sockets import OpenSockets, Turn
from tests.live_builders import HandClock


class Page:
    """Somebody who tells and sends, and notes in which order."""

    def __init__(self, turn: Turn, notes: list[str], *, fails: bool = False) -> None:
        self._turn = turn
        self._notes = notes
        self._fails = fails

    def tell(self) -> None:
        if self._fails:
            raise ZeroDivisionError
        self._notes.append("news")
        self._turn.send(self)

    def flush(self) -> None:
        self._notes.append("bytes")

    def restart(self) -> None:
        self._notes.append("come back")


@pytest.fixture
async def mistakes() -> AsyncIterator[list[dict[str, Any]]]:
    """What the event loop's handler was told of."""
    told: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context))
    yield told
    loop.set_exception_handler(None)


async def test_everybodys_news_come_before_anybodys_bytes_once_in_a_turn():
    turn, notes = Turn(), list[str]()
    pages = [Page(turn, notes) for _ in range(2)]

    turn.send(pages[0])
    for page in pages:
        turn.tell(page)
    assert notes == []
    await asyncio.sleep(0)

    assert notes == ["news", "news", "bytes", "bytes", "bytes"]


async def test_thousands_with_news_take_more_than_one_turn_and_whoever_came_first_is_told_first():
    turn, told = Turn(), list[int]()

    class Waiting(Page):
        def __init__(self, number: int) -> None:
            super().__init__(turn, [])
            self._number = number

        def tell(self) -> None:
            told.append(self._number)

    for number in range(300):
        turn.tell(Waiting(number))
    await asyncio.sleep(0)
    assert 0 < len(told) < 300
    while len(told) < 300:
        await asyncio.sleep(0)

    assert told == list(range(300))


async def test_a_page_whose_news_fail_keeps_nobody_else_from_hers(mistakes):
    turn, notes = Turn(), list[str]()

    turn.tell(Page(turn, notes, fails=True))
    turn.tell(Page(turn, notes))
    for _ in range(3):
        await asyncio.sleep(0)

    assert notes == ["news", "bytes"]
    assert [type(context["exception"]) for context in mistakes] == [ZeroDivisionError]


async def test_a_restart_reaches_every_open_page_and_none_that_has_closed():
    sockets, notes = OpenSockets(), list[str]()
    here, gone = Page(sockets.turn, notes), Page(sockets.turn, notes)
    sockets.add(here)
    sockets.add(gone)
    sockets.discard(gone)

    sockets.restart()

    assert notes == ["come back"]


async def test_the_end_waits_for_pages_that_close_but_not_for_ever():
    sockets, may_close, closed = OpenSockets(), asyncio.Event(), list[str]()

    async def close() -> None:
        await may_close.wait()
        closed.append("closed")

    sockets.spawn(close())
    await sockets.all_gone(within_s=0)
    assert closed == []
    may_close.set()
    await sockets.all_gone(within_s=5)

    assert closed == ["closed"]


async def test_many_changes_of_the_house_wake_a_page_once_now_and_once_a_little_later():
    live, house, woken = MemoryLiveStore(SystemClock()), House(), asyncio.Queue[str]()
    house.follow(live, lambda: woken.put_nowait("woken"))

    for account_id in range(100):
        await live.set_duty(account_id, DutyState.ON)
    await woken.get()
    for account_id in range(100):
        await live.set_duty(account_id, DutyState.OFF)
    assert woken.empty()
    await woken.get()

    assert woken.empty()


async def test_whoever_left_the_house_is_woken_no_more_and_a_newcomer_is():
    live, house, woken = MemoryLiveStore(SystemClock()), House(), asyncio.Queue[str]()

    def first() -> None:
        woken.put_nowait("first")

    house.follow(live, first)
    house.unfollow(first)
    house.unfollow(first)
    house.follow(live, lambda: woken.put_nowait("second"))
    await live.set_duty(1, DutyState.ON)

    assert await woken.get() == "second"
    assert woken.empty()


async def test_the_queue_is_put_into_a_frame_once_for_everybody_until_the_house_rings():
    clock = HandClock()
    live, house = MemoryLiveStore(clock), House()
    house.follow(live, lambda: None)

    first, second = await house.queue(live, clock), await house.queue(live, clock)
    await live.set_duty(1, DutyState.ON)
    third = await house.queue(live, clock)

    assert first is second
    assert third is not first
    assert third == first


@pytest.mark.parametrize("sizes", [(1, 125), (126, 2), (3, 65_535), (65_536, 4)])
def test_several_messages_in_one_piece_are_the_same_frames_as_one_by_one(sizes):
    written: list[bytes] = []
    messages = [b"x" * size for size in sizes]
    transport, wire = SimpleNamespace(is_close_frame_sent=False), SimpleNamespace(write=written.append)
    connection = cast(
        "LeanConnection", SimpleNamespace(unsent=messages.copy(), _transport=transport, _wire=wire)
    )

    LeanConnection.flush(connection)

    [piece] = written
    for message in messages:
        first, second = piece[:2]
        assert first == 0x81
        length = {126: 2, 127: 8}.get(second, 0)
        size = int.from_bytes(piece[2 : 2 + length], "big") if length else second
        assert size == len(message)
        piece = piece[2 + length :]
        assert piece[:size] == message
        piece = piece[size:]
    assert piece == b""
    assert connection.unsent == []
