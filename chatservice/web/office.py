"""What the staff's pages share: their rooms in the menu, what was just done, and what is wrong with a form.

Knows which rooms each role has. A page of the office extends templates/office.html and is given out by `office_page`;
a form that went well ends with `done`, so that going back or reloading sends nothing twice.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, cast

from quart import Blueprint, Response, redirect, render_template, request
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.languages import N_, in_current_language
from chatservice.web.parts import parts
from chatservice.year_page import drafts_in

blueprint = Blueprint("office", __name__)
TOLD_PARAMETER: Final = "klart"


@dataclass(frozen=True, slots=True)
class Room:
    """A page in the staff's menu: its address, and its name, a sentence for translation."""

    path: str
    name: str


OWN_ACCOUNT: Final = Room("/konto/", N_("Ditt konto"))
ROOMS: Final[dict[Role, tuple[Room, ...]]] = {
    Role.MENTOR: (
        Room("/mentor/", N_("Samtal")),
        Room("/mentor/pass/", N_("Dina pass")),
        Room("/mentor/certifiering/", N_("Din certifiering")),
        OWN_ACCOUNT,
    ),
    Role.COORDINATOR: (
        Room("/samordnare/", N_("Översikt")),
        Room("/samordnare/oppettider/", N_("Öppettider")),
        Room("/samordnare/schema/", N_("Schema")),
        Room("/samordnare/personer/", N_("Personer")),
        Room("/samordnare/nycklar/", N_("Nycklar")),
        Room("/samordnare/inkorg/", N_("Inkorg")),
        Room("/samordnare/siffror/", N_("Siffror")),
        Room("/samordnare/handelser/", N_("Händelser")),
        OWN_ACCOUNT,
    ),
    Role.EDITOR: (Room("/redaktor/", N_("Sidorna")), OWN_ACCOUNT),
    Role.OPERATOR: (Room("/drift/", N_("Driften")), Room("/drift/handelser/", N_("Händelser")), OWN_ACCOUNT),
}


HOME: Final[dict[Role, str]] = {role: rooms[0].path for role, rooms in ROOMS.items()}


async def office_page(
    template: str, *, room: str, status: int = 200, errors: dict[str, str] | None = None, **values: Any
) -> Response:
    """Give out a page of the office.

    `room` is the address of its place in the menu, `errors` what is wrong by field, in the words of the page. The
    template also gets `told`, the code of what was just done ("" for nothing): say it only for codes it knows.
    """
    staff = await signed_in_staff()
    page = await render_template(
        template,
        staff=staff,
        rooms=ROOMS[staff.role],
        room=room,
        errors=errors or {},
        told=request.args.get(TOLD_PARAMETER, ""),
        **values,
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def done(path: str, told: str = "") -> ResponseReturnValue:
    """Lead from a form that went well to a page that says so. `told` is a code, never something of somebody's."""
    there = in_current_language(path)
    if told:
        there += ("&" if "?" in there else "?") + f"{TOLD_PARAMETER}={told}"
    return cast("ResponseReturnValue", redirect(there, 303))


@blueprint.get("/redaktor/")
@staff_required(Role.EDITOR)
async def editor() -> ResponseReturnValue:
    """Show an editor where the pages are kept, and which wait to be reviewed."""
    drafts = await asyncio.to_thread(drafts_in, parts().settings.content_dir)
    return await office_page("office_editor.html", room="/redaktor/", drafts=drafts)


@blueprint.get("/drift/")
@staff_required(Role.OPERATOR)
async def operator() -> ResponseReturnValue:
    """Show an operator which service runs here; what is wrong with it, `doctor` says on the machine itself."""
    settings = parts().settings
    return await office_page(
        "office_operator.html", room="/drift/", is_example=settings.is_example, mails=bool(settings.smtp_host)
    )
