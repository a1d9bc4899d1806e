"""The open sockets of this process: what they have to do in a turn of the loop, and how all of them end.

They are held here and nowhere else, so that a planned restart can reach them: once a socket is open, neither Quart nor
Hypercorn knows of it (lean_sockets.py). Nothing is ever sent to all of them but "come back".
"""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, Final, Protocol

_MOST_IN_A_TURN: Final = 128
"""Who is told in one turn: when thousands who wait hear their place, what is read meanwhile must not wait for all."""


class Teller(Protocol):
    """Who may have news for its peer."""

    def tell(self) -> None:
        """Tell what is new."""
        ...

    def restart(self) -> None:
        """Tell the peer to come back, and close."""
        ...


class Sender(Protocol):
    """Who has something to send."""

    def flush(self) -> None:
        """Send it."""
        ...


class Turn:
    """What is to be done when everything that has been read in this turn of the loop is handled.

    First everybody's news, then everybody's bytes: an acknowledgement and a delivery that are due to the same browser
    go out in one piece.
    """

    __slots__ = ("_due", "_is_coming", "_unsent")

    def __init__(self) -> None:
        self._due: list[Teller] = []
        self._unsent: list[Sender] = []
        self._is_coming = False

    def tell(self, teller: Teller) -> None:
        """Let somebody tell the news."""
        self._due.append(teller)
        if not self._is_coming:
            self._come()

    def send(self, sender: Sender) -> None:
        """Let somebody send what is due."""
        self._unsent.append(sender)
        if not self._is_coming:
            self._come()

    def _come(self) -> None:
        self._is_coming = True
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        due, self._due = self._due[:_MOST_IN_A_TURN], self._due[_MOST_IN_A_TURN:]
        due.reverse()
        try:
            while due:
                due.pop().tell()
        finally:
            # Whoever fails here keeps nobody else from her news.
            self._due += reversed(due)
            unsent, self._unsent = self._unsent, []
            self._is_coming = False
            if self._due:
                self._come()
            for sender in unsent:
                sender.flush()


class OpenSockets:
    """The open sockets, and the tasks that close them."""

    __slots__ = ("_open", "_tasks", "turn")

    def __init__(self) -> None:
        self._open: set[Teller] = set()
        # No TaskGroup: there one failure would end all the others.
        self._tasks: set[asyncio.Task[None]] = set()
        self.turn = Turn()

    def add(self, teller: Teller) -> None:
        """Hold an open socket."""
        self._open.add(teller)

    def discard(self, teller: Teller) -> None:
        """Let go of one that closes."""
        self._open.discard(teller)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what is left to be done for a socket that closes."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def restart(self) -> None:
        """Let every peer know of a planned restart."""
        for teller in tuple(self._open):
            teller.restart()

    async def all_gone(self, within_s: float) -> None:
        """Return when those that close are closed, or when there is no more time for it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
