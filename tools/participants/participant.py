"""What a visitor and a mentor have in common as programs: a running connection, and waiting for things to be so.

Knows no protocol step. A test waits for what it needs with `until`, never for time to pass; a participant that has
stopped fails its waiters at once instead of letting them wait.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from socket import socket
from types import TracebackType
from typing import Self

from tools.participants.connection import Connection, Frame
from tools.participants.seat import Own, Seat, Shown
from tools.participants.service import SeatName, Service

Claim = Callable[[], bool]

_CANCEL_AGAIN_S = 0.5


class StoppedError(Exception):
    """The participant has stopped before what was waited for came true; the reason is the first argument."""


class Participant:
    """A running end of conversations; use it as an async context."""

    timeout_s = 90.0

    def __init__(
        self,
        service: Service,
        name: SeatName,
        *,
        cookie: str = "",
        jitter_s: float = 0.5,
        patience_s: float = 120.0,
    ) -> None:
        self.stopped: str | None = None
        self.phase = ""
        self.peer_present = False
        self.joins: int = 0
        self._connection = Connection(
            service, name, self, cookie=cookie, jitter_s=jitter_s, patience_s=patience_s
        )
        self._commands: deque[Frame] = deque()
        self._waiters: list[tuple[Claim, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Again and again, because before Python 3.13 a group of tasks that fails at the same moment swallows it.
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CANCEL_AGAIN_S)
        if self._failure is not None and error is None:
            raise self._failure

    # -- for whoever runs it

    async def until(self, claim: Claim, *, timeout_s: float | None = None) -> None:
        """Return when a claim is true. Raises TimeoutError, StoppedError, or what broke the participant."""
        if claim():
            return
        self._raise_if_stopped()
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append((claim, waiter))
        try:
            async with asyncio.timeout(timeout_s or self.timeout_s):
                await waiter
        finally:
            self._waiters.remove((claim, waiter))

    async def until_talking(self, *, timeout_s: float | None = None) -> None:
        """Return when both ends hold the key of the present epoch and are connected."""
        await self.until(lambda: self.is_talking, timeout_s=timeout_s)

    async def until_back(self, joins: int, *, timeout_s: float | None = None) -> None:
        """Return when the server has let us in more often than ``joins`` times."""
        await self.until(lambda: self.joins > joins, timeout_s=timeout_s)

    async def say(self, text: str, *, timeout_s: float | None = None) -> int:
        """Say something; return its number when the server has it ("Skickat")."""
        await self.until(lambda: self.seat.is_numbered, timeout_s=timeout_s)
        own = self.say_soon(text)
        await self.until(lambda: own.posted, timeout_s=timeout_s)
        return own.sequence

    def say_soon(self, text: str) -> Own:
        """Say something without waiting; it is posted when it can be."""
        own = self.seat.say(text)
        self._connection.wake()
        return own

    async def until_delivered(self, sequence: int, *, timeout_s: float | None = None) -> None:
        """Return when the other end has this envelope of ours ("Framme")."""
        await self.until(lambda: self.seat.delivered > sequence, timeout_s=timeout_s)

    async def next_text(self, *, timeout_s: float | None = None) -> str:
        """Give the next text of the other side that was not given yet."""
        seat = self.seat
        await self.until(lambda: len(seat.shown) > seat.read, timeout_s=timeout_s)
        seat.read += 1
        return seat.shown[seat.read - 1].text

    def cut(self, *, stay_away: bool = False) -> None:
        """Cut the line as a lost network does; it is mended by itself, or by `come_back` after ``stay_away``."""
        self._connection.cut(stay_away=stay_away)

    def come_back(self) -> None:
        """End a time of staying away."""
        self._connection.come_back()

    def hand_over(self) -> socket:
        """Give the open line to another program, which goes on as this end; this one stays away for good."""
        return self._connection.hand_over()

    @property
    def seat(self) -> Seat:
        """Give the seat of the present conversation, or of the last one."""
        raise NotImplementedError

    @property
    def is_talking(self) -> bool:
        """Tell whether both ends can read each other now."""
        raise NotImplementedError

    @property
    def conversation(self) -> str:
        """Give the conversation's id."""
        return self.seat.conversation

    @property
    def shown(self) -> list[Shown]:
        """Give every text of the other side, in the order it was shown."""
        return self.seat.shown

    @property
    def acknowledged(self) -> set[int]:
        """Give the numbers of our envelopes that the server said it has."""
        return self.seat.acknowledged

    # -- for the connection

    def join(self, welcome: Frame) -> Frame:
        """Make the `join` frame."""
        raise NotImplementedError

    def handle(self, frame: Frame) -> None:
        """Take one frame in."""
        raise NotImplementedError

    def receive(self, frame: Frame) -> None:
        """Take one frame in and tell those who wait."""
        self.handle(frame)
        self._changed()

    def next_frame(self) -> Frame | None:
        """Give what may go out next."""
        return self._commands.popleft() if self._commands else None

    def lost(self) -> None:
        """What was asked for may never have arrived and is not asked again; envelopes are kept by the seat."""
        self._commands.clear()
        self.peer_present = False
        self._changed()

    def _command(self, frame: Frame) -> None:
        if frame not in self._commands:
            self._commands.append(frame)
        self._connection.wake()

    # -- inside

    async def _run(self) -> None:
        try:
            self.stopped = await self._connection.run()
        except asyncio.CancelledError:
            self.stopped = "left"
            raise
        except BaseExceptionGroup as group:
            self._failure = group
            self.stopped = "broken"
        finally:
            self._changed()
            self._fail_waiters()

    def _changed(self) -> None:
        for claim, waiter in tuple(self._waiters):
            if not waiter.done() and claim():
                waiter.set_result(None)

    def _fail_waiters(self) -> None:
        for _, waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(self._failure or StoppedError(self.stopped))

    def _raise_if_stopped(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self.stopped is not None:
            raise StoppedError(self.stopped)
