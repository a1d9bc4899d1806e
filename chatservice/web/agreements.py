"""The texts that staff sign or read: shown in the version that holds now, and signed by the person herself.

Everybody who works here may read all of them, and signs those that concern her role. Knows forms and pages; the rules
stand in usecases/certification_items.py, the texts in content/agreements/.
"""

from typing import Annotated, Final

import msgspec
from quart import Blueprint, abort
from quart.typing import ResponseReturnValue

from chatservice.agreements import Agreement
from chatservice.domain.certification import Role
from chatservice.domain.certification_items import ItemState
from chatservice.errors import CertificationRefusedError
from chatservice.theming import translate
from chatservice.usecases.certification_items import LONGEST_NAME, READ_ONLY, sign_text
from chatservice.usecases.clearing import kinds_of, standing_of
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.languages import N_, current_language
from chatservice.web.office import HOME, done, office_page
from chatservice.web.parts import parts

blueprint = Blueprint("agreements", __name__)
ROOMS: Final = {Role.MENTOR: "/mentor/certifiering/"}
_WRONG: Final = {
    "name": N_("Skriv ditt namn, minst två och högst 80 tecken."),
    "understood": N_("Kryssa i rutan när du har läst texten."),
}


class SigningForm(msgspec.Struct, frozen=True):
    """Under a text: the version that was shown, the typed name, and a ticked box."""

    version: Annotated[str, msgspec.Meta(min_length=1, max_length=24)]
    name: Annotated[str, msgspec.Meta(max_length=400)] = ""
    understood: Annotated[str, msgspec.Meta(max_length=8)] = ""


@blueprint.get("/texter/<name>/")
@staff_required(*Role)
async def text(name: str) -> ResponseReturnValue:
    """Show a text, and the form under it."""
    return await _page(_named(name))


@blueprint.post("/texter/<name>/")
@staff_required(*Role)
async def sign(name: str) -> ResponseReturnValue:
    """Keep that she has signed or read it."""
    agreement, the = _named(name), parts()
    staff, form = await signed_in_staff(), await read_form(SigningForm)
    if agreement.kind not in READ_ONLY and not form.understood and form.version == agreement.version:
        return await _page(agreement, status=422, wrong="understood", typed=form.name)
    try:
        await sign_text(
            the.staff,
            the.terms,
            account_id=staff.account_id,
            kind=agreement.kind,
            version=form.version,
            typed_name=form.name,
        )
    except CertificationRefusedError as refused:
        if refused.reason == "not_hers":
            abort(403)
        if refused.reason == "changed":
            return await _page(agreement, status=409, typed=form.name, has_changed=True)
        return await _page(agreement, status=422, wrong=refused.reason, typed=form.name)
    return done(ROOMS.get(staff.role, f"/texter/{name}/"), "underskrivet")


def _named(name: str) -> Agreement:
    found = next((each for each in parts().agreements if each.name == name), None)
    if found is None:
        abort(404)
    return found


async def _page(
    agreement: Agreement, *, status: int = 200, wrong: str = "", typed: str = "", has_changed: bool = False
) -> ResponseReturnValue:
    the, staff = parts(), await signed_in_staff()
    standing = await standing_of(the.staff, the.terms, staff.account_id)
    item = standing.item(agreement.kind)
    language, wording = agreement.in_language(current_language())
    return await office_page(
        "agreement.html",
        room=ROOMS.get(staff.role, ""),
        status=status,
        errors={wrong: translate(_WRONG[wrong], current_language())} if wrong else {},
        agreement=agreement,
        wording=wording,
        wording_language=language,
        item=item,
        is_signed=standing.state(agreement.kind) in {ItemState.HOLDS, ItemState.ENDS_SOON},
        may_sign=agreement.kind in kinds_of(staff.role),
        is_read_only=agreement.kind in READ_ONLY,
        typed=typed,
        longest_name=LONGEST_NAME,
        has_changed=has_changed,
        home=HOME[staff.role],
    )
