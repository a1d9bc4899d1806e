"""Inviting somebody to work here: an account at once, and an address that lets her set how she signs in, once.

Until then nothing signs her in: there is no password and no secret to match. The address's random part is given to
the coordinator and held by nobody; the records have its hash. Knows ports only. Using an invitation up:
`welcoming.py`. A new one for who has lost her second factor: `factor_losses.py`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.domain.invitation import INVITATION_LASTS, RESTORE_LASTS, Invitation, InvitationKind
from chatservice.domain.letter import is_email
from chatservice.errors import InvitationOverError, MalformedError, PeopleRuleError
from chatservice.usecases.accounts import checked_alias, checked_username
from chatservice.usecases.auditing import note
from chatservice.usecases.staff_desk import StaffDesk

PATH: Final = "/valkommen/"
UNKNOWN: Final = "unknown"
INACTIVE: Final = "inactive"
ACCEPTED: Final = "accepted"
_LASTS: Final = {InvitationKind.WELCOME: INVITATION_LASTS, InvitationKind.RESTORE: RESTORE_LASTS}


class Mistake(StrEnum):
    """What is wrong with a field."""

    MALFORMED = "malformed"
    TAKEN = "taken"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is invited. `token` is shown once, as the end of an address, and written down nowhere."""

    account: Account
    token: str = field(repr=False)
    invitation: Invitation


async def invite(desk: StaffDesk, by: int | None, *, username: str, alias: str | None, role: Role) -> Invited:
    """Add an account that nothing signs in to yet, and invite whoever it is for. `by` is None on the command line.

    Raises `MalformedError` ("username", "alias") or `UsernameTakenError`.
    """
    name, shown = checked_username(username), await checked_alias(desk, role, alias)
    account = await desk.records.accounts.add(
        username=name, role=role, alias=shown, password_hash="", code_secret="", at=desk.clock.now()
    )
    return await new_invitation(desk, by, account, InvitationKind.WELCOME)


async def mistakes(
    desk: StaffDesk, *, username: str, alias: str | None, role: str, email: str
) -> dict[str, Mistake]:
    """Return what is wrong with what stands in a form, by field; nothing wrong lets `invite` go well."""
    found: dict[str, Mistake] = {}
    try:
        if await desk.records.accounts.named(checked_username(username)) is not None:
            found["username"] = Mistake.TAKEN
    except MalformedError:
        found["username"] = Mistake.MALFORMED
    try:
        await checked_alias(desk, Role.MENTOR, alias)
    except MalformedError:
        found["alias"] = Mistake.MALFORMED
    if role not in set(Role):
        found["role"] = Mistake.MISSING
    if email and not is_email(email):
        found["email"] = Mistake.MALFORMED
    return found


async def invite_again(desk: StaffDesk, by: int | None, account_id: int) -> Invited:
    """Invite somebody anew who has not accepted yet; the earlier address works no longer.

    Raises `PeopleRuleError`: `UNKNOWN`, `INACTIVE` or `ACCEPTED`.
    """
    account = await desk.records.accounts.find(account_id)
    if account is None:
        raise PeopleRuleError(UNKNOWN)
    if not account.active:
        raise PeopleRuleError(INACTIVE)
    if account_id not in await desk.records.accounts.never_signed_in():
        raise PeopleRuleError(ACCEPTED)
    return await new_invitation(desk, by, account, InvitationKind.WELCOME)


async def withdraw(desk: StaffDesk, by: int | None, account_id: int) -> None:
    """Let an account's invitation work no longer; without one nothing happens."""
    if await desk.records.invitations.remove_of(account_id):
        await note(desk.records.audit_log, desk.clock, by, Act.INVITATION_WITHDRAWN, account_id)


async def open_invitation(desk: StaffDesk, token: str) -> tuple[Invitation, Account]:
    """Return what a token invites to, using nothing up. Raises `InvitationOverError`."""
    invitation = await desk.records.invitations.find(invitation_id_of(token))
    if invitation is None or not invitation.holds(desk.clock.now()):
        raise InvitationOverError
    account = await desk.records.accounts.find(invitation.account_id)
    if account is None or not account.active:
        raise InvitationOverError
    return invitation, account


async def new_invitation(desk: StaffDesk, by: int | None, account: Account, kind: InvitationKind) -> Invited:
    """Make an invitation in place of an earlier one. Whether it may be made was decided before."""
    token, now = secrets.token_urlsafe(32), desk.clock.now()
    invitation = Invitation(invitation_id_of(token), account.id, kind, now, now + _LASTS[kind])
    await desk.records.invitations.put(invitation)
    if kind is InvitationKind.WELCOME:
        await note(desk.records.audit_log, desk.clock, by, Act.INVITED, account.id)
    return Invited(account, token, invitation)


def address(origin: str, token: str) -> str:
    """Return the address that lets somebody in. What follows the # never reaches a server or its log."""
    return f"{origin}{PATH}#{token}"


def invitation_id_of(token: str) -> str:
    """Return the id under which an invitation is held, whatever somebody sent as its token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
