"""Who works here and who is signed in, as records. Adapters: records/accounts.py, sessions.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatservice.domain.certification import Account, Role
from chatservice.domain.invitation import FactorLoss, Invitation


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

    async def of_ids(self, account_ids: Collection[int]) -> Sequence[Account]:
        """Return some accounts."""
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

    async def renew(
        self, account_id: int, *, password_hash: str, code_secret: str, used_step: int = -1
    ) -> None:
        """Replace password and code secret; passkeys, recovery codes and sessions are gone with them. Atomic.

        `used_step` is the step of the code that proved the secret, when one did.
        """
        ...

    async def set_password(self, account_id: int, password_hash: str) -> None:
        """Replace the password."""
        ...

    async def set_code_secret(self, account_id: int, code_secret: str, *, used_step: int) -> None:
        """Replace the secret of the code app; `used_step` is the step of the code that proved it."""
        ...

    async def set_active(self, account_id: int, *, active: bool, at: datetime) -> None:
        """Let an account sign in, or no longer from an instant on."""
        ...

    async def close_but_last(self, account_id: int, *, at: datetime) -> bool:
        """Let an account sign in no longer; False for the last active coordinator who can. Atomic."""
        ...

    async def never_signed_in(self) -> frozenset[int]:
        """Return the accounts that have neither password nor passkey: those who have accepted no invitation yet."""
        ...


class StaffSessions(Protocol):
    """Who is signed in."""

    async def add(self, session: StaffSession) -> None:
        """Add a session."""
        ...

    async def find(self, session_id: str) -> tuple[StaffSession, Account] | None:
        """Return a session and the account that it belongs to, or None."""
        ...

    async def held(self, session_ids: Collection[str]) -> Sequence[StaffSession]:
        """Return those of the sessions that exist and belong to an active account."""
        ...

    async def touch(self, session_ids: Collection[str], seen_at: datetime) -> None:
        """Note that sessions were used."""
        ...

    async def confirm(self, session_id: str, at: datetime) -> None:
        """Note that she has proved again who she is."""
        ...

    async def of_account(self, account_id: int) -> Sequence[StaffSession]:
        """Return an account's sessions, the newest first."""
        ...

    async def remove(self, session_id: str) -> None:
        """End a session; an unknown one is left alone."""
        ...

    async def remove_own(self, account_id: int, session_id: str) -> bool:
        """End a session of this account; False when it has none of this id."""
        ...

    async def remove_others(self, account_id: int, session_id: str) -> int:
        """End an account's sessions but this one; return how many they were."""
        ...

    async def remove_all(self, account_id: int) -> None:
        """End every session of an account."""
        ...

    async def remove_dead(self, *, created_before: datetime, seen_before: datetime) -> int:
        """Forget the sessions that are too old or were idle for too long; return how many they were."""
        ...


class Invitations(Protocol):
    """Addresses that let somebody in once; at most one for each account."""

    async def put(self, invitation: Invitation) -> None:
        """Keep an invitation in place of the account's earlier one."""
        ...

    async def find(self, invitation_id: str) -> Invitation | None:
        """Return an invitation, or None."""
        ...

    async def of_account(self, account_id: int) -> Invitation | None:
        """Return an account's invitation, or None."""
        ...

    async def everything(self) -> Sequence[Invitation]:
        """Return every invitation, oldest first."""
        ...

    async def take(self, invitation_id: str, now: datetime) -> Invitation | None:
        """Use an invitation up and return it; None when it is over or another was first. Atomic."""
        ...

    async def remove_of(self, account_id: int) -> bool:
        """Erase an account's invitation; False when there is none."""
        ...

    async def remove_expired(self, now: datetime) -> int:
        """Erase the invitations that hold no longer; return how many they were."""
        ...


class FactorLosses(Protocol):
    """Second factors that one coordinator says are lost; at most one for each account."""

    async def add(self, loss: FactorLoss) -> bool:
        """Keep a loss; False when one of the same account is kept already."""
        ...

    async def find(self, account_id: int) -> FactorLoss | None:
        """Return an account's loss, or None."""
        ...

    async def everything(self) -> Sequence[FactorLoss]:
        """Return every loss, oldest first."""
        ...

    async def take(self, loss: FactorLoss) -> bool:
        """Erase exactly this loss; False when it is gone or another stands in its place. Atomic."""
        ...

    async def remove_of(self, account_id: int) -> None:
        """Erase what is said about an account, and what it said about others."""
        ...

    async def remove_asked_before(self, at: datetime) -> int:
        """Erase the losses of earlier instants; return how many they were."""
        ...
