"""Ends open sockets whose session has ended: the records are asked about all of them, every few seconds.

Each socket asking for itself cost two queries every five seconds and a mentor, which at five hundred conversations
was an eighth of the processor and all of the 99th percentile of delivery. One question for all of two thousand held
every message up for ten milliseconds and more. So those whose turn it is are asked about together, and of so many as
take a millisecond only.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Final

from chatservice.errors import RecordsAwayError
from chatservice.usecases import open_sessions
from chatservice.usecases.accounts import StaffDesk

LOOK_EVERY_S: Final = 4.0
"""A revoked session is off its open sockets within five seconds."""
PAUSE_S: Final = 0.2
MOST_AT_ONCE: Final = 100
"""Sessions in one question."""


class SessionWatch:
    """The sessions behind open sockets."""

    def __init__(self, desk: StaffDesk) -> None:
        self._desk = desk
        self._endings: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        # Since when it is watched, or when it was asked about last: whoever has waited longest first.
        self._asked_s: dict[str, float] = {}
        self._thinned_out_s = 0.0

    def call(self, session_id: str, end: Callable[[], None]) -> Callable[[], None]:
        """Call `end` when the session has ended; what is returned takes that back."""
        self._endings[session_id].add(end)
        self._asked_s.setdefault(session_id, asyncio.get_running_loop().time())

        def forget() -> None:
            self._endings[session_id].discard(end)
            if not self._endings[session_id]:
                del self._endings[session_id]
                self._asked_s.pop(session_id, None)

        return forget

    @contextmanager
    def watching(self, session_id: str) -> Generator[asyncio.Event]:
        """Give an event that is set when the session has ended."""
        ending = asyncio.Event()
        forget = self.call(session_id, ending.set)
        try:
            yield ending
        finally:
            forget()

    async def keep_looking(self) -> None:
        """Look again and again, for as long as the service runs. No conversation ends because the records are away."""
        while True:
            await asyncio.sleep(PAUSE_S)
            with contextlib.suppress(RecordsAwayError):
                await self._look_at(self._due())
                await self._thin_out(LOOK_EVERY_S)

    async def look(self) -> None:
        """Call the ends of sessions that have ended. An open socket counts as activity."""
        await self._look_at(list(self._endings))
        await self._thin_out(0.0)

    def _due(self) -> list[str]:
        """Return the sessions whose turn it is."""
        due_s = asyncio.get_running_loop().time() - LOOK_EVERY_S
        return [each for each, _ in takewhile(lambda asked: asked[1] <= due_s, self._asked_s.items())]

    async def _look_at(self, session_ids: Sequence[str]) -> None:
        now_s = asyncio.get_running_loop().time()
        # Before the question: records that are away are not asked again at once.
        for session_id in session_ids:
            del self._asked_s[session_id]
            self._asked_s[session_id] = now_s
        for first in range(0, len(session_ids), MOST_AT_ONCE):
            asked = frozenset(session_ids[first : first + MOST_AT_ONCE])
            for session_id in asked - await open_sessions.living(self._desk, asked):
                for end in tuple(self._endings.get(session_id, ())):
                    end()

    async def _thin_out(self, every_s: float) -> None:
        """Let nobody be known by heart who has no socket open, as long as the records answer."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._thinned_out_s < every_s:
            return
        self._thinned_out_s = now_s
        # Asked though it may be nobody's turn: while they are away, who has just lost her socket is to be known when
        # she comes back to it, and with no other socket open there is nobody else to ask about.
        await open_sessions.living(self._desk, ())
        open_sessions.know_only(self._desk, self._endings.keys())
