"""The first sign-in, and the one after a lost factor: who is invited chooses a password and a second factor.

The address holds its token after the #, which browsers send to nobody: the page's script takes it out of the address
bar and sends it in the body of a form, and it goes from page to page in a hidden field. So it stands in no address
that a server, a log or another site sees. What an invitation is and when it is used up: usecases/welcoming.py.
"""

from datetime import date
from typing import Annotated, Final

import msgspec
from quart import Blueprint, Response, render_template
from quart.typing import ResponseReturnValue

from chatservice.errors import InvitationOverError, SignInRefusedError
from chatservice.usecases import welcoming
from chatservice.usecases.welcoming import WelcomedIn
from chatservice.web.access import begin_session, current_staff
from chatservice.web.forms import LARGEST_LETTER_BYTES, read_form
from chatservice.web.languages import N_
from chatservice.web.new_password import password_errors
from chatservice.web.office import HOME
from chatservice.web.parts import parts
from chatservice.web.qr_code import in_groups, qr_code

blueprint = Blueprint("welcome", __name__)
PATH: Final = "/valkommen/"
PASSKEY: Final = "passkey"
WRONG_CODE: Final = N_("Koden stämmer inte. Vänta på nästa kod i appen och skriv den.")
WRONG_PASSKEY: Final = N_("Det gick inte att lägga in en passkey. Försök igen, eller välj kodapp.")


class WelcomeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes in from the page; only the token from the script that opens it."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    password: Annotated[str, msgspec.Meta(max_length=400)] = ""
    password_again: Annotated[str, msgspec.Meta(max_length=400)] = ""
    factor: Annotated[str, msgspec.Meta(max_length=10)] = ""
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    passkey: Annotated[str, msgspec.Meta(max_length=20_000)] = ""


@blueprint.get(PATH)
async def waiting_page() -> ResponseReturnValue:
    """Give out the page that reads the token from its own address."""
    return _html(await render_template("welcome.html", step="waiting"))


@blueprint.post("/valkommen/oppna")
async def open_page() -> ResponseReturnValue:
    """Say who is invited, and ask for a password and a second factor."""
    form = await read_form(WelcomeForm)
    return await _form_page(form.token)


@blueprint.post("/valkommen/passkey")
async def passkey_options() -> ResponseReturnValue:
    """Give what a browser needs to make a passkey; 422 when the form must go the ordinary way to be put right."""
    form = await read_form(WelcomeForm)
    if password_errors(form.password, form.password_again):
        return {"error": "password"}, 422
    try:
        options = await welcoming.ask_for_passkey(parts().staff, form.token)
    except InvitationOverError:
        return {"error": "over"}, 422
    return Response(options, content_type="application/json")


@blueprint.post("/valkommen/klar")
async def come_in() -> ResponseReturnValue:
    """Let somebody in who has chosen both, and show her recovery codes once."""
    form = await read_form(WelcomeForm, largest_bytes=LARGEST_LETTER_BYTES)
    errors = password_errors(form.password, form.password_again)
    if form.factor != PASSKEY and not form.code.strip():
        errors["code"] = N_("Skriv koden som appen visar.")
    if errors:
        return await _form_page(form.token, errors)
    try:
        welcomed = await _come_in(form)
    except InvitationOverError:
        return await _over()
    except SignInRefusedError:
        wrong = {"passkey": WRONG_PASSKEY} if form.factor == PASSKEY else {"code": WRONG_CODE}
        return await _form_page(form.token, wrong)
    begin_session(welcomed.signed_in)
    await parts().session_watch.look()
    page = await render_template(
        "recovery_codes.html",
        codes=welcomed.recovery_codes,
        onward=HOME[welcomed.signed_in.identity.role],
        is_new=True,
        versions={},
    )
    return _html(page)


async def _come_in(form: WelcomeForm) -> WelcomedIn:
    desk = parts().staff
    former = await current_staff()
    former_session_id = former.session_id if former else None
    if form.factor == PASSKEY:
        return await welcoming.come_in_with_passkey(
            desk,
            form.token,
            password=form.password,
            answer=form.passkey,
            today=today(),
            former_session_id=former_session_id,
        )
    return await welcoming.come_in_with_code(
        desk, form.token, password=form.password, code=form.code, former_session_id=former_session_id
    )


def today() -> date:
    """Return the organisation's own day."""
    return parts().staff.clock.now().astimezone(parts().schedule.zone).date()


async def _form_page(token: str, errors: dict[str, str] | None = None) -> Response:
    the = parts()
    try:
        welcome = await welcoming.open_welcome(the.staff, token)
    except InvitationOverError:
        return await _over()
    account = welcome.account
    address = the.staff.codes.address(
        welcome.code_secret, username=account.username, issuer=the.organisation.short_name
    )
    page = await render_template(
        "welcome.html",
        step="form",
        token=token,
        account=account,
        kind=welcome.invitation.kind.value,
        until=welcome.invitation.expires_at.astimezone(the.schedule.zone),
        qr=qr_code(address),
        secret=in_groups(welcome.code_secret),
        errors=errors or {},
        versions={},
    )
    return _html(page, 422 if errors else 200)


async def _over() -> Response:
    return _html(await render_template("welcome.html", step="over", versions={}), 410)


def _html(page: str, status: int = 200) -> Response:
    return Response(page, status, content_type="text/html; charset=utf-8")
