"""Second factors that somebody is said to have lost, in the database. Implements `ports.FactorLosses`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select

from chatservice.domain.invitation import FactorLoss
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import factor_losses
from chatservice.records.writing import insert_once


class DatabaseFactorLosses:
    """At most one row for each account; an agreed one leaves none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, loss: FactorLoss) -> bool:
        """Keep a loss; False when one of the same account is kept already."""
        values = {
            "account_id": loss.account_id,
            "asked_by": loss.asked_by,
            "asked_at": to_seconds(loss.asked_at),
        }
        async with self._database.begin() as connection:
            return await insert_once(connection, factor_losses, values) is not None

    async def find(self, account_id: int) -> FactorLoss | None:
        """Return an account's loss, or None."""
        query = select(factor_losses).where(factor_losses.c.account_id == account_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _loss(row)

    async def everything(self) -> Sequence[FactorLoss]:
        """Return every loss, oldest first."""
        query = select(factor_losses).order_by(factor_losses.c.asked_at, factor_losses.c.account_id)
        async with self._database.connect() as connection:
            return [_loss(row) for row in await connection.execute(query)]

    async def take(self, loss: FactorLoss) -> bool:
        """Erase exactly this loss; False when it is gone or another stands in its place. Atomic."""
        statement = delete(factor_losses).where(
            factor_losses.c.account_id == loss.account_id,
            factor_losses.c.asked_by == loss.asked_by,
            factor_losses.c.asked_at == to_seconds(loss.asked_at),
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def remove_of(self, account_id: int) -> None:
        """Erase what is said about an account, and what it said about others."""
        statement = delete(factor_losses).where(
            or_(factor_losses.c.account_id == account_id, factor_losses.c.asked_by == account_id)
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)

    async def remove_asked_before(self, at: datetime) -> int:
        """Erase the losses of earlier instants; return how many they were."""
        statement = delete(factor_losses).where(factor_losses.c.asked_at < to_seconds(at))
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _loss(row: Row[Any]) -> FactorLoss:
    return FactorLoss(row.account_id, row.asked_by, from_seconds(row.asked_at))
