"""Who had a socket open when the records last answered: she may open it again while they are away.

Held by hash of the session's token, in memory, and thinned out each time the open sockets' sessions are looked at: a
session that was ended is known here for those few seconds at most. Used for sockets only, never for a page, and for no
longer than a session may be idle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatservice.usecases.accounts import StaffIdentity


class ByHeart:
    """The sessions that lived when somebody last looked, each with when that was."""

    def __init__(self) -> None:
        # Apart, because thousands of pairs made anew every few seconds are work for the garbage collector.
        self._known: dict[str, StaffIdentity] = {}
        self._seen_at: dict[str, datetime] = {}

    def learn(self, identity: StaffIdentity, now: datetime) -> None:
        """Remember a session that lives."""
        self._known[identity.session_id] = identity
        self._seen_at[identity.session_id] = now

    def forget(self, session_id: str) -> None:
        """Forget a session that has ended."""
        self._known.pop(session_id, None)
        self._seen_at.pop(session_id, None)

    def keep_only(self, session_ids: Collection[str], now: datetime) -> None:
        """Forget all sessions but these, which live now."""
        for session_id in [each for each in self._known if each not in session_ids]:
            del self._known[session_id]
        self._seen_at = dict.fromkeys(self._known, now)

    def recall(self, session_id: str, now: datetime, *, within: timedelta) -> StaffIdentity | None:
        """Return who it was, when she was seen within this time."""
        identity = self._known.get(session_id)
        return identity if identity is not None and now - self._seen_at[session_id] < within else None
