"""Who is signed in, in the database. Implements `ports.StaffSessions`."""

from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from chatservice.ports import StaffSession
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import sessions


class DatabaseSessions:
    """Sessions in a table; an ended one leaves no row."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, session: StaffSession) -> None:
        """Add a session."""
        values = {
            "id": session.id,
            "account_id": session.account_id,
            "created_at": to_seconds(session.created_at),
            "seen_at": to_seconds(session.seen_at),
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(sessions).values(values))

    async def find(self, session_id: str) -> StaffSession | None:
        """Return a session, or None."""
        async with self._engine.connect() as connection:
            row = (
                await connection.execute(select(sessions).where(sessions.c.id == session_id))
            ).one_or_none()
        if row is None:
            return None
        return StaffSession(row.id, row.account_id, from_seconds(row.created_at), from_seconds(row.seen_at))

    async def touch(self, session_id: str, seen_at: datetime) -> None:
        """Note that a session was used."""
        statement = update(sessions).where(sessions.c.id == session_id).values(seen_at=to_seconds(seen_at))
        async with self._engine.begin() as connection:
            await connection.execute(statement)

    async def remove(self, session_id: str) -> None:
        """End a session; an unknown one is left alone."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.id == session_id))

    async def remove_all(self, account_id: int) -> None:
        """End every session of an account."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.account_id == account_id))

    async def remove_dead(self, *, created_before: datetime, seen_before: datetime) -> None:
        """Forget the sessions that are too old or were idle for too long."""
        is_dead = or_(
            sessions.c.created_at < to_seconds(created_before), sessions.c.seen_at < to_seconds(seen_before)
        )
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(is_dead))
