"""One connection to a Valkey server as bytes: commands out, replies in, in the order they were sent.

The protocol itself is libvalkey's. All commands of one turn of the event loop leave in one write, which is what makes
many small questions cheap. Knows neither what is asked nor how a lost connection is replaced: read `connection.py`.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

import libvalkey

from chatservice.live.valkey.address import Address

_NOT_YET: Final = object()

Argument = str | bytes | int
Reply = bytes | int | None | list["Reply"] | libvalkey.ReplyError
"""What a server answers. An error is an answer like any other here."""


class Wire(asyncio.Protocol):
    """A connection that hands every reply to `hear`. `lost` is done when it is over."""

    def __init__(self, hear: Callable[[Reply], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._hear = hear
        self._reader = libvalkey.Reader(notEnoughData=_NOT_YET)
        self._transport: asyncio.Transport | None = None
        self._outgoing: list[bytes] = []
        self.heard_s = self._loop.time()
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def send(self, *command: Argument) -> None:
        """Send a command with what else this turn of the loop sends."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(libvalkey.pack_command(command))

    def drop(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # -- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand on every reply that is complete."""
        self.heard_s = self._loop.time()
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOT_YET:
                self._hear(cast("Reply", reply))
        except libvalkey.ProtocolError:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that it is over."""
        self._transport = None
        if not self.lost.done():
            self.lost.set_result(None)

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is not None:
            self._transport.writelines(outgoing)


async def connect(address: Address, hear: Callable[[Reply], None]) -> Wire:
    """Connect. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    if address.path is not None:
        _, wire = await loop.create_unix_connection(lambda: Wire(hear), address.path)
    else:
        _, wire = await loop.create_connection(
            lambda: Wire(hear), address.host, address.port, ssl=address.tls
        )
    return wire
