"""Days on which mentors do not staff the chat, in the database. Implements `ports.Quarantines`."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select

from chatservice.domain.quarantine import Quarantine
from chatservice.records.connections import Database
from chatservice.records.tables import quarantines as table
from chatservice.records.together import Together
from chatservice.records.writing import lock_account


class DatabaseQuarantines:
    """One row for each period; there is no column for a reason."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_account = Together[int, Row[Any]](self._fetch, lambda row: row.account_id)

    async def keep(self, quarantine: Quarantine, *, in_place_of: Collection[int] = ()) -> None:
        """Keep a period in place of others of the same account."""
        async with self._database.begin() as connection:
            await lock_account(connection, quarantine.account_id)
            await connection.execute(
                delete(table).where(table.c.id.in_(in_place_of), table.c.account_id == quarantine.account_id)
            )
            await connection.execute(
                insert(table).values(
                    account_id=quarantine.account_id,
                    first_day=quarantine.first_day.isoformat(),
                    last_day=quarantine.last_day.isoformat(),
                )
            )

    async def of_accounts(self, account_ids: Collection[int]) -> Sequence[Quarantine]:
        """Return the periods of some accounts, the earliest first."""
        rows = await self._by_account.rows_of(account_ids)
        return [
            Quarantine(
                row.account_id, date.fromisoformat(row.first_day), date.fromisoformat(row.last_day), row.id
            )
            for row in sorted(rows, key=lambda row: (row.first_day, row.id))
        ]

    async def _fetch(self, account_ids: Collection[int]) -> Sequence[Row[Any]]:
        query = select(table).where(table.c.account_id.in_(account_ids))
        async with self._database.connect() as connection:
            return (await connection.execute(query)).all()

    async def remove(self, account_id: int, quarantine_id: int) -> None:
        """Take a period of an account away; an unknown one is left alone."""
        statement = delete(table).where(table.c.id == quarantine_id, table.c.account_id == account_id)
        async with self._database.begin() as connection:
            await connection.execute(statement)

    async def remove_ended_before(self, day: date) -> int:
        """Erase the periods whose last day is before a day; return how many they were."""
        async with self._database.begin() as connection:
            erased = await connection.execute(delete(table).where(table.c.last_day < day.isoformat()))
        return erased.rowcount
