"""Everybody who works here, as the coordinators see them: where each stands, closing an account and opening it again.

Knows ports only. Inviting: `inviting.py`. A lost second factor: `factor_losses.py`. What ends an open socket, and duty,
is the caller's: it looks at the sessions and takes her off duty right after (`web/people.py`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.domain.invitation import Invitation, InvitationKind
from chatservice.errors import PeopleRuleError
from chatservice.usecases.accounts import is_over, revoke_all
from chatservice.usecases.auditing import note
from chatservice.usecases.freeing_shifts import free_coming_shifts
from chatservice.usecases.staff_desk import StaffDesk

OWN_ACCOUNT: Final = "own_account"
LAST_COORDINATOR: Final = "last_coordinator"
NOT_A_COORDINATOR: Final = "not_a_coordinator"


class Standing(StrEnum):
    """Where somebody stands. `UNINVITED` is who never accepted and has no invitation that holds."""

    INVITED = "invited"
    UNINVITED = "uninvited"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here. `invitation` holds, and restores a sign-in when she is active."""

    account: Account
    standing: Standing
    invitation: Invitation | None

    @property
    def may_act(self) -> bool:
        """Say whether she can sign in."""
        return self.standing is Standing.ACTIVE


async def everybody(desk: StaffDesk) -> list[Person]:
    """Return everybody by role and then by name; those whose account is closed last."""
    never, now = await desk.records.accounts.never_signed_in(), desk.clock.now()
    invitations = {
        each.account_id: each for each in await desk.records.invitations.everything() if each.holds(now)
    }
    people = [
        _person(account, invitations.get(account.id), never)
        for account in await desk.records.accounts.everybody()
    ]
    return sorted(people, key=_place)


async def find(desk: StaffDesk, account_id: int) -> Person | None:
    """Return somebody, or None."""
    account = await desk.records.accounts.find(account_id)
    if account is None:
        return None
    invitation = await desk.records.invitations.of_account(account_id)
    if invitation is not None and not invitation.holds(desk.clock.now()):
        invitation = None
    return _person(account, invitation, await desk.records.accounts.never_signed_in())


async def sign_ins(desk: StaffDesk, account_id: int) -> int:
    """Return in how many browsers somebody is signed in now."""
    now = desk.clock.now()
    return sum(
        not is_over(desk, session, now) for session in await desk.records.sessions.of_account(account_id)
    )


async def deactivate(desk: StaffDesk, by: int | None, account_id: int) -> None:
    """Close an account: its sessions and its invitation end, its coming shifts are free, and nobody signs in to it.

    Raises `PeopleRuleError`: `OWN_ACCOUNT`, or `LAST_COORDINATOR` when nobody would be left to run the chat. The
    command line (`by` is None) may close any.
    """
    now, records = desk.clock.now(), desk.records
    if by == account_id:
        raise PeopleRuleError(OWN_ACCOUNT)
    if by is None:
        await records.accounts.set_active(account_id, active=False, at=now)
    elif not await records.accounts.close_but_last(account_id, at=now):
        raise PeopleRuleError(LAST_COORDINATOR)
    await records.invitations.remove_of(account_id)
    await records.factor_losses.remove_of(account_id)
    await free_coming_shifts(records, desk.clock, account_id)
    await revoke_all(desk, account_id)
    await note(records.audit_log, desk.clock, by, Act.DEACTIVATED, account_id)


async def reopen(desk: StaffDesk, by: int, account_id: int) -> None:
    """Let a closed account sign in again, with the password and second factor it had."""
    await desk.records.accounts.set_active(account_id, active=True, at=desk.clock.now())
    await note(desk.records.audit_log, desk.clock, by, Act.REACTIVATED, account_id)


async def end_sign_ins(desk: StaffDesk, by: int, account_id: int) -> None:
    """Sign somebody out everywhere."""
    await revoke_all(desk, account_id)
    await note(desk.records.audit_log, desk.clock, by, Act.SESSION_ENDED, account_id)


async def acting_coordinator(desk: StaffDesk, account_id: int) -> Account:
    """Return who acts. Raises `PeopleRuleError` (`NOT_A_COORDINATOR`) for anybody else's word."""
    account = await desk.records.accounts.find(account_id)
    if account is None or not account.active or account.role is not Role.COORDINATOR:
        raise PeopleRuleError(NOT_A_COORDINATOR)
    return account


def _person(account: Account, invitation: Invitation | None, never: frozenset[int]) -> Person:
    is_new = account.id in never
    if not account.active:
        standing = Standing.CLOSED
    elif is_new and invitation is not None and invitation.kind is InvitationKind.WELCOME:
        standing = Standing.INVITED
    else:
        standing = Standing.UNINVITED if is_new else Standing.ACTIVE
    return Person(account, standing, invitation)


def _place(person: Person) -> tuple[bool, int, str]:
    return (not person.account.active, list(Role).index(person.account.role), person.account.alias.casefold())
