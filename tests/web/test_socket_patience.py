"""How long a connection waits for its peer: silence ends it, and so does a peer that does not read."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatservice.web.frames import Beat
from chatservice.web.sockets import SEND_S, CloseCode, Closing, Socket

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


def socket_to(peer: StillPeer, clock: HandClock) -> Socket:
    settings = SimpleNamespace(idle_timeout_s=IDLE_TIMEOUT_S, frames_per_s=20)
    return Socket(cast("Any", peer), cast("Any", SimpleNamespace(settings=settings, clock=clock)))


async def test_a_silent_peer_is_left_and_one_that_says_something_in_time_is_not():
    clock, peer, draining = HandClock(), StillPeer(), asyncio.Event()
    socket = socket_to(peer, clock)
    clock.now_s = IDLE_TIMEOUT_S - 1
    listening = asyncio.ensure_future(socket.receive())
    await asyncio.sleep(0)
    peer.says.put_nowait("beat")
    assert await listening == "beat"
    clock.now_s += IDLE_TIMEOUT_S * 2
    silence = asyncio.ensure_future(socket.receive())
    await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await socket.watch(draining)
    clock.now_s += IDLE_TIMEOUT_S
    with pytest.raises(Closing) as closing:
        await socket.watch(draining)

    assert closing.value.code == CloseCode.SILENT
    silence.cancel()


async def test_a_peer_that_does_not_read_is_left_and_one_that_reads_again_in_time_is_not():
    clock, peer, draining = HandClock(), StillPeer(), asyncio.Event()
    socket = socket_to(peer, clock)
    sending = asyncio.ensure_future(socket.send(Beat()))
    await asyncio.sleep(0)
    peer.reads.set()
    await sending
    peer.reads.clear()
    clock.now_s = SEND_S * 2
    stuck = asyncio.ensure_future(socket.send(Beat()))
    await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await socket.watch(draining)
    clock.now_s += SEND_S
    with pytest.raises(Closing) as closing:
        await socket.watch(draining)

    assert closing.value.code == CloseCode.NOT_READING
    stuck.cancel()
