"""The short way in: a plain handshake that the app says yes to opens its WebSocket without Hypercorn and Quart.

On the way through both, a handshake costs a dozen tasks, queues and contexts, which was half of the time until
everybody is back after a restart (bench/README.md). So the first bytes of a connection are looked at before Hypercorn
knows of it: when they are a plain handshake (plain_handshakes.py) and the app's door lets it in (web/door.py, the same
checks), picows answers it. In every other case Hypercorn gets the connection with all that was heard, as if nobody had
looked: whatever is odd, and every refusal, takes the long way. Used under the same conditions as lean_handover.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import Context
from functools import partial
from socket import socket
from typing import Any, Final, Protocol, cast

import uvloop

from chatservice.lean_sockets import LeanConnection
from chatservice.plain_handshakes import LARGEST_HEAD, PlainHandshake, read_plain_handshake
from chatservice.web.sockets import LeanSide

SPEAKS_WITHIN_S: Final = 0.5
"""Who connects and says nothing for so long takes the long way; Hypercorn has its own patience, and ends it."""

Opening = Callable[[LeanSide], Awaitable[None]]
LongWay = Callable[[], asyncio.Protocol]
"""Makes the protocol that Hypercorn listens with."""


class Door(Protocol):
    """The app's side: who comes in."""

    async def __call__(self, handshake: PlainHandshake, address: str, /) -> Opening | None:
        """Return what opens a socket, by its handshake and where it comes from; None leaves it to the long way."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this in a task of its own, and wait for it at the end of the service."""
        ...


class FirstLook(asyncio.Protocol):
    """One connection, until it is known which way it takes."""

    __slots__ = ("_door", "_has_ended", "_heard", "_is_judged", "_long_way", "_timer", "_transport")

    def __init__(self, door: Door, long_way: LongWay) -> None:
        self._door = door
        self._long_way = long_way
        self._heard = b""
        self._is_judged = False
        self._has_ended = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first bytes."""
        self._transport = cast("asyncio.Transport", transport)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(SPEAKS_WITHIN_S, self._take_long_way, context=Context())

    def data_received(self, data: bytes) -> None:
        """Look at the first bytes; keep what comes while they are judged."""
        self._heard += data
        if self._is_judged:
            if len(self._heard) > LARGEST_HEAD and self._transport is not None:
                self._transport.pause_reading()
            return
        handshake = read_plain_handshake(self._heard)
        if handshake is None:
            self._take_long_way()
            return
        self._is_judged = True
        self._forget_timer()
        self._door.spawn(self.open(handshake))

    def eof_received(self) -> bool:
        """Leave to the long way what becomes of somebody who only listens."""
        self._has_ended = True
        if not self._is_judged:
            self._take_long_way()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that there is nobody to let in."""
        self._transport = None
        self._forget_timer()

    async def open(self, handshake: PlainHandshake) -> None:
        """Serve the connection when the door opens; else it takes the long way, and nothing of it was touched."""
        opening = await self._judge(handshake)
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if opening is None or self._has_ended or len(self._heard) > LARGEST_HEAD:
            self._take_long_way()
            return
        lean = LeanConnection(transport, None, handshake.key, self._heard[handshake.size :])
        try:
            await opening(lean)
        finally:
            # To close at once on somebody who still sends would take away what she is to hear.
            if not lean.is_attended and not lean.is_refused:
                transport.close()

    async def _judge(self, handshake: PlainHandshake) -> Opening | None:
        assert self._transport is not None
        peer = cast("tuple[str, int] | str", self._transport.get_extra_info("peername"))
        return await self._door(handshake, peer[0] if isinstance(peer, tuple) else "")

    def _take_long_way(self) -> None:
        """Let Hypercorn hear everything from the beginning."""
        self._forget_timer()
        transport, self._transport = self._transport, None
        if transport is None:
            return
        protocol = self._long_way()
        transport.set_protocol(protocol)
        transport.resume_reading()
        protocol.connection_made(transport)
        if self._heard:
            protocol.data_received(self._heard)
        if self._has_ended and not protocol.eof_received():
            transport.close()

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class DoorLoop(uvloop.Loop):
    """An event loop that looks at the first bytes of each connection to these sockets before a server does."""

    def __init__(self, door: Door, sockets: Iterable[socket]) -> None:
        super().__init__()
        self._door = door
        self._watched = tuple(sockets)

    async def create_server(
        self, protocol_factory: Any, *args: Any, **options: Any
    ) -> asyncio.AbstractServer:
        """Listen as ever; what a server listens with is the long way."""
        factory = protocol_factory
        if any(options.get("sock") is watched for watched in self._watched):
            factory = partial(FirstLook, self._door, protocol_factory)
        return await super().create_server(factory, *args, **options)
