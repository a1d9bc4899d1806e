"""Passkeys in the database: public halves only. Implements `ports.Passkeys`."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, select, update

from chatservice.ports import Passkey
from chatservice.records.connections import Database
from chatservice.records.tables import passkeys
from chatservice.records.writing import insert_once


class DatabasePasskeys:
    """Passkeys in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, passkey: Passkey) -> bool:
        """Add a passkey; False when its id is known already, whoever has it."""
        values = {
            "id": passkey.id,
            "account_id": passkey.account_id,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "name": passkey.name,
            "added_on": passkey.added_on.isoformat(),
        }
        async with self._database.begin() as connection:
            return await insert_once(connection, passkeys, values) is not None

    async def find(self, passkey_id: str) -> Passkey | None:
        """Return a passkey, or None."""
        async with self._database.connect() as connection:
            row = (
                await connection.execute(select(passkeys).where(passkeys.c.id == passkey_id))
            ).one_or_none()
        return None if row is None else _passkey(row)

    async def of_account(self, account_id: int) -> Sequence[Passkey]:
        """Return an account's passkeys, the oldest first."""
        statement = (
            select(passkeys)
            .where(passkeys.c.account_id == account_id)
            .order_by(passkeys.c.added_on, passkeys.c.name, passkeys.c.id)
        )
        async with self._database.connect() as connection:
            return [_passkey(row) for row in await connection.execute(statement)]

    async def count_use(self, passkey_id: str, *, former: int, present: int) -> bool:
        """Note the device's new count of uses; False when it is not `former` any longer. Atomic."""
        statement = (
            update(passkeys)
            .where(passkeys.c.id == passkey_id, passkeys.c.sign_count == former)
            .values(sign_count=present)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def remove(self, account_id: int, passkey_id: str) -> bool:
        """Remove a passkey of this account; False when it has none of this id."""
        statement = delete(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.account_id == account_id)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        row.id, row.account_id, row.public_key, row.sign_count, row.name, date.fromisoformat(row.added_on)
    )
