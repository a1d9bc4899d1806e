"""Passkeys over HTTP: what a browser needs to use one, and its answer, at sign-in and where somebody is asked again.

The answers are small JSON for the page's script, which alone can speak to a device. Adding and taking away:
`own_account.py`. What is right or wrong: usecases/passkeys.py.
"""

import asyncio
from typing import Final, cast

from quart import Blueprint, Response, jsonify, request
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.errors import SignInRefusedError
from chatservice.usecases import passkeys
from chatservice.web.access import SIGN_IN_PATH, begin_session, current_staff, signed_in_staff, staff_required
from chatservice.web.connection_address import address_of
from chatservice.web.forms import LARGEST_BODY_BYTES, bound_body
from chatservice.web.freshness import AFTERWARDS, CONFIRM_PATH, way_on
from chatservice.web.languages import in_current_language
from chatservice.web.office import HOME
from chatservice.web.parts import parts
from chatservice.web.sign_in_delay import Name, SignInDelays

_NOBODY: Final = ""


def passkey_blueprint() -> Blueprint:
    """Make the routes of using a passkey."""
    blueprint = Blueprint("passkeys", __name__)

    @blueprint.post(f"{SIGN_IN_PATH}/passkey/start")
    async def sign_in_options() -> ResponseReturnValue:
        if parts().sign_in_delays.is_full:
            return _busy()
        return _options(await passkeys.ask_to_use(parts().staff, passkeys.SIGN_IN))

    @blueprint.post(f"{SIGN_IN_PATH}/passkey")
    async def sign_in() -> ResponseReturnValue:
        delays = parts().sign_in_delays
        if delays.is_full:
            return _busy()
        with delays:
            former = await current_staff()
            name = await _wait(delays, _NOBODY)
            try:
                signed_in = await passkeys.sign_in_with_passkey(
                    parts().staff, await _answer(), former_session_id=former.session_id if former else None
                )
            except SignInRefusedError as error:
                await delays.note_failure(name)
                return jsonify({"error": error.code}), 422
        await delays.forget(name)
        begin_session(signed_in)
        return jsonify({"there": in_current_language(HOME[signed_in.identity.role])})

    @blueprint.post(f"{CONFIRM_PATH}/passkey/start")
    @staff_required(*Role)
    async def confirm_options() -> ResponseReturnValue:
        staff = await signed_in_staff()
        return _options(await passkeys.ask_to_use(parts().staff, passkeys.confirming(staff)))

    @blueprint.post(f"{CONFIRM_PATH}/passkey")
    @staff_required(*Role)
    async def confirm() -> ResponseReturnValue:
        delays = parts().sign_in_delays
        if delays.is_full:
            return _busy()
        staff = await signed_in_staff()
        with delays:
            name = await _wait(delays, staff.username)
            try:
                await passkeys.confirm_with_passkey(parts().staff, staff, await _answer())
            except SignInRefusedError as error:
                await delays.note_failure(name)
                return jsonify({"error": error.code}), 422
        await delays.forget(name)
        return jsonify({"there": way_on(request.args.get(AFTERWARDS, ""), staff.role)})

    return blueprint


async def _wait(delays: SignInDelays, username: str) -> Name:
    name = delays.name(username, address_of(request, parts().settings.proxy_hops))
    await asyncio.sleep(await delays.delay_s(name))
    return name


async def _answer() -> str:
    bound_body(LARGEST_BODY_BYTES)
    return cast("bytes", await request.get_data()).decode(errors="replace")


def _options(options: str) -> Response:
    return Response(options, content_type="application/json")


def _busy() -> ResponseReturnValue:
    return jsonify({"error": "busy"}), 503, {"Retry-After": "10"}
