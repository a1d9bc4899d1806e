"""The coordinator's page of the rota: gaps first, who has which opening, and putting mentors in and taking them out.

Knows the use cases of `usecases/rota.py`; the rows are made in `rota_words.py`. Why somebody cannot be scheduled is
never told here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Account, Role
from chatservice.domain.certification_items import QUARANTINE
from chatservice.domain.shift import Refusal, Shift
from chatservice.errors import ShiftRefusedError
from chatservice.usecases import rota
from chatservice.usecases.clearing import overview
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.languages import N_
from chatservice.web.office import done, office_page
from chatservice.web.parts import Parts, parts
from chatservice.web.rota_words import RotaWords, key_of, rota_desk, said, start_of, time_in
from chatservice.web.shifts import Number, ShiftForm, WallTime

blueprint = Blueprint("rota", __name__)
ROOM: Final = "/samordnare/schema/"
REFUSALS: Final = {
    Refusal.TIMES_WRONG: N_("Tiderna ska ligga inom öppettiden, och slutet efter början."),
    Refusal.OUTSIDE: N_("Chatten är inte öppen då. Öppettiderna kan ha ändrats."),
    Refusal.PAST: N_("Passet är redan slut."),
    Refusal.OVERLAP: N_("{alias} har redan ett pass då."),
    Refusal.NOT_AVAILABLE: N_("{alias} kan inte vara i tjänst då."),
    Refusal.GONE: N_("Passet finns inte längre."),
}
SOMEBODY: Final = N_("Mentorn")


class GiveForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mentor to put into an opening, or into a part of it."""

    opening: Number
    mentor: Number
    start: WallTime
    end: WallTime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A mentor's shift as a coordinator sees it."""

    number: int
    name: str
    span: str
    when: str
    up_for_swap: bool
    is_ready: bool


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap, and the opening it is in."""

    key: int
    day: str
    span: str


@blueprint.get(ROOM)
@staff_required(Role.COORDINATOR)
async def schedule() -> ResponseReturnValue:
    """Show the coming weeks."""
    return await _page()


@blueprint.post(f"{ROOM}lagg-in")
@staff_required(Role.COORDINATOR)
async def give() -> ResponseReturnValue:
    """Put a mentor into an opening."""
    form, desk, staff = await read_form(GiveForm), await rota_desk(parts()), await signed_in_staff()
    try:
        start, end = time_in(form.start), time_in(form.end)
    except ValueError:
        return await _refused(Refusal.TIMES_WRONG, form)
    try:
        stretch = rota.stretch_in(desk, start_of(form.opening), start, end)
        await rota.give(desk, staff.account_id, int(form.mentor), stretch)
    except ShiftRefusedError as error:
        return await _refused(Refusal(error.reason), form)
    return done(ROOM, told="inlagt")


@blueprint.post(f"{ROOM}ta-bort")
@staff_required(Role.COORDINATOR)
async def take_away() -> ResponseReturnValue:
    """Take a shift out."""
    form, staff = await read_form(ShiftForm), await signed_in_staff()
    try:
        await rota.take_away(await rota_desk(parts()), staff.account_id, int(form.shift))
    except ShiftRefusedError as error:
        return await _page(422, {"passen": said()(REFUSALS[Refusal(error.reason)])})
    return done(ROOM, told="borttaget")


async def _refused(reason: Refusal, form: GiveForm) -> Response:
    """Show the page again with what was chosen, and what is wrong beside its field."""
    names = _names(await parts().records.accounts.everybody())
    words = said()(REFUSALS[reason]).replace("{alias}", names.get(int(form.mentor), said()(SOMEBODY)))
    fields = {Refusal.TIMES_WRONG: "start", Refusal.OVERLAP: "mentor", Refusal.NOT_AVAILABLE: "mentor"}
    return await _page(422, {f"{fields.get(reason, 'oppning')}-{form.opening}": words}, form)


async def _page(
    status: int = 200, errors: dict[str, str] | None = None, typed: GiveForm | None = None
) -> Response:
    the = parts()
    desk = await rota_desk(the)
    words = RotaWords(desk.schedule.zone, said())
    planned = await rota.read_rota(desk)
    everybody = await the.records.accounts.everybody()
    names, not_ready = _names(everybody), await _not_ready(the)

    def person(shift: Shift) -> PersonRow:
        name = names.get(shift.account_id, "?")
        span, when = words.span(shift.stretch), words.when(shift.stretch)
        return PersonRow(shift.id, name, span, when, shift.up_for_swap, shift.account_id not in not_ready)

    return await office_page(
        "office_rota.html",
        room=ROOM,
        status=status,
        errors=errors,
        typed=typed,
        weeks=words.weeks(planned.openings),
        gaps=[
            GapRow(key_of(opening.stretch), words.day(opening.day), words.span(gap))
            for opening, gap in rota.gaps_soon(planned, desk.clock.now())
        ],
        people={
            key_of(opening.stretch): [person(shift) for shift in opening.shifts]
            for opening in planned.openings
        },
        stray=[person(shift) for shift in planned.stray],
        swaps=[person(shift) for shift in await rota.swaps_wanted(desk)],
        mentors=[
            (str(account.id), names[account.id], account.id not in not_ready)
            for account in everybody
            if rota.may_be_scheduled(account)
        ],
    )


async def _not_ready(the: Parts) -> set[int]:
    """Return who still has something to show or sign before duty; quarantine is nothing that is told here."""
    standing = await overview(the.staff, the.terms)
    return {account_id for account_id, each in standing.items() if set(each.missing) - {QUARANTINE}}


def _names(everybody: Iterable[Account]) -> dict[int, str]:
    """Name everybody by alias; where two have the same, with the username too."""
    accounts = list(everybody)
    times = Counter(account.alias for account in accounts)
    return {
        account.id: account.alias if times[account.alias] == 1 else f"{account.alias} ({account.username})"
        for account in accounts
    }
