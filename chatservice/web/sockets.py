"""One WebSocket with a bound on everything: the first frame, silence, speed, refusals, and a peer that does not read.

Knows Quart's socket and the close codes of docs/protocol.md. Does not know what the frames mean: `visitor.py` and
`mentor.py` do.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import cast

from quart import Websocket, abort, websocket

from chatservice.errors import MalformedError, RefusedError, WrongVersionError
from chatservice.web.frames import ErrorFrame, OutgoingFrame, Restarting, write_frame
from chatservice.web.limits import Allowance
from chatservice.web.parts import Parts

FIRST_FRAME_S = 10.0
SEND_S = 20.0
MOST_REFUSALS = 20
BURST_FRAMES = 400


class CloseCode:
    """The close codes of docs/protocol.md."""

    ENDED = 1000
    RESTART = 1012
    MALFORMED = 4400
    SIGNED_OUT = 4401
    REFUSED = 4403
    UNKNOWN = 4404
    SILENT = 4408
    REPLACED = 4409
    NOT_READING = 4413
    WRONG_VERSION = 4426


class Closing(Exception):  # noqa: N818 -- not an error: the way out of a socket, with its code
    """Leave the socket with a close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """One connection. `name` tells it from every other connection of this process."""

    __slots__ = ("_allowance", "_idle_timeout_s", "_refusals", "_websocket", "name")

    def __init__(self, connection: Websocket, parts: Parts) -> None:
        self.name = secrets.token_urlsafe(6)
        self._websocket = connection
        self._idle_timeout_s = parts.settings.idle_timeout_s
        self._allowance = Allowance(parts.clock, rate_per_s=parts.settings.frames_per_s, burst=BURST_FRAMES)
        self._refusals = 0

    async def receive(self, *, timeout_s: float | None = None) -> str | bytes:
        """Return the next message, at the speed this seat is allowed. Closes after silence."""
        wait_s = self._allowance.spend()
        if wait_s:
            await asyncio.sleep(wait_s)
        try:
            async with asyncio.timeout(timeout_s or self._idle_timeout_s):
                return await self._websocket.receive()
        except TimeoutError:
            raise Closing(CloseCode.SILENT) from None

    async def send(self, frame: OutgoingFrame) -> None:
        """Send a frame; a peer that does not read for long loses the connection and resumes by number."""
        try:
            async with asyncio.timeout(SEND_S):
                await self._websocket.send(write_frame(frame))
        except TimeoutError:
            raise Closing(CloseCode.NOT_READING) from None

    async def refuse(self, error: RefusedError, sequence: int | None = None) -> None:
        """Tell the browser what was refused, and of which envelope; too many refusals close the connection."""
        detail = dict(error.detail)
        if sequence is not None:
            detail["sequence"] = sequence
        await self.send(ErrorFrame(error.code, detail))
        self._refusals += 1
        if self._refusals > MOST_REFUSALS:
            raise Closing(CloseCode.MALFORMED)

    async def restart_when(self, draining: asyncio.Event) -> None:
        """Wait for a planned restart, then say so and close."""
        await draining.wait()
        await self.send(Restarting())
        raise Closing(CloseCode.RESTART)


def require_origin(parts: Parts) -> None:
    """Refuse a handshake that another site's page began. Browsers always send the header; nobody else is meant."""
    if websocket.headers.get("Origin") not in parts.settings.allowed_origins:
        abort(403)


async def run_socket(parts: Parts, serve: Callable[[Socket], Awaitable[None]]) -> None:
    """Accept the connection, serve it, and close it with the code that fits how it ended."""
    # The object behind the proxy, because the proxy looks it up anew at every frame.
    connection = cast("Websocket", websocket._get_current_object())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await connection.accept()  # pyright: ignore[reportUnknownMemberType]
    socket = Socket(connection, parts)
    code = CloseCode.ENDED
    try:
        async with asyncio.TaskGroup() as tasks:
            restart = tasks.create_task(socket.restart_when(parts.draining))
            await serve(socket)
            restart.cancel()
    except* Closing as group:
        code = _first(group).code
    except* MalformedError:
        code = CloseCode.MALFORMED
    except* WrongVersionError:
        code = CloseCode.WRONG_VERSION
    await connection.close(code)


def _first(group: BaseExceptionGroup[Closing]) -> Closing:
    """Return the first way out of a group of them."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
