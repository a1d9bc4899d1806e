"""Mentors who need to talk, in the database. Implements `ports.TalkRequests`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from chatservice.ports import TalkRequest
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import talk_requests
from chatservice.records.writing import put


class DatabaseTalkRequests:
    """At most one row for each account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, account_id: int, asked_on: datetime) -> None:
        """Keep a mentor's wish, with the day of the latest."""
        values = {"account_id": account_id, "asked_on": to_seconds(asked_on)}
        async with self._database.begin() as connection:
            await put(connection, talk_requests, values)

    async def everything(self) -> Sequence[TalkRequest]:
        """Return all wishes, oldest first."""
        query = select(talk_requests).order_by(talk_requests.c.asked_on, talk_requests.c.account_id)
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [TalkRequest(row.account_id, from_seconds(row.asked_on)) for row in rows]

    async def remove(self, account_id: int) -> bool:
        """Forget a wish; False when there is none."""
        async with self._database.begin() as connection:
            statement = delete(talk_requests).where(talk_requests.c.account_id == account_id)
            return (await connection.execute(statement)).rowcount == 1

    async def remove_asked_before(self, day: datetime) -> int:
        """Forget the wishes of earlier days; return how many they were."""
        statement = delete(talk_requests).where(talk_requests.c.asked_on < to_seconds(day))
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount
