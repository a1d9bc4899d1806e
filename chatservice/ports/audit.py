"""The audit log of staff acts, as records. Adapter: records/audit_log.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chatservice.domain.audit import Entry


class AuditLog(Protocol):
    """What staff did, without content."""

    async def add(self, entry: Entry) -> None:
        """Add an entry."""
        ...

    async def newest(self, *, limit: int, before: datetime | None = None) -> Sequence[Entry]:
        """Return at most `limit` entries, the newest first, those of `before` and later left out."""
        ...

    async def remove_before(self, at: datetime) -> int:
        """Erase the entries of earlier instants; return how many they were."""
        ...
