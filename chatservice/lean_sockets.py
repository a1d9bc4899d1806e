"""Open WebSockets on a lean path: once the app has accepted, frames pass between picows and our code, and nobody else.

Why. On the way through Hypercorn, wsproto and Quart a message crosses two queues, three tasks and a state machine in
Python each way; that is two thirds of its cost (bench/README.md). The handshake still goes all the way: TLS, limits,
sign-in, origin and refusals are Hypercorn's and Quart's. Then the transport gets a protocol of picows, a maintained
frame library in C that refuses what RFC 6455 forbids. Hypercorn waits beside it until the peer has joined and the app
attends to it (`web/attendance.py`); then its objects and Quart's are let go, and most of the memory with them.

Knows picows and the transport; how Hypercorn hands a connection over, and when it does not, stands in lean_handover.py.
"""
# picows says little of its own types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false, reportAttributeAccessIssue=false

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Final

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from chatservice.bounded_sockets import CLOSING_S, LARGEST_MESSAGE
from chatservice.lean_opening import open_frames
from chatservice.web.sockets import Gone

MOST_UNREAD: Final = 32
"""Messages that wait for the app; with more, the peer is read no further."""
MOST_UNSENT_BYTES: Final = 512 * 1024
"""What may wait for a peer, answers to its pings included; with more, it is cut off."""
FOREVER_S: Final = 365 * 86_400.0

# Looking a member up in an enumeration takes longer than anything else that is done for a frame here.
_TEXT: Final = WSMsgType.TEXT
_CONTINUATION: Final = WSMsgType.CONTINUATION
_PING: Final = WSMsgType.PING
_PONG: Final = WSMsgType.PONG
_CLOSE: Final = WSMsgType.CLOSE


