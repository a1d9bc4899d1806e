"""“Jag behöver prata”: a mentor's page says so, and a coordinator ticks it off."""

from typing import Annotated

import msgspec
from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.usecases.talk_requests import ask_to_talk
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.parts import parts

blueprint = Blueprint("talk_requests", __name__)


class TalkDoneForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose wish is ticked off: the account's number."""

    account: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,15}\Z")]


@blueprint.post("/mentor/prata")
@staff_required(Role.MENTOR)
async def ask() -> ResponseReturnValue:
    """Keep that she needs to talk."""
    the = parts()
    staff = await signed_in_staff()
    await ask_to_talk(the.records.talk_requests, the.clock, staff.account_id)
    return "", 204


@blueprint.post("/samordnare/prata/klart")
@staff_required(Role.COORDINATOR)
async def done() -> ResponseReturnValue:
    """Forget a wish that was met."""
    form = await read_form(TalkDoneForm)
    await parts().records.talk_requests.remove(int(form.account))
    return redirect("/samordnare/", 303)
