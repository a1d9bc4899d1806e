"""Signing in and out, and the certificate of a mentor's browser key.

Knows forms and pages. What is right or wrong is decided in usecases/accounts.py and usecases/certifying.py; what the
cookie looks like in access.py.
"""

import asyncio

from quart import Blueprint, Response, jsonify, redirect, render_template, request
from quart.typing import ResponseReturnValue

from chatservice.domain import sealing
from chatservice.domain.certification import Certificate, Role
from chatservice.errors import MalformedError, NotClearedError, SignInRefusedError
from chatservice.usecases import accounts, certifying
from chatservice.usecases.accounts import SignedIn
from chatservice.web.access import (
    SIGN_IN_PATH,
    begin_session,
    current_staff,
    end_session,
    signed_in_staff,
    staff_required,
)
from chatservice.web.connection_address import address_of
from chatservice.web.forms import CertificateForm, SignInForm, read_form, read_json
from chatservice.web.languages import in_current_language
from chatservice.web.office import HOME, OWN_ACCOUNT, done
from chatservice.web.parts import parts


def account_blueprint() -> Blueprint:
    """Make the routes of signing in and out and of certificates."""
    blueprint = Blueprint("account", __name__)

    @blueprint.get(SIGN_IN_PATH)
    async def sign_in_page() -> ResponseReturnValue:
        staff = await current_staff()
        if staff is not None:
            return redirect(in_current_language(HOME[staff.role]), 303)
        return await _sign_in_page()

    @blueprint.post(SIGN_IN_PATH)
    async def sign_in() -> ResponseReturnValue:
        delays = parts().sign_in_delays
        if delays.is_full:
            return await _sign_in_page(message="busy"), 503, {"Retry-After": "10"}
        with delays:
            return await _try_sign_in()

    @blueprint.post("/mentor/logga-ut")
    async def sign_out() -> ResponseReturnValue:
        staff = await current_staff()
        if staff is not None:
            await accounts.sign_out(parts().staff, staff.session_id)
        end_session()
        return redirect(in_current_language(SIGN_IN_PATH), 303)

    @blueprint.post("/mentor/certifikat")
    @staff_required(Role.MENTOR)
    async def certificate() -> ResponseReturnValue:
        staff = await signed_in_staff()
        form = await read_json(CertificateForm)
        try:
            answer = await certifying.request_certificate(
                parts().staff, staff.account_id, sealing.from_base64url(form.key)
            )
        except NotClearedError as error:
            return jsonify({"error": error.code, **error.detail}), 403
        if isinstance(answer, Certificate):
            return jsonify({"certificate": certificate_fields(answer)})
        # What is compared by voice, her browser makes from her key: not a word of ours goes into it.
        return jsonify(key_id=answer.key_id), 202

    return blueprint


async def after_sign_in(signed_in: SignedIn) -> ResponseReturnValue:
    """Lead somebody home, or first to her own account when a recovery code was used: few are left."""
    if signed_in.used_recovery_code:
        return done(OWN_ACCOUNT.path, "recovery_code_used")
    return redirect(in_current_language(HOME[signed_in.identity.role]), 303)


def certificate_fields(certificate: Certificate) -> dict[str, str]:
    """Give a certificate as it goes over the wire (docs/protocol.md)."""
    return {
        "body": sealing.to_base64url(certificate.body),
        "signature": sealing.to_base64url(certificate.signature),
    }


async def _try_sign_in() -> ResponseReturnValue:
    delays = parts().sign_in_delays
    former = await current_staff()
    username = ""
    try:
        form = await read_form(SignInForm)
        username = form.username
        name = delays.name(form.username, address_of(request, parts().settings.proxy_hops))
        await asyncio.sleep(await delays.delay_s(name))
        try:
            signed_in = await accounts.sign_in(
                parts().staff,
                username=form.username,
                password=form.password,
                code=form.code,
                former_session_id=former.session_id if former else None,
            )
        except SignInRefusedError:
            await delays.note_failure(name)
            raise
    except (SignInRefusedError, MalformedError):
        return await _sign_in_page(message="refused", username=username), 401
    await delays.forget(name)
    begin_session(signed_in)
    return await after_sign_in(signed_in)


async def _sign_in_page(message: str = "", username: str = "") -> Response:
    page = await render_template("sign_in.html", message=message, username=username)
    return Response(page, content_type="text/html; charset=utf-8")
