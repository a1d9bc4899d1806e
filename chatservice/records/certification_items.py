"""What mentors have shown, signed, read and done, in the database. Implements `ports.CertificationItems`."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Delete, Row, delete, select

from chatservice.domain.certification_items import Item, Kind
from chatservice.records.connections import Database
from chatservice.records.instants import to_seconds
from chatservice.records.tables import accounts
from chatservice.records.tables import certification_items as table
from chatservice.records.together import Together
from chatservice.records.writing import put


class DatabaseCertificationItems:
    """One row for each account, kind and version: what was signed earlier is kept beside what is signed now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_account = Together[int, Row[Any]](self._fetch, lambda row: row.account_id)

    async def keep(self, item: Item) -> None:
        """Keep an item in place of an earlier one of the same kind and version."""
        values = {
            "account_id": item.account_id,
            "kind": item.kind.value,
            "version": item.version,
            "done_on": item.done_on.isoformat(),
            "valid_until": item.valid_until.isoformat() if item.valid_until else "",
            "number": item.number,
            "typed_name": item.typed_name,
            "noted_by": item.noted_by,
        }
        async with self._database.begin() as connection:
            await put(connection, table, values)

    async def of_accounts(self, account_ids: Collection[int]) -> Sequence[Item]:
        """Return everything of some accounts, by account and kind."""
        rows = await self._by_account.rows_of(account_ids)
        # Sorted here, because each database has an order of letters of its own.
        return [_item(row) for row in sorted(rows, key=lambda row: (row.account_id, row.kind, row.version))]

    async def _fetch(self, account_ids: Collection[int]) -> Sequence[Row[Any]]:
        query = select(table).where(table.c.account_id.in_(account_ids))
        async with self._database.connect() as connection:
            return (await connection.execute(query)).all()

    async def remove_of_closed(self, before: datetime) -> int:
        """Erase everything of the accounts that were closed before an instant; return how much it was."""
        closed = select(accounts.c.id).where(accounts.c.deactivated_at < to_seconds(before))
        async with self._database.begin() as connection:
            return (await connection.execute(delete(table).where(table.c.account_id.in_(closed)))).rowcount

    async def remove(self, account_id: int, kind: Kind, version: str) -> bool:
        """Take an item away; say whether there was one."""
        async with self._database.begin() as connection:
            return (await connection.execute(_of(account_id, kind, version))).rowcount > 0


def _of(account_id: int, kind: Kind, version: str) -> Delete:
    return delete(table).where(
        table.c.account_id == account_id, table.c.kind == kind.value, table.c.version == version
    )


def _item(row: Row[Any]) -> Item:
    return Item(
        account_id=row.account_id,
        kind=Kind(row.kind),
        done_on=date.fromisoformat(row.done_on),
        valid_until=date.fromisoformat(row.valid_until) if row.valid_until else None,
        noted_by=row.noted_by,
        version=row.version,
        number=row.number,
        typed_name=row.typed_name,
    )
