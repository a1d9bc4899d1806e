"""Writing that two may do at once, alike on every database: a row kept once, a row put in another's place, and locks.

SQLite lets one write at a time and knows no row locks; PostgreSQL runs statements side by side, so that what is decided
over several rows is decided behind a lock.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from chatservice.records.engines import POSTGRESQL
from chatservice.records.tables import accounts

Row = Mapping[str, Any]


async def insert_once(connection: AsyncConnection, table: Table, values: Row) -> Any:
    """Insert a row and return its key; None when a row with the same key or unique field is there already."""
    statement = _insert(connection, table).values(values).on_conflict_do_nothing()
    key = next(iter(table.primary_key.columns))
    return (await connection.execute(statement.returning(key))).scalar_one_or_none()


async def put(connection: AsyncConnection, table: Table, values: Row) -> None:
    """Insert a row in the place of the one that has the same primary key."""
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(connection, table).values(values)
    changed = {name: statement.excluded[name] for name in values if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


async def add_to(connection: AsyncConnection, table: Table, values: Row, *, sum_of: str) -> None:
    """Insert a row, or add to one of its fields when a row with the same primary key is there already."""
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(connection, table).values(values)
    added = {sum_of: table.c[sum_of] + statement.excluded[sum_of]}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=added))


async def lock_account(connection: AsyncConnection, account_id: int) -> None:
    """Let nobody else change what hangs on this account until the transaction ends."""
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update())


async def lock_accounts_of(connection: AsyncConnection, role: str) -> None:
    """Let nobody else change an account of this role until the transaction ends."""
    chosen = select(accounts.c.id).where(accounts.c.role == role).order_by(accounts.c.id)
    await connection.execute(chosen.with_for_update())


def _insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == POSTGRESQL else sqlite.insert(table)
