"""One WebSocket with a bound on everything: the first frame, silence, speed, refusals, and a peer that does not read.

Knows the close codes of docs/protocol.md. Does not know what the frames mean (`visitor.py`, `mentor.py`), nor when one
is handled (`attendance.py`).
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final, Protocol

from chatservice.errors import LiveStoreAwayError, MalformedError, RefusedError, WrongVersionError
from chatservice.web.frames import ErrorFrame, OutgoingFrame, encode_frame, write_frame
from chatservice.web.limits import Allowance
from chatservice.web.parts import Parts

FIRST_FRAME_S = 10.0
SEND_S = 20.0
MOST_REFUSALS = 20
FORGIVEN_PER_S: Final = 0.1
"""Refusals that are forgotten again: in an evening many a press comes a moment too late."""
_MOST_AT_ONCE: Final = 8
"""Frames that are sent in one piece; with more, the peer may read too slowly for them."""
BURST_FRAMES = 400


class CloseCode:
    """The close codes of docs/protocol.md."""

    ENDED = 1000
    OUR_MISTAKE = 1011
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

    async def send(self, data: str) -> None:
        """Send a message."""
        ...

    async def close(self, code: int) -> None:
        """Close with a code."""
        ...


class LeanSide(Connection, Protocol):
    """What the lean connection can do beyond: hold bytes back until the turn's end, and call instead of being asked."""

    async def receive(self, within_s: float = ...) -> str | bytes:
        """Return the next message. Raises `TimeoutError` when none comes."""
        ...

    @property
    def unsent(self) -> list[bytes]:
        """The messages that `flush` sends."""
        ...

    @property
    def drained(self) -> asyncio.Future[None] | None:
        """What to wait for while the peer reads too slowly."""
        ...

    def flush(self) -> None:
        """Send what is unsent, in one piece."""
        ...

    def attend(self, hear: Callable[[str | bytes], None], gone: Callable[[], None]) -> None:
        """Call these from now on, instead of waiting for `receive`."""
        ...

    def hold_reading(self) -> None:
        """Read no further."""
        ...

    def resume_reading(self) -> None:
        """Read on."""
        ...


class Socket:
    """One connection. `name` tells it from every other connection of this process."""

    __slots__ = (
        "_allowance", "_clock", "_connection", "_idle_timeout_s", "_lean", "_listens_since_s", "_refusals", "_sends",
        "_sends_since_s", "_turn", "meter", "name",
    )  # fmt: skip

    def __init__(self, connection: Connection, parts: Parts, lean: LeanSide | None = None) -> None:
        self.name = secrets.token_urlsafe(6)
        self.meter = parts.meter
        self._connection = connection
        self._lean = lean
        self._turn = parts.open_sockets.turn
        self._clock = parts.clock
        self._idle_timeout_s = parts.settings.idle_timeout_s
        self._allowance = Allowance(parts.clock, rate_per_s=parts.settings.frames_per_s, burst=BURST_FRAMES)
        # Made at the first refusal, which most connections never meet.
        self._refusals: Allowance | None = None
        # Since when this connection waits for its peer; `patience_s` looks at both. A timeout for each frame would do
        # the same and took an eighth of the service's time.
        self._listens_since_s: float | None = None
        self._sends = 0
        self._sends_since_s = 0.0

    async def receive_first(self, within_s: float = FIRST_FRAME_S) -> str | bytes:
        """Return a message before the seat is given, for which the peer has less time than for any other."""
        lean = self._lean
        try:
            if lean is not None:
                # What she is to answer goes out with the answer to her handshake, in one piece.
                lean.flush()
                return await lean.receive(within_s)
            async with asyncio.timeout(within_s):
                return await self._connection.receive()
        except TimeoutError:
            raise Closing(CloseCode.SILENT) from None

    def spend(self) -> float:
        """Note that a message came; return how many seconds to wait before it is handled."""
        wait_s = self._allowance.spend()
        self._listens_since_s = self._allowance.spent_s
        return wait_s

    async def send(self, frame: OutgoingFrame) -> None:
        """Send a frame; a connection whose peer does not read for long is ended. It resumes by number."""
        lean = self._lean
        if lean is None:
            await self._send_plainly(write_frame(frame))
            return
        unsent = lean.unsent
        if not unsent:
            self._turn.send(lean)
        unsent.append(encode_frame(frame))
        if len(unsent) >= _MOST_AT_ONCE:
            lean.flush()
        if lean.drained is not None:
            await self._until_read(lean.drained)

    async def refuse(self, error: RefusedError, sequence: int | None = None) -> None:
        """Tell the browser what was refused, and of which envelope; too many in a short time close the connection."""
        detail = dict(error.detail)
        if sequence is not None:
            detail["sequence"] = sequence
        await self.send(ErrorFrame(error.code, detail))
        self.meter.refusals[error.code] += 1
        if self._refusals is None:
            self._refusals = Allowance(self._clock, rate_per_s=FORGIVEN_PER_S, burst=MOST_REFUSALS)
        if self._refusals.spend() > 0:
            raise Closing(CloseCode.MALFORMED)

    async def close(self, code: int) -> None:
        """Close with a code."""
        await self._connection.close(code)

    def hold_reading(self) -> None:
        """Read no further; on the plain path whoever reads waits by itself."""
        if self._lean is not None:
            self._lean.hold_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if self._lean is not None:
            self._lean.resume_reading()

    def note_listening(self) -> None:
        """Note that it is the peer's turn."""
        self._listens_since_s = self._clock.monotonic_s()

    def note_busy(self) -> None:
        """Note that a message is being handled, for however long: nobody is silent meanwhile."""
        self._listens_since_s = None

    def patience_s(self) -> float:
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

    async def _send_plainly(self, text: str) -> None:
        self._begin_sending()
        try:
            await self._connection.send(text)
        finally:
            self._end_sending()

    async def _until_read(self, drained: asyncio.Future[None]) -> None:
        self._begin_sending()
        try:
            await asyncio.wait((drained,))
        finally:
            self._end_sending()

    def _begin_sending(self) -> None:
        if not self._sends:
            self._sends_since_s = self._clock.monotonic_s()
        self._sends += 1

    def _end_sending(self) -> None:
        self._sends -= 1
        if self._sends:
            self._sends_since_s = self._clock.monotonic_s()


WAYS_OUT: Final = (Closing, Gone, LiveStoreAwayError, MalformedError, WrongVersionError)
"""What ends a socket and is no mistake of ours."""


def code_of(error: BaseException) -> int | None:
    """Return the code that fits how a socket is left; None when nobody is there to hear one."""
    match error:
        case Closing():
            return error.code
        case MalformedError():
            return CloseCode.MALFORMED
        case WrongVersionError():
            return CloseCode.WRONG_VERSION
        case LiveStoreAwayError():
            return CloseCode.RESTART
        case Gone():
            return None
        case _:
            return CloseCode.OUR_MISTAKE
