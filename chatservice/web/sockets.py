"""One WebSocket with a bound on everything: the first frame, silence, speed, refusals, and a peer that does not read.

Knows Quart's socket and the close codes of docs/protocol.md. Does not know what the frames mean: `visitor.py` and
`mentor.py` do.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from quart import Websocket, abort, websocket

from chatservice.errors import MalformedError, RefusedError, WrongVersionError
from chatservice.meter import SEATS
from chatservice.web.frames import ErrorFrame, OutgoingFrame, Restarting, write_frame
from chatservice.web.limits import Allowance
from chatservice.web.parts import Parts
from chatservice.web.session_watch import SessionWatch

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


LEAN_EXTENSION = "chatservice.frames"
"""Where the scope of an accepted connection holds its lean side, if it has one (lean_sockets.py)."""


class Gone(Exception):  # noqa: N818 -- not an error: the connection is over
    """The peer is gone, or was refused below."""


class Connection(Protocol):
    """What carries messages: Quart's own connection, or the lean one."""

    async def receive(self) -> str | bytes:
        """Return the next message."""
        ...

    async def send(self, data: str | bytes) -> None:
        """Send a message."""
        ...

    async def close(self, code: int) -> None:
        """Close with a code."""
        ...


class Socket:
    """One connection. `name` tells it from every other connection of this process."""

    __slots__ = (
        "_allowance",
        "_clock",
        "_connection",
        "_idle_timeout_s",
        "_listens_since_s",
        "_refusals",
        "_sends",
        "_sends_since_s",
        "meter",
        "name",
    )  # fmt: skip

    def __init__(self, connection: Connection, parts: Parts) -> None:
        self.name = secrets.token_urlsafe(6)
        self.meter = parts.meter
        self._connection = connection
        self._clock = parts.clock
        self._idle_timeout_s = parts.settings.idle_timeout_s
        self._allowance = Allowance(parts.clock, rate_per_s=parts.settings.frames_per_s, burst=BURST_FRAMES)
        self._refusals = 0
        # Since when this connection waits for its peer; `watch` looks at both. A timeout for each frame would do the
        # same and took an eighth of the service's time.
        self._listens_since_s: float | None = None
        self._sends = 0
        self._sends_since_s = 0.0

    async def receive_first(self, within_s: float = FIRST_FRAME_S) -> str | bytes:
        """Return a message before the seat is given, for which the peer has less time than for any other."""
        try:
            async with asyncio.timeout(within_s):
                return await self.receive()
        except TimeoutError:
            raise Closing(CloseCode.SILENT) from None

    async def receive(self) -> str | bytes:
        """Return the next message, at the speed this seat is allowed. `watch` closes after silence."""
        wait_s = self._allowance.spend()
        if wait_s:
            await asyncio.sleep(wait_s)
        self._listens_since_s = self._clock.monotonic_s()
        try:
            return await self._connection.receive()
        finally:
            self._listens_since_s = None

    async def send(self, frame: OutgoingFrame) -> None:
        """Send a frame; `watch` ends a connection whose peer does not read for long. It resumes by number."""
        if not self._sends:
            self._sends_since_s = self._clock.monotonic_s()
        self._sends += 1
        try:
            await self._connection.send(write_frame(frame))
        finally:
            self._sends -= 1
            if self._sends:
                self._sends_since_s = self._clock.monotonic_s()

    async def refuse(self, error: RefusedError, sequence: int | None = None) -> None:
        """Tell the browser what was refused, and of which envelope; too many refusals close the connection."""
        detail = dict(error.detail)
        if sequence is not None:
            detail["sequence"] = sequence
        await self.send(ErrorFrame(error.code, detail))
        self.meter.refusals[error.code] += 1
        self._refusals += 1
        if self._refusals > MOST_REFUSALS:
            raise Closing(CloseCode.MALFORMED)

    async def watch(self, draining: asyncio.Event) -> None:
        """Close after silence, when the peer does not read, and at a planned restart, which is announced."""
        while not draining.is_set():
            wait_s = self._patience_s()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await draining.wait()
        try:
            async with asyncio.timeout(SEND_S):
                await self.send(Restarting())
        except TimeoutError:
            raise Closing(CloseCode.NOT_READING) from None
        raise Closing(CloseCode.RESTART)

    def _patience_s(self) -> float:
        """Return how long it takes at least until the peer has been silent or deaf for too long; close if it has."""
        now_s = self._clock.monotonic_s()
        silent_at_s = (
            now_s if self._listens_since_s is None else self._listens_since_s
        ) + self._idle_timeout_s
        deaf_at_s = (self._sends_since_s if self._sends else now_s) + SEND_S
        if now_s >= deaf_at_s:
            raise Closing(CloseCode.NOT_READING)
        if now_s >= silent_at_s:
            raise Closing(CloseCode.SILENT)
        return min(silent_at_s, deaf_at_s) - now_s


async def close_when_signed_out(watch: SessionWatch, session_id: str) -> None:
    """Wait until the session behind a socket has ended, and close: a revoked session ends open sockets too."""
    with watch.watching(session_id) as ending:
        await ending.wait()
    raise Closing(CloseCode.SIGNED_OUT)


def require_origin(parts: Parts) -> None:
    """Refuse a handshake that another site's page began. Browsers always send the header; nobody else is meant."""
    if websocket.headers.get("Origin") not in parts.settings.allowed_origins:
        abort(403)


async def run_socket(parts: Parts, serve: Callable[[Socket], Awaitable[None]]) -> None:
    """Accept the connection, serve it, and close it with the code that fits how it ended."""
    # The object behind the proxy, because the proxy looks it up anew at every frame.
    accepting = cast("Websocket", websocket._get_current_object())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await accepting.accept()  # pyright: ignore[reportUnknownMemberType]
    extensions = cast("dict[str, object]", accepting.scope["extensions"])
    connection = cast("Connection", extensions.get(LEAN_EXTENSION, accepting))
    socket = Socket(connection, parts)
    seat, open_sockets = SEATS[accepting.path.rpartition("/")[2]], parts.meter.open_sockets
    open_sockets[seat] += 1
    code: int | None = CloseCode.ENDED
    try:
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(socket.watch(parts.draining))
            await serve(socket)
            watch.cancel()
    except* Closing as group:
        code = _first(group).code
    except* MalformedError:
        code = CloseCode.MALFORMED
    except* WrongVersionError:
        code = CloseCode.WRONG_VERSION
    except* Gone:
        code = None
    finally:
        open_sockets[seat] -= 1
    if code is not None:
        await connection.close(code)


def _first(group: BaseExceptionGroup[Closing]) -> Closing:
    """Return the first way out of a group of them."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
