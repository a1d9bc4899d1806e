"""Mentors who need to talk, in the database. Implements `ports.TalkRequests`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Delete, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from chatservice.ports import TalkRequest
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import talk_requests


class DatabaseTalkRequests:
    """At most one row for each account."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keep(self, account_id: int, asked_on: datetime) -> None:
        """Keep a mentor's wish, with the day of the latest."""
        async with self._engine.begin() as connection:
            await connection.execute(_of(account_id))
            await connection.execute(
                insert(talk_requests).values(account_id=account_id, asked_on=to_seconds(asked_on))
            )

    async def everything(self) -> Sequence[TalkRequest]:
        """Return all wishes, oldest first."""
        query = select(talk_requests).order_by(talk_requests.c.asked_on, talk_requests.c.account_id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [TalkRequest(row.account_id, from_seconds(row.asked_on)) for row in rows]

    async def remove(self, account_id: int) -> bool:
        """Forget a wish; False when there is none."""
        async with self._engine.begin() as connection:
            return (await connection.execute(_of(account_id))).rowcount == 1

    async def remove_asked_before(self, day: datetime) -> int:
        """Forget the wishes of earlier days; return how many they were."""
        statement = delete(talk_requests).where(talk_requests.c.asked_on < to_seconds(day))
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _of(account_id: int) -> Delete:
    return delete(talk_requests).where(talk_requests.c.account_id == account_id)
