"""“Jag behöver prata”: a mentor's page says so, and a coordinator ticks it off in the inbox (inbox.py)."""

from typing import Annotated

import msgspec
from quart import Blueprint
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.usecases.talk_requests import ask_to_talk, meet_wish
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.office import done
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
async def met() -> ResponseReturnValue:
    """Forget a wish that was met."""
    the, form, staff = parts(), await read_form(TalkDoneForm), await signed_in_staff()
    await meet_wish(the.records, the.clock, int(form.account), by=staff.account_id)
    return done("/samordnare/inkorg/", "prata")
