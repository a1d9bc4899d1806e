"""The coordinator's room for keys: those that wait to be compared and signed, and the certificates there are.

Signing happens in her browser, with a key file that is never sent (theme/static/js/entries/keys.js); what comes here is
the signed certificate, and it is checked as one that was signed off-line. Read usecases/key_office.py next.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

import msgspec
from quart import Blueprint, abort, jsonify
from quart.typing import ResponseReturnValue

from chatservice.domain import sealing
from chatservice.domain.certification import Certificate, Role
from chatservice.errors import MalformedError, NotClearedError, NotOwnerError
from chatservice.ports import SignedBody
from chatservice.usecases import key_office
from chatservice.usecases.certifying import ends_soon
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_json
from chatservice.web.freshness import fresh_required
from chatservice.web.office import done, office_page
from chatservice.web.parts import Parts, parts

blueprint = Blueprint("keys", __name__)

ROOM: Final = "/samordnare/nycklar/"
LIVES_DAYS: Final = (30, 14, 7)
"""How long a certificate may be asked to hold; the first is what the form proposes."""

_BASE64URL: Final = r"^[A-Za-z0-9_-]+$"


class SignedForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed certificate as it travels: base64url of its body, and of 64 bytes."""

    body: Annotated[str, msgspec.Meta(min_length=1, max_length=2048, pattern=_BASE64URL)]
    signature: Annotated[str, msgspec.Meta(min_length=86, max_length=86, pattern=_BASE64URL)]


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """A browser key that waits, in the words of the page; `key` is base64url of the key itself."""

    alias: str
    key_id: str
    key: str
    asked_on: date
    is_own: bool


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate, in the words of the page. `state` is "soon", "good", "over" or "revoked"."""

    alias: str
    key_id: str
    key: str
    until: date
    state: str
    days_left: int


@blueprint.get(ROOM)
@staff_required(Role.COORDINATOR)
async def keys() -> ResponseReturnValue:
    """Show what waits, how to sign it, and every certificate."""
    the, staff = parts(), await signed_in_staff()
    zone = the.schedule.zone
    aliases = await _aliases(the)
    waiting = [
        WaitingKey(
            aliases[request.account_id],
            request.key_id,
            sealing.to_base64url(request.public_key),
            request.requested_at.astimezone(zone).date(),
            request.account_id == staff.account_id,
        )
        for request in await the.records.certificates.requests()
    ]
    rows = [_row(the, each, aliases) for each in await the.records.certificates.everything()]
    denied = the.organisation.keys.denied
    return await office_page(
        "office_keys.html",
        room=ROOM,
        waiting=waiting,
        certificates=sorted(rows, key=_urgency),
        lives_days=LIVES_DAYS,
        signs_by_itself=the.staff.signer is not None,
        serves_site=the.settings.site_dir is not None,
        deny_line=_deny_line(denied, rows),
    )


@blueprint.post(f"{ROOM}<key_id>/certifikat")
@staff_required(Role.COORDINATOR)
async def keep_certificate(key_id: str) -> ResponseReturnValue:
    """Keep what was signed in the coordinator's browser.

    Without asking again who she is: the organisation key's signature proves more than a password does.
    """
    the, staff = parts(), await signed_in_staff()
    form = await read_json(SignedForm)
    signed = SignedBody(sealing.from_base64url(form.body), sealing.from_base64url(form.signature))
    pins = the.organisation.keys.pinned
    try:
        certificate = await key_office.keep_signed(
            the.staff, signed, by=staff.account_id, key_id=key_id, pins=pins
        )
    except NotOwnerError:
        return jsonify(error="pin"), 422
    except NotClearedError:
        return jsonify(error="account"), 422
    except MalformedError as error:
        return jsonify(error=str(error)), 422
    return jsonify(until_s=int(certificate.not_after.timestamp()))


@blueprint.post(f"{ROOM}<key_id>/avsla")
@staff_required(Role.COORDINATOR)
@fresh_required(back=ROOM)
async def refuse(key_id: str) -> ResponseReturnValue:
    """Remove a waiting key whose words were not the mentor's."""
    staff = await signed_in_staff()
    try:
        await key_office.refuse_key(parts().staff, key_id, by=staff.account_id)
    except MalformedError:
        return done(ROOM, "gone")
    return done(ROOM, "refused")


@blueprint.get(f"{ROOM}<key_id>/dra-in")
@staff_required(Role.COORDINATOR)
async def ask_to_revoke(key_id: str) -> ResponseReturnValue:
    """Ask once more before a certificate is withdrawn."""
    the = parts()
    certificate = await the.records.certificates.find(key_id)
    if certificate is None or certificate.revoked:
        abort(404)
    row = _row(the, certificate, await _aliases(the))
    return await office_page("office_key_revoke.html", room=ROOM, row=row)


@blueprint.post(f"{ROOM}<key_id>/dra-in")
@staff_required(Role.COORDINATOR)
@fresh_required(back=ROOM)
async def revoke(key_id: str) -> ResponseReturnValue:
    """Withdraw a certificate at once."""
    the, staff = parts(), await signed_in_staff()
    try:
        await key_office.withdraw_certificate(the.staff, the.live, key_id, by=staff.account_id)
    except MalformedError:
        abort(404)
    return done(ROOM, "revoked")


@blueprint.get("/mentor/certifikat/<key_id>")
@staff_required(Role.MENTOR)
async def is_certified(key_id: str) -> ResponseReturnValue:
    """Tell a mentor's page whether her key has been signed since it asked."""
    the, staff = parts(), await signed_in_staff()
    certificate = await the.records.certificates.find(key_id)
    if certificate is None or certificate.account_id != staff.account_id:
        return jsonify(certified=False)
    return jsonify(certified=certificate.holds(the.staff.wall.now()))


async def _aliases(the: Parts) -> dict[int, str]:
    return {account.id: account.alias for account in await the.records.accounts.everybody()}


def _row(the: Parts, certificate: Certificate, aliases: dict[int, str]) -> CertificateRow:
    left = certificate.not_after - the.staff.wall.now()
    if certificate.revoked:
        state = "revoked"
    elif left <= timedelta(0):
        state = "over"
    else:
        state = "soon" if ends_soon(certificate, the.staff.wall.now()) else "good"
    return CertificateRow(
        aliases[certificate.account_id],
        certificate.key_id,
        sealing.to_base64url(certificate.public_key),
        certificate.not_after.astimezone(the.schedule.zone).date(),
        state,
        max(0, math.ceil(left / timedelta(days=1))),
    )


def _urgency(row: CertificateRow) -> tuple[int, date]:
    return ("soon", "good", "over", "revoked").index(row.state), row.until


def _deny_line(denied: Sequence[str], rows: Sequence[CertificateRow]) -> str:
    """Return the line of organisation.toml that also names what was withdrawn here, or "" when it does already."""
    missing = [row.key_id for row in rows if row.state == "revoked" and row.key_id not in denied]
    return f"denied = {json.dumps([*denied, *missing])}" if missing else ""
