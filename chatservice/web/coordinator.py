"""The coordinator's first page: how many are on duty and how many wait, and which browser keys wait to be signed.

Counts only; no conversation can be seen from here, because there is no way to one.
"""

from dataclasses import dataclass
from datetime import date

from quart import Blueprint, render_template
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.usecases.certifying import fingerprint
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.parts import parts

blueprint = Blueprint("coordinator", __name__)


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """A browser key that waits to be signed, in the words of the page."""

    alias: str
    key_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class TalkWish:
    """A mentor who needs to talk, in the words of the page."""

    account_id: int
    alias: str
    asked_on: date


@blueprint.get("/samordnare/")
@staff_required(Role.COORDINATOR)
async def overview() -> ResponseReturnValue:
    """Show the counts and what waits for the coordinator."""
    the = parts()
    aliases = {account.id: account.alias for account in await the.records.accounts.everybody()}
    waiting_keys = [
        WaitingKey(aliases[request.account_id], request.key_id, fingerprint(request.key_id))
        for request in await the.records.certificates.requests()
    ]
    return await render_template(
        "coordinator.html",
        staff=await signed_in_staff(),
        on_duty=await the.live.duty_count(),
        waiting=await the.live.waiting_count(),
        waiting_keys=waiting_keys,
        talk_wishes=[
            TalkWish(wish.account_id, aliases[wish.account_id], wish.asked_on.date())
            for wish in await the.records.talk_requests.everything()
        ],
    )
