"""Invitations that nobody has used, in the database. Implements `ports.Invitations`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from chatservice.domain.invitation import Invitation, InvitationKind
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import invitations
from chatservice.records.writing import lock_account


class DatabaseInvitations:
    """At most one row for each account; a used one leaves none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, invitation: Invitation) -> None:
        """Keep an invitation in place of the account's earlier one."""
        values = {
            "id": invitation.id,
            "account_id": invitation.account_id,
            "kind": invitation.kind.value,
            "created_at": to_seconds(invitation.created_at),
            "expires_at": to_seconds(invitation.expires_at),
        }
        async with self._database.begin() as connection:
            await lock_account(connection, invitation.account_id)
            await connection.execute(
                delete(invitations).where(invitations.c.account_id == invitation.account_id)
            )
            await connection.execute(insert(invitations).values(values))

    async def find(self, invitation_id: str) -> Invitation | None:
        """Return an invitation, or None."""
        query = select(invitations).where(invitations.c.id == invitation_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _invitation(row)

    async def of_account(self, account_id: int) -> Invitation | None:
        """Return an account's invitation, or None."""
        query = select(invitations).where(invitations.c.account_id == account_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _invitation(row)

    async def everything(self) -> Sequence[Invitation]:
        """Return every invitation, oldest first."""
        query = select(invitations).order_by(invitations.c.created_at, invitations.c.account_id)
        async with self._database.connect() as connection:
            return [_invitation(row) for row in await connection.execute(query)]

    async def take(self, invitation_id: str, now: datetime) -> Invitation | None:
        """Use an invitation up and return it; None when it is over or another was first. Atomic."""
        statement = (
            delete(invitations)
            .where(invitations.c.id == invitation_id, invitations.c.expires_at > to_seconds(now))
            .returning(*invitations.c)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _invitation(row)

    async def remove_of(self, account_id: int) -> bool:
        """Erase an account's invitation; False when there is none."""
        statement = delete(invitations).where(invitations.c.account_id == account_id)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def remove_expired(self, now: datetime) -> int:
        """Erase the invitations that hold no longer; return how many they were."""
        statement = delete(invitations).where(invitations.c.expires_at <= to_seconds(now))
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        row.id,
        row.account_id,
        InvitationKind(row.kind),
        from_seconds(row.created_at),
        from_seconds(row.expires_at),
    )
