"""Proving again who one is, before what is sensitive: a computer that was left open must not be enough.

`fresh_required(back)` stands under `staff_required` on every view that changes how somebody signs in, who may work
here, or what visitors trust. After half an hour it leads to a page that asks for password and code, or a passkey, and
from there to `back`. Knows forms and pages; what a proof is stands in usecases/proving.py.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from typing import Final, ParamSpec, cast
from urllib.parse import urlencode

from quart import Blueprint, Response, redirect, render_template, request
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.errors import MalformedError, SignInRefusedError
from chatservice.usecases import accounts
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.connection_address import address_of
from chatservice.web.forms import ConfirmForm, read_form
from chatservice.web.languages import in_current_language
from chatservice.web.office import HOME
from chatservice.web.parts import parts

FRESH_FOR: Final = timedelta(minutes=30)
CONFIRM_PATH: Final = "/konto/bekrafta"
AFTERWARDS: Final = "vidare"
_ROOM: Final = re.compile(r"/(?:mentor|samordnare|redaktor|drift|konto|texter)/(?:[a-z0-9_-]+/?)*\Z")

_Parameters = ParamSpec("_Parameters")
_View = Callable[_Parameters, Awaitable[ResponseReturnValue]]


def fresh_required(back: str) -> Callable[[_View[_Parameters]], _View[_Parameters]]:
    """Open a view only to who proved herself within half an hour; others do so first and come to `back`.

    `back` is the page with the form: what was sent is not kept, because nobody keeps a password or a signature. It may
    hold parameters of the view's own rule (`/…/<int:number>/`).
    """

    def decorate(view: _View[_Parameters]) -> _View[_Parameters]:
        @wraps(view)
        async def guarded(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> ResponseReturnValue:
            if not await is_fresh():
                there = back
                for name, value in (request.view_args or {}).items():
                    there = there.replace(f"<int:{name}>", str(value))
                return cast("ResponseReturnValue", redirect(confirm_address(there), 303))
            return await view(*args, **kwargs)

        return guarded

    return decorate


async def is_fresh() -> bool:
    """Say whether who is signed in has proved herself within half an hour."""
    staff = await signed_in_staff()
    return parts().staff.clock.now() - staff.confirmed_at < FRESH_FOR


def confirm_address(back: str, path: str = CONFIRM_PATH) -> str:
    """Return the address of the page that asks again, or of a part of it, and then leads to `back`."""
    there = in_current_language(path)
    return there + ("&" if "?" in there else "?") + urlencode({AFTERWARDS: back})


def way_on(asked: str, role: Role) -> str:
    """Return where to go afterwards: what the address asked for when it is a room of the staff's, else home."""
    return in_current_language(asked if _ROOM.match(asked) else HOME[role])


def freshness_blueprint() -> Blueprint:
    """Make the page that asks again."""
    blueprint = Blueprint("freshness", __name__)

    @blueprint.get(CONFIRM_PATH)
    @staff_required(*Role)
    async def confirm_page() -> ResponseReturnValue:
        return await _confirm_page()

    @blueprint.post(CONFIRM_PATH)
    @staff_required(*Role)
    async def confirm() -> ResponseReturnValue:
        delays = parts().sign_in_delays
        if delays.is_full:
            return await _confirm_page("busy", 503)
        with delays:
            return await _try_to_confirm()

    return blueprint


async def _try_to_confirm() -> ResponseReturnValue:
    delays = parts().sign_in_delays
    staff = await signed_in_staff()
    name = delays.name(staff.username, address_of(request, parts().settings.proxy_hops))
    try:
        form = await read_form(ConfirmForm)
        await asyncio.sleep(await delays.delay_s(name))
        await accounts.confirm(parts().staff, staff, password=form.password, code=form.code)
    except SignInRefusedError:
        await delays.note_failure(name)
        return await _confirm_page("refused", 422)
    except MalformedError:
        return await _confirm_page("refused", 422)
    await delays.forget(name)
    return cast("ResponseReturnValue", redirect(way_on(request.args.get(AFTERWARDS, ""), staff.role), 303))


async def _confirm_page(message: str = "", status: int = 200) -> Response:
    staff = await signed_in_staff()
    back = request.args.get(AFTERWARDS, "")
    room = back if _ROOM.match(back) else HOME[staff.role]
    page = await render_template(
        "confirm.html",
        message=message,
        action=confirm_address(room),
        passkey_action=confirm_address(room, f"{CONFIRM_PATH}/passkey"),
        back=way_on(back, staff.role),
    )
    return Response(page, status, content_type="text/html; charset=utf-8")
