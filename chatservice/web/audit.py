"""What staff did, for coordinators and operators to read and to take out as a table. Never content."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from chatservice.domain.audit import Act, Entry
from chatservice.domain.certification import Role
from chatservice.usecases.auditing import note
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.office import office_page
from chatservice.web.parts import Parts, parts

blueprint = Blueprint("audit", __name__)
_SHOWN = 200
_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One act in the words of the page: `who` is empty for the command line, `about` when it was nobody's account."""

    at: datetime
    who: str
    act: Act
    about: str


@blueprint.get("/samordnare/handelser/")
@staff_required(Role.COORDINATOR)
async def coordinators_log() -> ResponseReturnValue:
    """Show the newest acts."""
    return await _page("/samordnare/handelser/")


@blueprint.get("/drift/handelser/")
@staff_required(Role.OPERATOR)
async def operators_log() -> ResponseReturnValue:
    """Show the newest acts."""
    return await _page("/drift/handelser/")


@blueprint.post("/samordnare/handelser/tabell")
@staff_required(Role.COORDINATOR)
async def coordinators_table() -> ResponseReturnValue:
    """Give out all acts as a table."""
    return await _table()


@blueprint.post("/drift/handelser/tabell")
@staff_required(Role.OPERATOR)
async def operators_table() -> ResponseReturnValue:
    """Give out all acts as a table."""
    return await _table()


async def _page(room: str) -> ResponseReturnValue:
    return await office_page(
        "office_audit.html", room=room, lines=await _lines(parts(), _SHOWN), shown=_SHOWN
    )


async def _table() -> ResponseReturnValue:
    the = parts()
    staff = await signed_in_staff()
    await note(the.records.audit_log, the.clock, staff.account_id, Act.AUDIT_EXPORTED)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("at", "who", "act", "about"))
    for line in await _lines(the, _EXPORTED):
        table.writerow((line.at.astimezone(UTC).isoformat(), line.who, line.act.value, line.about))
    headers = {"Content-Disposition": 'attachment; filename="handelser.csv"'}
    return Response(text.getvalue(), 200, headers, content_type="text/csv; charset=utf-8")


async def _lines(the: Parts, limit: int) -> list[Line]:
    names = {account.id: account.username for account in await the.records.accounts.everybody()}

    def name(entry: Entry, account_id: int | None) -> str:
        return "" if account_id is None else names.get(account_id, "?")

    return [
        Line(
            entry.at.astimezone(the.schedule.zone),
            name(entry, entry.account_id),
            entry.act,
            name(entry, entry.about),
        )
        for entry in await the.records.audit_log.newest(limit=limit)
    ]
