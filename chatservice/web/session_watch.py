"""Ends open sockets whose session has ended: one question to the records for all of them, every few seconds.

Each socket asking for itself cost two queries every five seconds and a mentor, which at five hundred conversations
was an eighth of the processor and all of the 99th percentile of delivery.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from chatservice.errors import RecordsAwayError
from chatservice.usecases import accounts
from chatservice.usecases.accounts import StaffDesk

LOOK_EVERY_S: Final = 4.0
"""A revoked session is off its open sockets within five seconds."""


class SessionWatch:
    """The sessions behind open sockets."""

    def __init__(self, desk: StaffDesk) -> None:
        self._desk = desk
        self._endings: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)

    def call(self, session_id: str, end: Callable[[], None]) -> Callable[[], None]:
        """Call `end` when the session has ended; what is returned takes that back."""
        self._endings[session_id].add(end)

        def forget() -> None:
            self._endings[session_id].discard(end)
            if not self._endings[session_id]:
                del self._endings[session_id]

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
            await asyncio.sleep(LOOK_EVERY_S)
            with contextlib.suppress(RecordsAwayError):
                await self.look()

    async def look(self) -> None:
        """Call the ends of sessions that have ended. An open socket counts as activity."""
        watched = frozenset(self._endings)
        for session_id in watched - await accounts.still_signed_in(self._desk, watched):
            for end in tuple(self._endings.get(session_id, ())):
                end()
