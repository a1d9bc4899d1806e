"""One who works here, and what a coordinator can do about her account.

Knows forms and pages; the rules stand in usecases/people.py, inviting.py and factor_losses.py. Read `people.py` first.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from quart import Blueprint, abort, request
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.domain.duty import DutyState
from chatservice.domain.letter import is_email
from chatservice.errors import PeopleRuleError
from chatservice.usecases import factor_losses, inviting, mentoring, people
from chatservice.usecases.inviting import Mistake
from chatservice.usecases.staff_desk import StaffDesk
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.freshness import fresh_required
from chatservice.web.office import done, office_page
from chatservice.web.parts import parts
from chatservice.web.people import ROOM, email_of, in_words, invited_page, until_words

blueprint = Blueprint("person", __name__)
_PERSON: Final = ROOM + "<int:number>/"
_STEP: Final = "steg"
_Act: TypeAlias = Callable[[StaffDesk, int, int], Awaitable[None]]
"""Something that a coordinator does (first number) about somebody's account (second)."""


class InviteAgainForm(msgspec.Struct, frozen=True):
    """The form that invites anew."""

    email: Annotated[str, msgspec.Meta(max_length=400)] = ""


class SureForm(msgspec.Struct, frozen=True):
    """The button of the second step of something that hits at once."""

    sure: Literal["yes"]


@blueprint.get(_PERSON)
@staff_required(Role.COORDINATOR)
async def person_page(number: int) -> ResponseReturnValue:
    """Show somebody, and what can be done about her account."""
    return await _person_page(number)


@blueprint.post(_PERSON + "inbjudan")
@staff_required(Role.COORDINATOR)
@fresh_required(_PERSON)
async def invite_again(number: int) -> ResponseReturnValue:
    """Make a new invitation for who has not accepted, and show its address once."""
    the, by = parts(), (await signed_in_staff()).account_id
    email = email_of((await read_form(InviteAgainForm)).email)
    if email and not is_email(email):
        return await _person_page(number, status=422, wrong={"email": Mistake.MALFORMED})
    try:
        return await invited_page(await inviting.invite_again(the.staff, by, number), email)
    except PeopleRuleError as error:
        return await _refused(number, error)


@blueprint.post(_PERSON + "inbjudan/dra-tillbaka")
@staff_required(Role.COORDINATOR)
async def withdraw_invitation(number: int) -> ResponseReturnValue:
    """Let an invitation work no longer."""
    return await _doing(number, inviting.withdraw, "inbjudan-tillbaka")


@blueprint.post(_PERSON + "stang-av")
@staff_required(Role.COORDINATOR)
@fresh_required(_PERSON)
async def deactivate(number: int) -> ResponseReturnValue:
    """Close an account: she is signed out, off duty and off her sockets at once."""
    await read_form(SureForm)
    the = parts()
    answer = await _doing(number, people.deactivate, "avstangd")
    if not await _may_sign_in(number):
        await mentoring.set_duty(the.live, number, DutyState.OFF, missing=())
    await the.session_watch.look()
    return answer


@blueprint.post(_PERSON + "oppna")
@staff_required(Role.COORDINATOR)
@fresh_required(_PERSON)
async def reopen(number: int) -> ResponseReturnValue:
    """Let a closed account sign in again."""
    return await _doing(number, people.reopen, "oppnad")


@blueprint.post(_PERSON + "logga-ut")
@staff_required(Role.COORDINATOR)
@fresh_required(_PERSON)
async def end_sign_ins(number: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    await read_form(SureForm)
    the = parts()
    answer = await _doing(number, people.end_sign_ins, "utloggad")
    await the.session_watch.look()
    return answer


@blueprint.post(_PERSON + "forlust")
@staff_required(Role.COORDINATOR)
@fresh_required(_PERSON)
async def report_loss(number: int) -> ResponseReturnValue:
    """Say that somebody has lost her second factor."""
    return await _doing(number, factor_losses.report, "anmald")


@blueprint.post(_PERSON + "forlust/bekrafta")
@staff_required(Role.COORDINATOR)
@fresh_required(_PERSON)
async def agree_loss(number: int) -> ResponseReturnValue:
    """Agree with another coordinator's report: sign her out everywhere and show her new address once."""
    the, by = parts(), (await signed_in_staff()).account_id
    try:
        invited = await factor_losses.agree(the.staff, by, number)
    except PeopleRuleError as error:
        return await _refused(number, error)
    await the.session_watch.look()
    return await invited_page(invited, "")


@blueprint.post(_PERSON + "forlust/dra-tillbaka")
@staff_required(Role.COORDINATOR)
async def withdraw_loss(number: int) -> ResponseReturnValue:
    """Take a report back."""
    return await _doing(number, factor_losses.withdraw, "anmalan-tillbaka")


async def _may_sign_in(number: int) -> bool:
    account = await parts().records.accounts.find(number)
    return account is not None and account.active


async def _doing(number: int, act: _Act, told: str) -> ResponseReturnValue:
    """Do it and lead back to the person with a word about it; what is refused is said on her page."""
    the, staff = parts(), await signed_in_staff()
    if await the.records.accounts.find(number) is None:
        abort(404)
    try:
        await act(the.staff, staff.account_id, number)
    except PeopleRuleError as error:
        return await _refused(number, error)
    return done(f"{ROOM}{number}/", told)


async def _refused(number: int, error: PeopleRuleError) -> ResponseReturnValue:
    return await _person_page(number, status=409, refused=error.reason)


async def _person_page(
    number: int, *, status: int = 200, wrong: dict[str, Mistake] | None = None, refused: str = ""
) -> ResponseReturnValue:
    the, staff = parts(), await signed_in_staff()
    person = await people.find(the.staff, number)
    if person is None:
        abort(404)
    loss = await factor_losses.standing_report(the.staff, number)
    reporter = await the.records.accounts.find(loss.asked_by) if loss else None
    return await office_page(
        "office_person.html",
        room=ROOM,
        status=status,
        errors=in_words(wrong or {}),
        person=person,
        is_own=number == staff.account_id,
        sign_ins=await people.sign_ins(the.staff, number),
        loss=loss,
        reporter=reporter,
        enough_coordinators=await factor_losses.enough_coordinators(the.staff, number),
        until_words=until_words,
        refused=refused,
        step=request.args.get(_STEP, ""),
        mails=bool(the.settings.smtp_host),
    )
