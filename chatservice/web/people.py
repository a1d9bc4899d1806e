"""Everybody who works here: inviting, closing and opening accounts, and a lost second factor. Coordinators only.

Knows forms and pages; the rules stand in usecases/inviting.py, people.py and factor_losses.py. An invitation's address
is shown once, in the answer to the form, and goes into no link and no record.
"""

from datetime import datetime
from functools import partial
from typing import Annotated, Final

import msgspec
from quart import Blueprint
from quart.typing import ResponseReturnValue

from chatservice import theming
from chatservice.domain.certification import Role
from chatservice.domain.opening_words import WEEKDAYS, clock_words, date_words
from chatservice.errors import UsernameTakenError
from chatservice.invitation_mail import send_invitation
from chatservice.usecases import clearing, inviting, people
from chatservice.usecases.inviting import Invited, Mistake
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.freshness import fresh_required, is_fresh
from chatservice.web.languages import N_, current_language
from chatservice.web.office import office_page
from chatservice.web.parts import parts

blueprint = Blueprint("people", __name__)
ROOM: Final = "/samordnare/personer/"
_MISTAKES: Final = {
    ("username", Mistake.MALFORMED): N_(
        "Skriv ett användarnamn på 1 till 32 tecken: a till ö, siffror, punkt, streck och understreck."
    ),
    ("username", Mistake.TAKEN): N_("Användarnamnet är upptaget. Välj ett annat."),
    ("alias", Mistake.MALFORMED): N_("Skriv ett namn på högst 40 vanliga tecken, eller lämna fältet tomt."),
    ("role", Mistake.MISSING): N_("Välj en roll."),
    ("email", Mistake.MALFORMED): N_("E-postadressen ser inte rätt ut. Rätta den, eller lämna fältet tomt."),
}


class InviteForm(msgspec.Struct, frozen=True):
    """The form that invites. Takes everything that fits: what is wrong is said beside its field."""

    username: Annotated[str, msgspec.Meta(max_length=400)]
    role: Annotated[str, msgspec.Meta(max_length=40)] = ""
    alias: Annotated[str, msgspec.Meta(max_length=400)] = ""
    email: Annotated[str, msgspec.Meta(max_length=400)] = ""


@blueprint.get(ROOM)
@staff_required(Role.COORDINATOR)
async def list_page() -> ResponseReturnValue:
    """Show everybody, and the form that invites."""
    return await _list_page(InviteForm(""))


@blueprint.post(ROOM)
@staff_required(Role.COORDINATOR)
@fresh_required(ROOM)
async def invite() -> ResponseReturnValue:
    """Invite somebody, and show the address once."""
    the, staff, form = parts(), await signed_in_staff(), await read_form(InviteForm)
    alias, email = form.alias.strip() or None, email_of(form.email)
    wrong = await inviting.mistakes(
        the.staff, username=form.username, alias=alias, role=form.role, email=email
    )
    if not wrong:
        try:
            invited = await inviting.invite(
                the.staff, staff.account_id, username=form.username, alias=alias, role=Role(form.role)
            )
        except UsernameTakenError:  # by somebody who invited in the same moment
            wrong["username"] = Mistake.TAKEN
        else:
            return await invited_page(invited, email)
    return await _list_page(form, status=422, wrong=wrong)


def until_words(at: datetime, *, with_clock: bool = False) -> str:
    """Write an instant of the organisation's own day: "torsdag 26 november", or with "kl. 19.00"."""
    translate = partial(theming.translate, language=current_language())
    local = at.astimezone(parts().schedule.zone)
    day = (
        f"{translate(WEEKDAYS[local.weekday()])} {date_words(local.date(), year=False, translate=translate)}"
    )
    if not with_clock:
        return day
    return translate(N_("%(day)s kl. %(time)s")) % {"day": day, "time": clock_words(local)}


def email_of(typed: str) -> str:
    """Return where an invitation is mailed to; nowhere without a mail server, when the page has no such field."""
    return typed.strip() if parts().settings.smtp_host else ""


async def _list_page(
    form: InviteForm, *, status: int = 200, wrong: dict[str, Mistake] | None = None
) -> ResponseReturnValue:
    return await office_page(
        "office_people.html",
        room=ROOM,
        status=status,
        errors=in_words(wrong or {}),
        everybody=await people.everybody(parts().staff),
        readiness=await clearing.overview(parts().staff, parts().terms),
        form=form,
        roles=tuple(Role),
        until_words=until_words,
        is_fresh=await is_fresh(),
        mails=bool(parts().settings.smtp_host),
    )


async def invited_page(invited: Invited, email: str) -> ResponseReturnValue:
    """Show an invitation's address this one time, and mail it when somebody typed where to."""
    the = parts()
    address = inviting.address(the.settings.public_origin, invited.token)
    until = until_words(invited.invitation.expires_at, with_clock=True)
    mailed = email and await send_invitation(
        the.settings,
        organisation=the.organisation.short_name,
        recipient=email,
        address=address,
        until=until,
    )
    return await office_page(
        "office_invited.html",
        room=ROOM,
        account=invited.account,
        kind=invited.invitation.kind,
        address=address,
        until=until,
        mail=("sent" if mailed else "failed") if email else "",
    )


def in_words(wrong: dict[str, Mistake]) -> dict[str, str]:
    """Say what is wrong with each field, in the language of the page."""
    translate = partial(theming.translate, language=current_language())
    return {field: translate(_MISTAKES[field, mistake]) for field, mistake in wrong.items()}
