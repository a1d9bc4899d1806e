"""Feedback after conversations, without a tie to any of them, in the database. Implements `ports.FeedbackBox`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from chatservice.domain.feedback import Face, SealedFeedback
from chatservice.records.connections import Database
from chatservice.records.engines import POSTGRESQL
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import feedback


class DatabaseFeedbackBox:
    """Feedback in a table that knows no order; an erased row is overwritten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, given: SealedFeedback) -> None:
        """Add feedback."""
        values = {
            "id": given.id,
            "face": given.face.value,
            "key_id": given.key_id,
            "sealed": given.sealed,
            "released_on": to_seconds(given.released_on),
            "kept_until": to_seconds(given.kept_until),
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(feedback).values(values))

    async def count(self) -> int:
        """Return how much is held, released or not."""
        async with self._database.connect() as connection:
            return (await connection.execute(select(func.count()).select_from(feedback))).scalar_one()

    async def released(self, now: datetime) -> Sequence[SealedFeedback]:
        """Return what may be shown now, in an order that says nothing."""
        query = select(feedback).where(feedback.c.released_on <= to_seconds(now)).order_by(feedback.c.id)
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [_feedback(row) for row in rows]

    async def remove_kept_until(self, now: datetime) -> int:
        """Erase what is kept until now or an earlier instant; return how much it was."""
        statement = delete(feedback).where(feedback.c.kept_until <= to_seconds(now))
        async with self._database.begin() as connection:
            erased = (await connection.execute(statement)).rowcount
            if self._database.dialect == POSTGRESQL:
                # It notes beside each row where it lies and in which transaction it came: the order, that is.
                rows = (await connection.execute(delete(feedback).returning(*feedback.c))).mappings().all()
                if rows:
                    anew = sorted(map(dict, rows), key=lambda row: row["id"])
                    await connection.execute(insert(feedback), anew)
        return erased


def _feedback(row: Row[Any]) -> SealedFeedback:
    return SealedFeedback(
        row.id,
        Face(row.face),
        row.key_id,
        row.sealed,
        from_seconds(row.released_on),
        from_seconds(row.kept_until),
    )
