"""Hypercorn's WebSocket within bounds.

Hypercorn 0.18 has two habits that a stranger can use against us, both mended here: it agrees to permessage-deflate and
inflates without limit, and after a message that is too large it says 1009 but keeps the connection open and reads on.
Read lean_handover.py next: where a connection goes once it is open.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
from typing import Any, Final

from hypercorn.protocol.events import StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, FrameTooLargeError, WSStream
from hypercorn.typing import ASGISendEvent, WebsocketAcceptEvent
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection, Message, Ping
from wsproto.frame_protocol import CloseReason

from chatservice.own_answers import refuse_handshake

LARGEST_MESSAGE: Final = 65_536
CLOSING_S: Final = 5.0


class BoundedWebSocket(WSStream):
    """A WebSocket without compression that ends when its peer breaks the bounds."""

    _is_closing = False

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        self.handshake.extensions = None
        await super()._accept(message)

    async def _send_error_response(self, status_code: int) -> None:
        await refuse_handshake(self, status_code)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """Send what the app says; once the peer was refused, nothing more, so that it can hear why."""
        if not self._is_closing:
            await super().app_send(message)

    async def _handle_events(self) -> None:
        for event in self.connection.events():
            if isinstance(event, CloseConnection):
                await self._answer_close(event)
            elif self._is_closing:
                continue
            elif isinstance(event, Message):
                await self._pass_on(event)  # pyright: ignore[reportUnknownArgumentType]
            elif isinstance(event, Ping):
                await self._send_wsproto_event(event.response())

    async def _pass_on(self, event: Message[Any]) -> None:
        try:
            self.buffer.extend(event)
        except FrameTooLargeError:
            await self._refuse(CloseReason.MESSAGE_TOO_BIG)
            return
        if event.message_finished and self.app_put is not None:
            await self.app_put(self.buffer.to_message())
            self.buffer.clear()

    async def _refuse(self, reason: CloseReason) -> None:
        """Say why, tell the app that it is over, and read on only to let the peer hear it."""
        self._is_closing = True
        self.buffer.clear()
        await self._send_wsproto_event(CloseConnection(code=reason))
        self.state = ASGIWebsocketState.CLOSED
        if self.app_put is not None:
            await self.app_put({"type": "websocket.disconnect", "code": int(reason)})
        self.task_group.spawn(self._end_soon)

    async def _end_soon(self) -> None:
        await asyncio.sleep(CLOSING_S)
        if not self.closed:
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def _answer_close(self, event: CloseConnection) -> None:
        if self.connection.state is ConnectionState.REMOTE_CLOSING:
            await self._send_wsproto_event(event.response())
        elif self.connection.state is ConnectionState.OPEN:
            # Bytes that are no WebSocket frame: the reason stands in the event.
            await self._send_wsproto_event(CloseConnection(code=event.code))
        await self.send(StreamClosed(stream_id=self.stream_id))
