"""Who is signed in, in the database. Implements `ports.StaffSessions`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from chatservice.domain.certification import Account, Role
from chatservice.ports import StaffSession
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import accounts, sessions
from chatservice.records.together import Together


class DatabaseSessions:
    """Sessions in a table; an ended one leaves no row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id = Together[str, Row[Any]](self._fetch, lambda row: row.id)

    async def add(self, session: StaffSession) -> None:
        """Add a session."""
        values = {
            "id": session.id,
            "account_id": session.account_id,
            "created_at": to_seconds(session.created_at),
            "seen_at": to_seconds(session.seen_at),
            "confirmed_at": to_seconds(session.confirmed_at),
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(sessions).values(values))

    async def find(self, session_id: str) -> tuple[StaffSession, Account] | None:
        """Return a session and the account that it belongs to, or None."""
        rows = await self._by_id.rows_of([session_id])
        if not rows:
            return None
        row = rows[0]
        return _session(row), Account(row.account_id, row.username, Role(row.role), row.alias, row.active)

    async def _fetch(self, session_ids: Collection[str]) -> Sequence[Row[Any]]:
        query = (
            select(sessions, accounts.c.username, accounts.c.role, accounts.c.alias, accounts.c.active)
            .join(accounts, accounts.c.id == sessions.c.account_id)
            .where(sessions.c.id.in_(session_ids))
        )
        async with self._database.connect() as connection:
            return (await connection.execute(query)).all()

    async def held(self, session_ids: Collection[str]) -> Sequence[StaffSession]:
        """Return those of the sessions that exist and belong to an active account."""
        statement = (
            select(sessions)
            .join(accounts, accounts.c.id == sessions.c.account_id)
            .where(sessions.c.id.in_(session_ids), accounts.c.active)
        )
        async with self._database.connect() as connection:
            return [_session(row) for row in await connection.execute(statement)]

    async def touch(self, session_ids: Collection[str], seen_at: datetime) -> None:
        """Note that sessions were used."""
        # Locked in one order: two processes that have some of them in common never wait for each other in a circle.
        used = select(sessions.c.id).where(sessions.c.id.in_(session_ids)).order_by(sessions.c.id)
        statement = (
            update(sessions)
            .where(sessions.c.id.in_(used.with_for_update()))
            .values(seen_at=to_seconds(seen_at))
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)

    async def confirm(self, session_id: str, at: datetime) -> None:
        """Note that she has proved again who she is."""
        statement = update(sessions).where(sessions.c.id == session_id).values(confirmed_at=to_seconds(at))
        async with self._database.begin() as connection:
            await connection.execute(statement)

    async def of_account(self, account_id: int) -> Sequence[StaffSession]:
        """Return an account's sessions, the newest first."""
        statement = (
            select(sessions)
            .where(sessions.c.account_id == account_id)
            .order_by(sessions.c.created_at.desc(), sessions.c.id)
        )
        async with self._database.connect() as connection:
            return [_session(row) for row in await connection.execute(statement)]

    async def remove(self, session_id: str) -> None:
        """End a session; an unknown one is left alone."""
        async with self._database.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.id == session_id))

    async def remove_own(self, account_id: int, session_id: str) -> bool:
        """End a session of this account; False when it has none of this id."""
        statement = delete(sessions).where(sessions.c.id == session_id, sessions.c.account_id == account_id)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def remove_others(self, account_id: int, session_id: str) -> int:
        """End an account's sessions but this one; return how many they were."""
        statement = delete(sessions).where(sessions.c.account_id == account_id, sessions.c.id != session_id)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount

    async def remove_all(self, account_id: int) -> None:
        """End every session of an account."""
        async with self._database.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.account_id == account_id))

    async def remove_dead(self, *, created_before: datetime, seen_before: datetime) -> int:
        """Forget the sessions that are too old or were idle for too long; return how many they were."""
        is_dead = or_(
            sessions.c.created_at < to_seconds(created_before), sessions.c.seen_at < to_seconds(seen_before)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(delete(sessions).where(is_dead))).rowcount


def _session(row: Row[Any]) -> StaffSession:
    return StaffSession(
        row.id,
        row.account_id,
        from_seconds(row.created_at),
        from_seconds(row.seen_at),
        from_seconds(row.confirmed_at),
    )
