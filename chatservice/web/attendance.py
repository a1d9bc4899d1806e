"""An open socket after its join: it hears, tells and leaves, and nothing of it runs while nothing happens.

No task waits for a frame or for a bell. A frame is handled where it is read, and news are told at the end of the loop's
turn in which the bell rang. Only when either has to wait (for the records, for a peer that reads slowly) does a task go
on with it; until that is done what comes next waits, so the order is kept. Knows nothing of frames: `visitor.py`,
`mentor.py` and `coordinator.py` do, as a `Talk`. Read sockets.py for how a socket gets here.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, Final, Protocol

from chatservice.errors import LiveStoreAwayError
from chatservice.web.frames import Restarting
from chatservice.web.open_sockets import OpenSockets
from chatservice.web.sockets import SEND_S, WAYS_OUT, CloseCode, Closing, Socket, code_of

MOST_UNREAD: Final = 32
"""Messages that wait while an earlier one is being handled; with more, the peer is read no further."""

# Timers keep the context they were made in, and with it everything that Quart knows of the handshake.
_NO_CONTEXT: Final = Context()

Awaited = Any
"""What a coroutine hands to the event loop when it has to wait."""


class Talk(Protocol):
    """What one kind of socket says and understands."""

    async def begin(self) -> None:
        """Welcome the peer and let it join. Raises `Closing`."""
        ...

    def follow(self, wake: Callable[[], None], close: Callable[[int], None]) -> None:
        """Wake `tell` when there may be news from now on; `close` ends the socket with a code."""
        ...

    async def hear(self, data: str | bytes) -> None:
        """Take one message. Raises `Closing` or `MalformedError`."""
        ...

    async def tell(self) -> None:
        """Tell what is new. Raises `Closing`."""
        ...

    async def leave(self) -> None:
        """Let go of everything, however far `begin` came."""
        ...


class Attendance:
    """One open socket. `on_over` is called when it is closed and everything is let go."""

    __slots__ = (
        "_hearing", "_is_at_once", "_is_due", "_is_over", "_on_over", "_open_sockets", "_socket", "_talk",
        "_telling", "_timer", "_unread",
    )  # fmt: skip

    def __init__(
        self,
        open_sockets: OpenSockets,
        socket: Socket,
        talk: Talk,
        *,
        is_at_once: bool,
        on_over: Callable[[], None],
    ) -> None:
        self._open_sockets = open_sockets
        self._socket = socket
        self._talk = talk
        self._is_at_once = is_at_once
        self._on_over = on_over
        self._is_due = False
        self._is_over = False
        self._hearing: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread: deque[str | bytes] | None = None

    def start(self) -> None:
        """Begin to listen and to tell."""
        self._open_sockets.add(self)
        self._talk.follow(self.wake, self.end)
        self._socket.note_listening()
        self._look()
        self.wake()

    @property
    def hearing(self) -> asyncio.Task[None] | None:
        """Return the task that handles a message, while there is one."""
        return self._hearing

    def hear(self, data: str | bytes) -> None:
        """Take a message that has come; it is handled now, or when those before it are."""
        if self._is_over:
            return
        if self._hearing is None:
            self._hear(data)
            return
        if self._unread is None:
            self._unread = deque()
        self._unread.append(data)
        if len(self._unread) >= MOST_UNREAD:
            self._socket.hold_reading()

    def wake(self) -> None:
        """Tell what is new at the end of this turn of the loop, however often this is called before."""
        if not self._is_due:
            self._is_due = True
            self._open_sockets.turn.tell(self)

    def tell(self) -> None:
        """Tell what is new; while it is being told already, once more afterwards."""
        if self._telling is not None or self._is_over:
            return
        self._is_due = False
        self._telling = self._go(self._talk.tell(), self._after_telling)

    def gone(self) -> None:
        """Note that the connection is lost."""
        self.end(None)

    def restart(self) -> None:
        """Tell the peer to come back, because the service restarts."""
        self.end(CloseCode.RESTART)

    def end(self, code: int | None) -> None:
        """Let go of everything, and close with a code if somebody is still there to hear it."""
        if self._is_over:
            return
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()
        self._open_sockets.discard(self)
        self._open_sockets.spawn(self._finish(code))

    # -- within

    def _hear(self, data: str | bytes) -> None:
        wait_s = self._socket.spend()
        hearing = self._talk.hear(data) if not wait_s else self._hear_later(data, wait_s)
        self._hearing = self._go(hearing, self._after_hearing)
        if self._hearing is not None:
            self._socket.note_busy()

    async def _hear_later(self, data: str | bytes, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        await self._talk.hear(data)

    def _go(
        self, work: Coroutine[Awaited, None, None], after: Callable[[asyncio.Task[None]], None]
    ) -> asyncio.Task[None] | None:
        """Do it now; return the task that goes on with it when it has to wait."""
        if self._is_at_once:
            code: int | None = CloseCode.OUR_MISTAKE
            is_over = True
            try:
                awaited = work.send(None)
                is_over = False
            except StopIteration:
                is_over = False
                return None
            except WAYS_OUT as way_out:
                code = code_of(way_out)
                return None
            finally:
                if is_over:
                    self.end(code)
            work = _rest(work, awaited)
        task = asyncio.get_running_loop().create_task(work, context=Context())
        task.add_done_callback(after, context=_NO_CONTEXT)
        return task

    def _after_hearing(self, task: asyncio.Task[None]) -> None:
        self._hearing = None
        if self._ends_with(task):
            return
        self._socket.note_listening()
        while self._unread and self._hearing is None and not self._is_over:
            self._hear(self._unread.popleft())
        if not self._unread:
            self._unread = None
            self._socket.resume_reading()

    def _after_telling(self, task: asyncio.Task[None]) -> None:
        self._telling = None
        if not self._ends_with(task) and self._is_due:
            self.tell()

    def _ends_with(self, task: asyncio.Task[None]) -> bool:
        if self._is_over or task.cancelled():
            return True
        error = task.exception()
        if error is None:
            return False
        self.end(code_of(error))
        if not isinstance(error, WAYS_OUT):
            # The loop's handler tells of a mistake of ours; this socket is closed, and no other.
            raise error
        return True

    def _look(self) -> None:
        """Close after silence, and when the peer does not read; look again when either can be."""
        try:
            wait_s = self._socket.patience_s()
        except Closing as closing:
            self.end(closing.code)
            return
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._look, context=_NO_CONTEXT)

    async def _finish(self, code: int | None) -> None:
        working = {task for task in (self._hearing, self._telling) if task is not None and not task.done()}
        for task in working:
            task.cancel()
        if working:
            await asyncio.wait(working)
        try:
            if code == CloseCode.RESTART:
                async with asyncio.timeout(SEND_S):
                    await self._socket.send(Restarting())
        except TimeoutError:
            code = CloseCode.NOT_READING
        finally:
            # With the store away there is nothing to let go of: it forgets by itself who is there no longer.
            with contextlib.suppress(LiveStoreAwayError):
                await self._talk.leave()
            if code is not None:
                await self._socket.close(code)
            self._on_over()
            # Talk, socket and connection hold each other through this; nothing asks for them any more.
            del self._talk, self._socket, self._on_over


async def _rest(work: Coroutine[Awaited, None, None], awaited: Awaited) -> None:
    """Go on with a coroutine that has begun without a task and waits."""
    await _Rest(work, awaited)


class _Rest:
    """A coroutine that has begun, as something to await: first comes what it waits for already."""

    __slots__ = ("_awaited", "_is_new", "_work")

    def __init__(self, work: Coroutine[Awaited, None, None], awaited: Awaited) -> None:
        self._work = work
        self._awaited = awaited
        self._is_new = True

    def __await__(self) -> Generator[Awaited, None, None]:
        return self  # type: ignore[return-value] # pyright: ignore[reportReturnType] -- one in all that is asked of it

    def __next__(self) -> Awaited:
        return self.send(None)

    def send(self, value: None) -> Awaited:
        """Go on."""
        if self._is_new:
            self._is_new = False
            return self._awaited
        return self._work.send(value)

    def throw(self, *error: Any) -> Awaited:
        """Go on with an error, such as being cancelled."""
        return self._work.throw(*error)

    def close(self) -> None:
        """Give up."""
        self._work.close()
