"""Everybody who may sign in, in the database. Implements `ports.Accounts`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, or_, select, update

from chatservice.domain.certification import Account, Role
from chatservice.errors import UsernameTakenError
from chatservice.ports import Credentials
from chatservice.records.connections import Database
from chatservice.records.instants import to_seconds
from chatservice.records.tables import accounts, passkeys, recovery_codes, sessions
from chatservice.records.together import Together
from chatservice.records.writing import insert_once, lock_accounts_of

NEVER = -1


class DatabaseAccounts:
    """Accounts in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id = Together[int, Row[Any]](self._fetch, lambda row: row.id)

    async def add(
        self, *, username: str, role: Role, alias: str, password_hash: str, code_secret: str, at: datetime
    ) -> Account:
        """Add an active account. Raises `UsernameTakenError`."""
        values = {
            "username": username,
            "role": role.value,
            "alias": alias,
            "active": True,
            "password_hash": password_hash,
            "code_secret": code_secret,
            "last_code_step": NEVER,
            "created_at": to_seconds(at),
        }
        async with self._database.begin() as connection:
            # Not by the database's error about what is unique: PostgreSQL's says which name it was.
            account_id = await insert_once(connection, accounts, values)
        if account_id is None:
            raise UsernameTakenError
        return Account(account_id, username, role, alias, active=True)

    async def find(self, account_id: int) -> Account | None:
        """Return an account, or None."""
        return next(iter(await self.of_ids([account_id])), None)

    async def of_ids(self, account_ids: Collection[int]) -> Sequence[Account]:
        """Return some accounts."""
        return [_account(row) for row in await self._by_id.rows_of(account_ids)]

    async def _fetch(self, account_ids: Collection[int]) -> Sequence[Row[Any]]:
        async with self._database.connect() as connection:
            return (await connection.execute(select(accounts).where(accounts.c.id.in_(account_ids)))).all()

    async def named(self, username: str) -> Account | None:
        """Return the account with this username, or None."""
        found = await self.credentials(username)
        return None if found is None else found.account

    async def credentials(self, username: str) -> Credentials | None:
        """Return what a sign-in with this username is checked against, or None."""
        if "\0" in username:  # PostgreSQL cannot even be asked for it
            username = ""
        async with self._database.connect() as connection:
            row = (
                await connection.execute(select(accounts).where(accounts.c.username == username))
            ).one_or_none()
        if row is None:
            return None
        return Credentials(_account(row), row.password_hash, row.code_secret, row.last_code_step)

    async def everybody(self) -> Sequence[Account]:
        """Return all accounts by username."""
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(accounts))).all()
        # Sorted here, because each database has an order of letters of its own.
        return sorted(map(_account, rows), key=lambda account: account.username)

    async def use_code_step(self, account_id: int, step: int) -> bool:
        """Note that a one-time code was used; False when this step or a later one was used before. Atomic."""
        statement = (
            update(accounts)
            .where(accounts.c.id == account_id, accounts.c.last_code_step < step)
            .values(last_code_step=step)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def renew(
        self, account_id: int, *, password_hash: str, code_secret: str, used_step: int = NEVER
    ) -> None:
        """Replace password and code secret; passkeys, recovery codes and sessions are gone with them. Atomic.

        `used_step` is the step of the code that proved the secret, when one did.
        """
        values = {"password_hash": password_hash, "code_secret": code_secret, "last_code_step": used_step}
        async with self._database.begin() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))
            for former in (passkeys, recovery_codes, sessions):
                await connection.execute(delete(former).where(former.c.account_id == account_id))

    async def set_password(self, account_id: int, password_hash: str) -> None:
        """Replace the password."""
        await self._set(account_id, password_hash=password_hash)

    async def set_code_secret(self, account_id: int, code_secret: str, *, used_step: int) -> None:
        """Replace the secret of the code app; `used_step` is the step of the code that proved it."""
        await self._set(account_id, code_secret=code_secret, last_code_step=used_step)

    async def set_active(self, account_id: int, *, active: bool, at: datetime) -> None:
        """Let an account sign in, or no longer from an instant on."""
        await self._set(account_id, active=active, deactivated_at=None if active else to_seconds(at))

    async def close_but_last(self, account_id: int, *, at: datetime) -> bool:
        """Let an account sign in no longer; False for the last active coordinator who can. Atomic."""
        others = accounts.alias()
        another = exists().where(
            others.c.id != account_id,
            others.c.role == Role.COORDINATOR.value,
            others.c.active,
            or_(others.c.password_hash != "", exists().where(passkeys.c.account_id == others.c.id)),
        )
        statement = (
            update(accounts)
            .where(accounts.c.id == account_id, or_(accounts.c.role != Role.COORDINATOR.value, another))
            .values(active=False, deactivated_at=to_seconds(at))
        )
        async with self._database.begin() as connection:
            # Else two who close each other at once would each still see the other.
            await lock_accounts_of(connection, Role.COORDINATOR.value)
            return (await connection.execute(statement)).rowcount == 1

    async def never_signed_in(self) -> frozenset[int]:
        """Return the accounts that have neither password nor passkey: those who have accepted no invitation yet."""
        query = select(accounts.c.id).where(
            accounts.c.password_hash == "", ~exists().where(passkeys.c.account_id == accounts.c.id)
        )
        async with self._database.connect() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def _set(self, account_id: int, **values: str | int | bool | None) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))


def _account(row: Row[Any]) -> Account:
    return Account(row.id, row.username, Role(row.role), row.alias, row.active)
