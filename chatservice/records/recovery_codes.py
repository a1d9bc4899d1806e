"""Recovery codes in the database, as hashes. Implements `ports.RecoveryCodes`."""

from collections.abc import Collection

from sqlalchemy import delete, func, insert, select

from chatservice.records.connections import Database
from chatservice.records.tables import recovery_codes
from chatservice.records.writing import lock_account


class DatabaseRecoveryCodes:
    """Recovery codes in a table; a used one leaves no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, account_id: int, code_ids: Collection[str]) -> None:
        """Give an account these codes and no others."""
        async with self._database.begin() as connection:
            await lock_account(connection, account_id)
            await connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
            await connection.execute(
                insert(recovery_codes), [{"id": code_id, "account_id": account_id} for code_id in code_ids]
            )

    async def use(self, account_id: int, code_id: str) -> bool:
        """Use a code up; False when the account does not have it. Atomic."""
        statement = delete(recovery_codes).where(
            recovery_codes.c.id == code_id, recovery_codes.c.account_id == account_id
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def count(self, account_id: int) -> int:
        """Return how many codes an account has left."""
        statement = (
            select(func.count()).select_from(recovery_codes).where(recovery_codes.c.account_id == account_id)
        )
        async with self._database.connect() as connection:
            return (await connection.execute(statement)).scalar_one()
