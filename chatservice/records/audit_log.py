"""What staff did, in the database. Implements `ports.AuditLog`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from chatservice.domain.audit import Act, Entry
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import audit_log


class DatabaseAuditLog:
    """One row for each act."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: Entry) -> None:
        """Add an entry."""
        values = {
            "at": to_seconds(entry.at),
            "account_id": entry.account_id,
            "act": entry.act.value,
            "about": entry.about,
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(audit_log).values(values))

    async def newest(self, *, limit: int, before: datetime | None = None) -> Sequence[Entry]:
        """Return at most `limit` entries, the newest first, those of `before` and later left out."""
        query = select(audit_log).order_by(audit_log.c.at.desc(), audit_log.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit_log.c.at < to_seconds(before))
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Entry(from_seconds(row.at), row.account_id, Act(row.act), row.about) for row in rows]

    async def remove_before(self, at: datetime) -> int:
        """Erase the entries of earlier instants; return how many they were."""
        async with self._database.begin() as connection:
            erased = await connection.execute(delete(audit_log).where(audit_log.c.at < to_seconds(at)))
        return erased.rowcount
