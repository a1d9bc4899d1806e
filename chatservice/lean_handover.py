"""Where an open WebSocket leaves Hypercorn: it is handed to the lean path on acceptance, and let go after the join.

This leans on Hypercorn's insides, so `is_usable` asks for the versions it was tested with; with others, over HTTP/2, or
with CHAT_SOCKETS=plain the connection stays on the path through Quart, which the same tests run over. Read
lean_sockets.py next: what becomes of the connection.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

import asyncio
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.events import StreamClosed
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import ASGIWebsocketState
from hypercorn.typing import ASGISendEvent, WebsocketAcceptEvent

from chatservice.bounded_sockets import BoundedWebSocket
from chatservice.lean_sockets import LeanConnection
from chatservice.web.sockets import LEAN_EXTENSION

TESTED_WITH: Final = {"hypercorn": "0.18.", "picows": "2.3."}


def is_usable() -> bool:
    """Say whether the versions are those that this was tested with."""
    try:
        return all(version(name).startswith(tested) for name, tested in TESTED_WITH.items())
    except PackageNotFoundError:
        return False


class LeanWebSocket(BoundedWebSocket):
    """Hypercorn's side of a WebSocket that is handed over as soon as the app accepts it."""

    _lean: LeanConnection | None = None
    _tcp_server: TCPServer | None = None

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        protocol: Any = getattr(self.send, "__self__", None)
        server: Any = getattr(getattr(protocol, "send", None), "__self__", None)
        if not isinstance(protocol, H11Protocol) or not isinstance(server, TCPServer):
            await super()._accept(message)
            return
        self.state = ASGIWebsocketState.CONNECTED
        self.handshake.accepted = True
        transport: Any = server.writer.transport
        early = bytes(protocol.connection.buffer) + bytes(server.reader._buffer)
        self._lean = LeanConnection(transport, transport.get_protocol(), self.handshake.key or b"", early)
        self._tcp_server = server
        self.scope["extensions"][LEAN_EXTENSION] = self._lean  # type: ignore[typeddict-unknown-key]

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """Send what the app says; after the handover it speaks for itself, and only its end is heard here."""
        if self._lean is None or self.closed:
            await super().app_send(message)
        elif self._lean.is_attended:
            if message is None:
                self._let_go()
        elif message is None:
            self.state = ASGIWebsocketState.CLOSED
            await self.send(StreamClosed(stream_id=self.stream_id))
        elif message["type"] == "websocket.close":
            self.state = ASGIWebsocketState.CLOSED
            await self._lean.close(int(message.get("code", 1000)))

    def _let_go(self) -> None:
        """Let Hypercorn and Quart end as if the connection were over; it goes on without them.

        Their tasks, queues and buffers are most of what an open connection would hold.
        """
        lean, server = self._lean, self._tcp_server
        if lean is None or server is None:
            return
        self._lean = self._tcp_server = None
        self.closed = True
        lean.let_go_of_hypercorn()
        let_go_of_streams(server.reader, server.writer)
        server.writer = _NoWriter()  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue]
        server.reader.feed_eof()


def let_go_of_streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let what is left of the streams neither close the transport nor hold it."""
    left: Any = writer
    left._transport = left._protocol._transport = reader._transport = _NoTransport()  # type: ignore[attr-defined]


class _NoTransport:
    """Stands in a stream whose transport is somebody else's now."""

    def is_closing(self) -> bool:
        """Say that there is nothing to close."""
        return True

    def close(self) -> None:
        """Close nothing."""


class _NoWriter:
    """Stands in Hypercorn's server whose connection is somebody else's now."""

    def write(self, data: bytes) -> None:
        """Write nothing."""

    def write_eof(self) -> None:
        """End nothing."""

    def close(self) -> None:
        """Close nothing."""

    async def drain(self) -> None:
        """Wait for nothing."""

    async def wait_closed(self) -> None:
        """Wait for nothing."""
