"""Who works here and who is signed in, as records. Adapters: records/accounts.py, sessions.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatservice.domain.certification import Account, Role


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against. `last_code_step` is the 30-second step of the newest one-time code used."""

    account: Account
    password_hash: str
    code_secret: str
    last_code_step: int


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A signed-in browser. `id` is a hash of the random number in its cookie: who reads it here cannot use it.

    `confirmed_at` is when she last proved who she is; what is sensitive asks for it again after a while.
    """

    id: str
    account_id: int
    created_at: datetime
    seen_at: datetime
    confirmed_at: datetime


class Accounts(Protocol):
    """Everybody who may sign in."""

    async def add(
        self, *, username: str, role: Role, alias: str, password_hash: str, code_secret: str, at: datetime
    ) -> Account:
        """Add an active account. Raises `UsernameTakenError`."""
        ...

    async def find(self, account_id: int) -> Account | None:
        """Return an account, or None."""
        ...

    async def named(self, username: str) -> Account | None:
        """Return the account with this username, or None."""
        ...

    async def credentials(self, username: str) -> Credentials | None:
        """Return what a sign-in with this username is checked against, or None."""
        ...

    async def everybody(self) -> Sequence[Account]:
        """Return all accounts by username."""
        ...

    async def use_code_step(self, account_id: int, step: int) -> bool:
        """Note that a one-time code was used; False when this step or a later one was used before. Atomic."""
        ...

    async def renew(self, account_id: int, *, password_hash: str, code_secret: str) -> None:
        """Replace password and one-time-code secret."""
        ...

    async def set_active(self, account_id: int, *, active: bool, at: datetime) -> None:
        """Let an account sign in, or no longer from an instant on."""
        ...


class StaffSessions(Protocol):
    """Who is signed in."""

    async def add(self, session: StaffSession) -> None:
        """Add a session."""
        ...

    async def find(self, session_id: str) -> StaffSession | None:
        """Return a session, or None."""
        ...

    async def held(self, session_ids: Collection[str]) -> Sequence[StaffSession]:
        """Return those of the sessions that exist and belong to an active account."""
        ...

    async def touch(self, session_ids: Collection[str], seen_at: datetime) -> None:
        """Note that sessions were used."""
        ...

    async def remove(self, session_id: str) -> None:
        """End a session; an unknown one is left alone."""
        ...

    async def remove_all(self, account_id: int) -> None:
        """End every session of an account."""
        ...

    async def remove_dead(self, *, created_before: datetime, seen_before: datetime) -> int:
        """Forget the sessions that are too old or were idle for too long; return how many they were."""
        ...
