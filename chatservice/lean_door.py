"""The short way in: a plain handshake that the app says yes to opens its WebSocket without Hypercorn and Quart.

On the way through both, a handshake costs a dozen tasks, queues and contexts, which was half of the time until
everybody is back after a restart (bench/README.md). Here the first bytes of a connection are only looked at: when they
are a plain handshake (plain_handshakes.py) and the app's door lets it in (web/door.py, the same checks), picows answers
it. In every other case nothing has been read, and Hypercorn begins as if nobody had looked: whatever is odd, and every
refusal, takes the long way. Leans on insides like lean_handover.py, and is used under the same conditions.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from hypercorn.asyncio.tcp_server import TCPServer

from chatservice.lean_handover import let_go_of_streams
from chatservice.lean_sockets import LeanConnection
from chatservice.own_answers import HeadedConfig
from chatservice.plain_handshakes import LARGEST_HEAD, PlainHandshake, read_plain_handshake
from chatservice.web.sockets import LeanSide

SPEAKS_WITHIN_S: Final = 0.5
"""Who connects and says nothing for so long takes the long way; Hypercorn has its own patience, and ends it."""

Opening = Callable[[LeanSide], Awaitable[None]]
Door = Callable[[PlainHandshake, str], Awaitable[Opening | None]]
"""Says what opens a socket, by its handshake and the address it comes from; None leaves the answer to the long way."""


class DoorServer(TCPServer):
    """One connection: in by the short way, or Hypercorn's."""

    async def run(self) -> None:
        """Look at the first bytes, and serve."""
        door: Door | None = self.config.door if isinstance(self.config, HeadedConfig) else None
        if door is None or not await self._opens(door):
            await super().run()

    async def _opens(self, door: Door) -> bool:
        """Serve the connection when the door opens; False when nothing of it was touched."""
        handshake = read_plain_handshake(await self._first_bytes())
        if handshake is None:
            return False
        address = self.writer.get_extra_info("peername")
        opening = await door(handshake, address[0] if isinstance(address, tuple) else "")
        transport: Any = self.writer.transport
        reader: Any = self.reader
        if opening is None or transport.is_closing() or reader._eof or len(reader._buffer) > LARGEST_HEAD:
            return False
        early = bytes(reader._buffer[handshake.size :])
        reader._buffer.clear()
        let_go_of_streams(self.reader, self.writer)
        lean = LeanConnection(transport, None, handshake.key, early)
        try:
            await opening(lean)
        finally:
            # To close at once on somebody who still sends would take away what she is to hear.
            if not lean.is_attended and not lean.is_refused:
                transport.close()
        return True

    async def _first_bytes(self) -> bytes:
        """Return what has come, and leave it where it is."""
        reader: Any = self.reader
        try:
            if not reader._buffer and not reader._eof:
                async with asyncio.timeout(SPEAKS_WITHIN_S):
                    await reader._wait_for_data("_first_bytes")
        except (OSError, TimeoutError):
            return b""
        return bytes(reader._buffer[:LARGEST_HEAD])
