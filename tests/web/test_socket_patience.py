"""How long a connection waits for its peer, and in which order it handles what comes while it has to wait itself."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatservice.errors import OutOfTurnError
from chatservice.meter import Meter
from chatservice.web.attendance import Attendance
from chatservice.web.frames import Beat
from chatservice.web.open_sockets import OpenSockets
from chatservice.web.sockets import MOST_REFUSALS, SEND_S, CloseCode, Closing, Socket

IDLE_TIMEOUT_S = 45


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s


class StillPeer:
    """A connection whose peer says and reads nothing until it is told to."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.says: asyncio.Queue[str] = asyncio.Queue()

    async def receive(self) -> str:
        return await self.says.get()

    async def send(self, _: str) -> None:
        await self.reads.wait()


class SlowTalk:
    """A talk that takes as long for a message as it is told to, and keeps what it has understood."""

    def __init__(self) -> None:
        self.may_go_on = asyncio.Event()
        self.heard: list[str | bytes] = []
        self.has_left = asyncio.Event()

    def follow(self, wake: Callable[[], None], close: Callable[[int], None]) -> None:
        """Follow nothing."""

    async def hear(self, data: str | bytes) -> None:
        await self.may_go_on.wait()
        self.heard.append(data)

    async def tell(self) -> None:
        """Tell nothing."""

    async def leave(self) -> None:
        self.has_left.set()


def parts_with(clock: HandClock) -> Any:
    settings = SimpleNamespace(idle_timeout_s=IDLE_TIMEOUT_S, frames_per_s=20)
    return SimpleNamespace(settings=settings, clock=clock, meter=Meter(), open_sockets=OpenSockets())


def socket_to(peer: StillPeer, clock: HandClock) -> Socket:
    return Socket(cast("Any", peer), parts_with(clock))


class Attended:
    """A connection that is attended to, up to its end."""

    def __init__(self, talk: SlowTalk, *, is_at_once: bool = True) -> None:
        self.open_sockets = OpenSockets()
        self._over = asyncio.Event()
        self._attendance = Attendance(
            self.open_sockets,
            socket_to(StillPeer(), HandClock()),
            cast("Any", talk),
            is_at_once=is_at_once,
            on_over=self._over.set,
        )
        self._attendance.start()

    @property
    def is_busy(self) -> bool:
        return self._attendance.hearing is not None

    def hear(self, word: str) -> None:
        self._attendance.hear(word)

    async def gone(self, *, times: int = 1) -> None:
        """Lose the connection, and wait until nobody attends to it any more."""
        for _ in range(times):
            self._attendance.gone()
        await self._over.wait()


async def test_who_is_refused_again_and_again_is_closed_and_who_is_now_and_then_is_not():
    clock = HandClock()
    peer = StillPeer()
    peer.reads.set()
    socket = socket_to(peer, clock)
    for _ in range(200):
        await socket.refuse(OutOfTurnError())
        clock.now_s += 10

    for _ in range(MOST_REFUSALS):
        await socket.refuse(OutOfTurnError())
    with pytest.raises(Closing) as closed:
        await socket.refuse(OutOfTurnError())

    assert closed.value.code == CloseCode.MALFORMED


def test_a_silent_peer_is_left_and_one_that_says_something_in_time_is_not():
    clock = HandClock()
    socket = socket_to(StillPeer(), clock)
    socket.note_listening()
    clock.now_s = IDLE_TIMEOUT_S - 1
    assert socket.patience_s() == 1

    socket.spend()
    clock.now_s += IDLE_TIMEOUT_S - 1
    assert socket.patience_s() == 1
    clock.now_s += 1
    with pytest.raises(Closing) as closing:
        socket.patience_s()

    assert closing.value.code == CloseCode.SILENT


def test_nobody_is_silent_while_we_handle_what_she_said():
    clock = HandClock()
    socket = socket_to(StillPeer(), clock)
    socket.spend()
    socket.note_busy()

    clock.now_s = IDLE_TIMEOUT_S * 2
    assert socket.patience_s() == SEND_S


async def test_a_peer_that_does_not_read_is_left_and_one_that_reads_again_in_time_is_not():
    clock, peer = HandClock(), StillPeer()
    socket = socket_to(peer, clock)
    sending = asyncio.ensure_future(socket.send(Beat()))
    await asyncio.sleep(0)
    peer.reads.set()
    await sending
    peer.reads.clear()
    clock.now_s = SEND_S * 2
    stuck = asyncio.ensure_future(socket.send(Beat()))
    await asyncio.sleep(0)

    assert socket.patience_s() == SEND_S
    clock.now_s += SEND_S
    with pytest.raises(Closing) as closing:
        socket.patience_s()

    assert closing.value.code == CloseCode.NOT_READING
    stuck.cancel()


@pytest.mark.parametrize("is_at_once", [True, False])
async def test_what_comes_while_a_message_is_handled_waits_and_keeps_its_order(is_at_once):
    talk = SlowTalk()
    attended = Attended(talk, is_at_once=is_at_once)
    for word in ("first", "second", "third"):
        attended.hear(word)
    await asyncio.sleep(0)
    assert talk.heard == []

    talk.may_go_on.set()
    while len(talk.heard) < 3:
        await asyncio.sleep(0)
    await attended.gone()

    assert talk.heard == ["first", "second", "third"]
    assert talk.has_left.is_set()


async def test_a_message_that_has_to_wait_for_nothing_is_handled_where_it_is_read():
    talk = SlowTalk()
    talk.may_go_on.set()
    attended = Attended(talk)

    attended.hear("at once")

    assert talk.heard == ["at once"]
    assert not attended.is_busy
    await attended.gone()


async def test_a_message_that_waits_is_given_up_with_the_connection_and_everything_is_let_go():
    talk = SlowTalk()
    attended = Attended(talk)
    attended.hear("never handled")

    await attended.gone(times=2)

    assert talk.heard == []
    assert talk.has_left.is_set()
    await attended.open_sockets.all_gone(within_s=1)