class LeanConnection(WSListener):
    """One open WebSocket, with the three methods of Quart's: `receive`, `send`, `close`."""

    __slots__ = (
        "_gone", "_hear", "_hypercorn", "_is_held", "_loop", "_message", "_message_type", "_transport",
        "_unread", "_wanted", "_wire", "drained", "is_refused", "unsent",
    )  # fmt: skip

    def __init__(
        self, transport: asyncio.Transport, hypercorn: asyncio.BaseProtocol | None, key: bytes, early: bytes
    ) -> None:
        """Take a transport over and answer the handshake whose `key` the browser sent.

        `hypercorn` is the protocol it had, which hears when the connection is over, unless it knows of none; `early` is
        what came too soon.
        """
        self._loop = asyncio.get_running_loop()
        self._hypercorn = hypercorn
        self._transport: WSTransport | None = None
        self._hear: Callable[[str | bytes], None] | None = None
        self._gone: Callable[[], None] | None = None
        self._unread: deque[str | bytes] | None = deque()
        self._wanted: asyncio.Future[None] | None = None
        self.unsent: list[bytes] = []
        self.drained: asyncio.Future[None] | None = None
        self._is_held = False
        self.is_refused = False
        self._message = b""
        self._message_type: WSMsgType | None = None
        self._wire = transport
        open_frames(self, transport, key, early)

    # -- what the app asks for

    async def receive(self, within_s: float = FOREVER_S) -> str | bytes:
        """Return the next message, until somebody attends. Raises `Gone` or `TimeoutError`."""
        unread = self._unread
        if unread is None:
            raise Gone
        while not unread:
            if self._transport is None or self.is_refused:
                raise Gone
            self._wanted = wanted = self._loop.create_future()
            # asyncio.timeout would do the same, and takes as long as all else that is done for a message.
            timer = self._loop.call_later(within_s, _give_up, wanted)
            try:
                await wanted
            finally:
                timer.cancel()
        message = unread.popleft()
        if not unread:
            self.resume_reading()
        return message

    def attend(self, hear: Callable[[str | bytes], None], gone: Callable[[], None]) -> None:
        """Call these from now on: for each message, and when the connection is lost or was refused."""
        unread, self._unread, self._wanted = self._unread or (), None, None
        self._hear, self._gone = hear, gone
        for message in unread:
            hear(message)
        if self._transport is None or self.is_refused:
            gone()

    @property
    def is_attended(self) -> bool:
        """Say whether the app's task is needed no longer."""
        return self._hear is not None

    def let_go_of_hypercorn(self) -> None:
        """Tell Hypercorn nothing any more."""
        self._hypercorn = None

    def hold_reading(self) -> None:
        """Read no further."""
        if not self._is_held and self._transport is not None:
            self._is_held = True
            self._wire.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if self._is_held and self._transport is not None:
            self._is_held = False
            self._wire.resume_reading()

    def flush(self) -> None:
        """Send what is unsent: a message alone through picows, several in one piece."""
        unsent, transport = self.unsent, self._transport
        if transport is None or transport.is_close_frame_sent:
            unsent.clear()
        elif len(unsent) == 1:
            transport.send(_TEXT, unsent.pop())
        elif unsent:
            pieces = b"".join([piece for message in unsent for piece in (_header(len(message)), message)])
            unsent.clear()
            self._wire.write(pieces)

    async def send(self, data: str | bytes) -> None:
        """Send a text message; waits while the peer reads too slowly. To somebody who is gone it sends nothing."""
        self.flush()
        if self._transport is None:
            return
        self._transport.send(_TEXT, data)
        if self.drained is not None:
            await self.drained

    async def close(self, code: int) -> None:
        """Say goodbye with a code, and hang up when the peer has answered or has had time to."""
        self.flush()
        transport = self._transport
        if transport is None:
            return
        transport.send_close(code)  # pyright: ignore[reportArgumentType] -- a code of ours
        self.resume_reading()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await transport.wait_disconnected()
        transport.disconnect(graceful=False)

    # -- what picows says

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin."""
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame; a message may come in several."""
        kind = frame.msg_type
        if kind is _CLOSE:
            self._answer_close(transport, frame)
        elif self.is_refused or kind is _PONG:
            return
        elif frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._refuse(WSCloseCode.PROTOCOL_ERROR)
        elif kind is _PING:
            self._answer_ping(transport, frame)
        elif (kind is _CONTINUATION) is (self._message_type is None):
            self._refuse(WSCloseCode.PROTOCOL_ERROR)
        elif frame.fin and self._message_type is None:
            self._hand_over(kind, frame.get_payload_as_bytes())
        else:
            self._gather(kind, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Let everybody who waits know, Hypercorn included."""
        self._transport = None
        self.unsent.clear()
        self._wake(self._wanted)
        self._wake(self.drained)
        if self._hypercorn is not None:
            self._hypercorn.connection_lost(None)
        self._end_attendance()

    def pause_writing(self) -> None:
        """Let `send` wait: the peer reads too slowly."""
        self.drained = self._loop.create_future()
        if self._transport is not None and self._wire.get_write_buffer_size() > MOST_UNSENT_BYTES:
            self._transport.disconnect(graceful=False)

    def resume_writing(self) -> None:
        """Let `send` go on."""
        self._wake(self.drained)
        self.drained = None

    # -- within

    def _hand_over(self, kind: WSMsgType, payload: bytes) -> None:
        message: str | bytes = payload
        if kind is _TEXT:
            try:
                message = payload.decode()
            except UnicodeDecodeError:
                self._refuse(WSCloseCode.INVALID_TEXT)
                return
        if self._hear is not None:
            self._hear(message)
        elif self._unread is not None:
            self._unread.append(message)
            self._wake(self._wanted)
            if len(self._unread) >= MOST_UNREAD:
                self.hold_reading()

    def _gather(self, kind: WSMsgType, frame: WSFrame) -> None:
        """Put the parts of a message together."""
        if self._message_type is None:
            self._message_type = kind
        self._message += frame.get_payload_as_bytes()
        if len(self._message) > LARGEST_MESSAGE:
            self._refuse(WSCloseCode.MESSAGE_TOO_BIG)
        elif frame.fin:
            whole, kind = self._message, self._message_type
            self._message, self._message_type = b"", None
            self._hand_over(kind, whole)

    def _answer_ping(self, transport: WSTransport, frame: WSFrame) -> None:
        if self._wire.get_write_buffer_size() > MOST_UNSENT_BYTES:
            transport.disconnect(graceful=False)
        else:
            transport.send_pong(frame.get_payload_as_bytes())

    def _answer_close(self, transport: WSTransport, frame: WSFrame) -> None:
        if not transport.is_close_frame_sent:
            code = frame.get_close_code()
            transport.send_close(WSCloseCode.OK if code == WSCloseCode.NO_INFO else code)
        transport.disconnect()

    def _refuse(self, code: WSCloseCode) -> None:
        """Say what was wrong and read on for a while, only to let the peer hear it; the app hears that it is over."""
        self.is_refused = True
        if self._unread is not None:
            self._unread.clear()
        self._message = b""
        self.flush()
        if self._transport is not None:
            self._transport.send_close(code)
            self._loop.call_later(CLOSING_S, self._transport.disconnect, False, context=Context())
        self._wake(self._wanted)
        self._end_attendance()

    def _end_attendance(self) -> None:
        if self._gone is not None:
            self._gone()
            self._gone = None

    @staticmethod
    def _wake(waiting: asyncio.Future[None] | None) -> None:
        if waiting is not None and not waiting.done():
            waiting.set_result(None)


def _give_up(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


def _header(size: int) -> bytes:
    """Return the header of a text message from a server: RFC 6455, 5.2."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big")
    return b"\x81\x7f" + size.to_bytes(8, "big")
