"""A lost second factor takes two coordinators: one says so, another agrees within a day, and she gets a new invitation.

Neither of the two is the person herself, so that nobody who has only one of them on the telephone gets in. The old
password and factors work until the invitation is used; her sign-ins end as soon as the second agrees. Where there are
not two, the operator does it on the machine (`account reset`). Knows ports only.
"""

from typing import Final

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.invitation import FactorLoss, InvitationKind
from chatservice.errors import PeopleRuleError
from chatservice.usecases import people
from chatservice.usecases.accounts import revoke_all
from chatservice.usecases.auditing import note
from chatservice.usecases.inviting import Invited, new_invitation
from chatservice.usecases.staff_desk import StaffDesk

NEEDED: Final = 2
OWN_LOSS: Final = "own_loss"
OWN_REPORT: Final = "own_report"
REPORTED: Final = "reported"
NOT_REPORTED: Final = "not_reported"
NOT_ACTIVE: Final = "not_active"


async def enough_coordinators(desk: StaffDesk, account_id: int) -> bool:
    """Say whether two coordinators other than this person can sign in."""
    able = [
        person
        for person in await people.everybody(desk)
        if person.may_act and person.account.role is Role.COORDINATOR and person.account.id != account_id
    ]
    return len(able) >= NEEDED


async def standing_report(desk: StaffDesk, account_id: int) -> FactorLoss | None:
    """Return what a coordinator who still works here said within a day, or None."""
    loss = await desk.records.factor_losses.find(account_id)
    if loss is None or not loss.holds(desk.clock.now()):
        return None
    reporter = await desk.records.accounts.find(loss.asked_by)
    return loss if reporter is not None and reporter.active else None


async def report(desk: StaffDesk, by: int, account_id: int) -> None:
    """Say that somebody has lost her second factor.

    Raises `PeopleRuleError`: `NOT_A_COORDINATOR`, `OWN_LOSS`, `NOT_ACTIVE` or `REPORTED`.
    """
    await _check(desk, by, account_id)
    losses = desk.records.factor_losses
    earlier = await losses.find(account_id)
    if earlier is not None and await standing_report(desk, account_id) is None:
        await losses.take(earlier)
    if not await losses.add(FactorLoss(account_id, by, desk.clock.now())):
        raise PeopleRuleError(REPORTED)
    await note(desk.records.audit_log, desk.clock, by, Act.FACTOR_LOSS_REPORTED, account_id)


async def agree(desk: StaffDesk, by: int, account_id: int) -> Invited:
    """Agree with another coordinator's report: end all sign-ins and invite to a new one.

    Raises `PeopleRuleError`: `NOT_A_COORDINATOR`, `OWN_LOSS`, `NOT_ACTIVE`, `NOT_REPORTED` or `OWN_REPORT`.
    """
    person = await _check(desk, by, account_id)
    loss = await standing_report(desk, account_id)
    if loss is None:
        raise PeopleRuleError(NOT_REPORTED)
    if loss.asked_by == by:
        raise PeopleRuleError(OWN_REPORT)
    # Exactly the report that was looked at: one that came in its place meanwhile may be one's own.
    if not await desk.records.factor_losses.take(loss):
        raise PeopleRuleError(NOT_REPORTED)
    await revoke_all(desk, account_id)
    invited = await new_invitation(desk, by, person.account, InvitationKind.RESTORE)
    await note(desk.records.audit_log, desk.clock, by, Act.FACTOR_LOSS_AGREED, account_id)
    return invited


async def withdraw(desk: StaffDesk, by: int, account_id: int) -> None:
    """Take a report back, one's own or another's; without one nothing happens."""
    loss = await desk.records.factor_losses.find(account_id)
    if loss is not None and await desk.records.factor_losses.take(loss):
        await note(desk.records.audit_log, desk.clock, by, Act.FACTOR_LOSS_WITHDRAWN, account_id)


async def _check(desk: StaffDesk, by: int, account_id: int) -> people.Person:
    await people.acting_coordinator(desk, by)
    if by == account_id:
        raise PeopleRuleError(OWN_LOSS)
    person = await people.find(desk, account_id)
    if person is None or not person.may_act:
        raise PeopleRuleError(NOT_ACTIVE)
    return person
