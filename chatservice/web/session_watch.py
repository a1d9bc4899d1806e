"""Ends open sockets whose session has ended: one question to the records for all of them, every few seconds.

Each socket asking for itself cost two queries every five seconds and a mentor, which at five hundred conversations
was an eighth of the processor and all of the 99th percentile of delivery.
"""

import asyncio
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from chatservice.usecases import accounts
from chatservice.usecases.accounts import StaffDesk

LOOK_EVERY_S: Final = 4.0
"""A revoked session is off its open sockets within five seconds."""


class SessionWatch:
    """The sessions behind open sockets."""

    def __init__(self, desk: StaffDesk) -> None:
        self._desk = desk
        self._endings: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def watching(self, session_id: str) -> Generator[asyncio.Event]:
        """Give an event that is set when the session has ended."""
        ending = asyncio.Event()
        self._endings[session_id].add(ending)
        try:
            yield ending
        finally:
            self._endings[session_id].discard(ending)
            if not self._endings[session_id]:
                del self._endings[session_id]

    async def keep_looking(self) -> None:
        """Look again and again, for as long as the service runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Set the events of sessions that have ended. An open socket counts as activity."""
        watched = frozenset(self._endings)
        for session_id in watched - await accounts.still_signed_in(self._desk, watched):
            for ending in self._endings.get(session_id, ()):
                ending.set()
