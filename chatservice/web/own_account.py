"""Everybody's own account: password, second factors, recovery codes, and where she is signed in.

Every change of how somebody signs in asks for a fresh proof (`freshness.py`); ending sessions does not, because who
fears that somebody else is signed in must be quick. Ended sessions are off their open sockets at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec
from quart import Blueprint, Response, render_template
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.errors import LastFactorError, SignInRefusedError
from chatservice.usecases import own_account, passkeys
from chatservice.usecases.recovery import make_recovery_codes
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import LARGEST_LETTER_BYTES, read_form
from chatservice.web.freshness import fresh_required
from chatservice.web.languages import N_
from chatservice.web.new_password import password_errors
from chatservice.web.office import OWN_ACCOUNT, done, office_page
from chatservice.web.parts import parts
from chatservice.web.qr_code import in_groups, qr_code
from chatservice.web.welcome import WRONG_CODE, today

blueprint = Blueprint("own_account", __name__)
HERE: Final = OWN_ACCOUNT.path


class PasswordForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password, twice."""

    password: Annotated[str, msgspec.Meta(max_length=400)]
    password_again: Annotated[str, msgspec.Meta(max_length=400)]


class CodeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first code of a new code app."""

    code: Annotated[str, msgspec.Meta(max_length=40)]


class PasskeyForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey that a device has made (JSON of its answer), and what its owner calls it."""

    passkey: Annotated[str, msgspec.Meta(max_length=20_000)]
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RemovalForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of one's own passkeys, or sessions, shall go."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=1400)]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of one's own sessions, in the organisation's own time."""

    id: str
    since: datetime
    seen: datetime
    is_this: bool


@blueprint.get("/konto/")
@staff_required(*Role)
async def page() -> ResponseReturnValue:
    """Show one's own account."""
    return await _page()


@blueprint.post("/konto/losenord")
@staff_required(*Role)
@fresh_required(HERE)
async def change_password() -> ResponseReturnValue:
    """Set a new password."""
    form = await read_form(PasswordForm)
    errors = password_errors(form.password, form.password_again)
    if errors:
        return await _page(errors)
    await own_account.change_password(parts().staff, await signed_in_staff(), form.password)
    await parts().session_watch.look()
    return done(HERE, "password")


@blueprint.post("/konto/kodapp")
@staff_required(*Role)
@fresh_required(HERE)
async def show_code_app() -> ResponseReturnValue:
    """Show the secret of a new code app."""
    return await _code_app_page()


@blueprint.post("/konto/kodapp/klar")
@staff_required(*Role)
@fresh_required(HERE)
async def change_code_app() -> ResponseReturnValue:
    """Let a new code app replace the former one, when it shows the right code."""
    form = await read_form(CodeForm)
    try:
        await own_account.change_code_app(parts().staff, await signed_in_staff(), form.code)
    except SignInRefusedError:
        return await _code_app_page({"code": WRONG_CODE})
    return done(HERE, "code_app")


@blueprint.post("/konto/passkey/start")
@staff_required(*Role)
@fresh_required(HERE)
async def passkey_options() -> ResponseReturnValue:
    """Give what a browser needs to make a passkey."""
    the, staff = parts(), await signed_in_staff()
    account = await the.records.accounts.find(staff.account_id)
    assert account is not None, "who is signed in has an account"
    options = await passkeys.ask_to_make(the.staff, passkeys.adding(staff), account)
    return Response(options, content_type="application/json")


@blueprint.post("/konto/passkey")
@staff_required(*Role)
@fresh_required(HERE)
async def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that a device has made."""
    form = await read_form(PasskeyForm, largest_bytes=LARGEST_LETTER_BYTES)
    staff = await signed_in_staff()
    try:
        await passkeys.add_passkey(parts().staff, staff, form.passkey, name=form.name, today=today())
    except SignInRefusedError:
        return await _page({"name": N_("Det gick inte att lägga till en passkey. Försök igen.")})
    return done(HERE, "passkey_added")


@blueprint.post("/konto/passkey/bort")
@staff_required(*Role)
@fresh_required(HERE)
async def remove_passkey() -> ResponseReturnValue:
    """Take a passkey away."""
    form = await read_form(RemovalForm)
    try:
        await passkeys.remove_passkey(parts().staff, await signed_in_staff(), form.id)
    except LastFactorError:
        return await _page(
            {"passkeys": N_("Det är ditt enda andra steg. Lägg in en kodapp eller en passkey till först.")}
        )
    return done(HERE, "passkey_removed")


@blueprint.post("/konto/reservkoder")
@staff_required(*Role)
@fresh_required(HERE)
async def new_recovery_codes() -> ResponseReturnValue:
    """Make ten new recovery codes and show them once."""
    staff = await signed_in_staff()
    codes = await make_recovery_codes(parts().staff, staff.account_id)
    page = await render_template("recovery_codes.html", codes=codes, onward=HERE, is_new=False, versions={})
    return Response(page, content_type="text/html; charset=utf-8")


@blueprint.post("/konto/inloggning/avsluta")
@staff_required(*Role)
async def end_session() -> ResponseReturnValue:
    """End another session of one's own."""
    form = await read_form(RemovalForm)
    await own_account.end_session(parts().staff, await signed_in_staff(), form.id)
    await parts().session_watch.look()
    return done(HERE, "session_ended")


@blueprint.post("/konto/inloggningar/avsluta")
@staff_required(*Role)
async def end_other_sessions() -> ResponseReturnValue:
    """End every session of one's own but this one."""
    await own_account.end_other_sessions(parts().staff, await signed_in_staff())
    await parts().session_watch.look()
    return done(HERE, "sessions_ended")


async def _page(errors: dict[str, str] | None = None) -> Response:
    the, staff = parts(), await signed_in_staff()
    zone = the.schedule.zone
    credentials = await the.records.accounts.credentials(staff.username)
    return await office_page(
        "own_account.html",
        room=HERE,
        status=422 if errors else 200,
        errors=errors,
        has_code_app=bool(credentials and credentials.code_secret),
        passkeys=await the.records.passkeys.of_account(staff.account_id),
        recovery_codes=await the.records.recovery_codes.count(staff.account_id),
        sessions=[
            SessionLine(
                session.id,
                session.created_at.astimezone(zone),
                session.seen_at.astimezone(zone),
                session.id == staff.session_id,
            )
            for session in await own_account.living_sessions(the.staff, staff)
        ],
    )


async def _code_app_page(errors: dict[str, str] | None = None) -> Response:
    the, staff = parts(), await signed_in_staff()
    secret = await own_account.begin_code_app(the.staff, staff)
    address = the.staff.codes.address(secret, username=staff.username, issuer=the.organisation.short_name)
    return await office_page(
        "own_code_app.html",
        room=HERE,
        status=422 if errors else 200,
        errors=errors,
        qr=qr_code(address),
        secret=in_groups(secret),
        versions={},
    )
