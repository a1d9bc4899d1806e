"""Passkeys in the database: public halves only. Implements `ports.Passkeys`."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from chatservice.ports import Passkey
from chatservice.records.tables import passkeys


class DatabasePasskeys:
    """Passkeys in a table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

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
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(passkeys).values(values))
        except IntegrityError:
            return False
        return True

    async def find(self, passkey_id: str) -> Passkey | None:
        """Return a passkey, or None."""
        async with self._engine.connect() as connection:
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
        async with self._engine.connect() as connection:
            return [_passkey(row) for row in await connection.execute(statement)]

    async def count_use(self, passkey_id: str, *, former: int, present: int) -> bool:
        """Note the device's new count of uses; False when it is not `former` any longer. Atomic."""
        statement = (
            update(passkeys)
            .where(passkeys.c.id == passkey_id, passkeys.c.sign_count == former)
            .values(sign_count=present)
        )
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def remove(self, account_id: int, passkey_id: str) -> bool:
        """Remove a passkey of this account; False when it has none of this id."""
        statement = delete(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.account_id == account_id)
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        row.id, row.account_id, row.public_key, row.sign_count, row.name, date.fromisoformat(row.added_on)
    )
