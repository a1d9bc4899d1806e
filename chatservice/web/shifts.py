"""A mentor's own page of the rota: take, leave and swap shifts, and a calendar file of her own.

Who else is there is told as a count only: colleagues meet as aliases to visitors and need not be a register to each
other. Knows the use cases of `usecases/rota.py`; the rows are made in `rota_words.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from chatservice.calendar_file import MEDIA_TYPE, NAME, calendar_of
from chatservice.domain.certification import Role
from chatservice.domain.shift import Refusal, Shift
from chatservice.errors import ShiftRefusedError
from chatservice.usecases import rota
from chatservice.usecases.rota import RotaDesk
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import read_form
from chatservice.web.languages import N_
from chatservice.web.office import done, office_page
from chatservice.web.parts import parts
from chatservice.web.rota_words import RotaWords, key_of, rota_desk, said, start_of, time_in

blueprint = Blueprint("shifts", __name__)
ROOM: Final = "/mentor/pass/"
TITLE: Final = N_("Upptagen")
REFUSALS: Final = {
    Refusal.TIMES_WRONG: N_("Tiderna ska ligga inom öppettiden, och slutet efter början."),
    Refusal.OUTSIDE: N_("Chatten är inte öppen då. Öppettiderna kan ha ändrats."),
    Refusal.PAST: N_("Passet är redan slut."),
    Refusal.OVERLAP: N_("Du har redan ett pass då."),
    Refusal.QUARANTINE: N_("Du har chattkarantän den dagen."),
    Refusal.TOO_NEAR: N_("Det är mindre än två dygn kvar. Be om byte i stället."),
    Refusal.GONE: N_("Passet är inte ditt längre."),
}
SOMEBODY_WAS_FIRST: Final = N_("Någon annan hann före.")

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}\Z")]
WallTime = Annotated[str, msgspec.Meta(max_length=8)]


class TakeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An opening to take, by its start; with times, a part of it."""

    opening: Number
    start: WallTime | None = None
    end: WallTime | None = None


class ShiftForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shift that something is done with."""

    shift: Number


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One of her own shifts, or one that a colleague wants to swap."""

    number: int
    when: str
    can_be_left: bool
    up_for_swap: bool
    is_stray: bool


@blueprint.get(ROOM)
@staff_required(Role.MENTOR)
async def own_shifts() -> ResponseReturnValue:
    """Show the openings of the coming weeks and her own part in them."""
    return await _page()


@blueprint.post(f"{ROOM}ta")
@staff_required(Role.MENTOR)
async def take() -> ResponseReturnValue:
    """Take an opening or a part of it."""
    form, desk, staff = await read_form(TakeForm), await rota_desk(parts()), await signed_in_staff()
    try:
        start, end = time_in(form.start), time_in(form.end)
    except ValueError:
        return await _refused(Refusal.TIMES_WRONG, f"start-{form.opening}", typed=form)
    try:
        stretch = rota.stretch_in(desk, start_of(form.opening), start, end)
        await rota.sign_up(desk, staff.account_id, stretch)
    except ShiftRefusedError as error:
        field = "start" if error.reason == Refusal.TIMES_WRONG else "oppning"
        return await _refused(Refusal(error.reason), f"{field}-{form.opening}", typed=form)
    return done(ROOM, told="ditt")


@blueprint.post(f"{ROOM}lamna")
@staff_required(Role.MENTOR)
async def leave() -> ResponseReturnValue:
    """Leave one of her own."""
    return await _with_own(rota.leave, told="lamnat")


@blueprint.post(f"{ROOM}byte")
@staff_required(Role.MENTOR)
async def ask_for_swap() -> ResponseReturnValue:
    """Ask colleagues to take one of her own."""
    return await _with_own(rota.ask_for_swap, told="fragat")


@blueprint.post(f"{ROOM}behall")
@staff_required(Role.MENTOR)
async def keep_after_all() -> ResponseReturnValue:
    """Ask colleagues no longer."""
    return await _with_own(rota.keep_after_all, told="behallet")


@blueprint.post(f"{ROOM}ta-over")
@staff_required(Role.MENTOR)
async def take_over() -> ResponseReturnValue:
    """Take over what a colleague wants to swap; of two at once, the second hears that somebody was first."""
    form, staff = await read_form(ShiftForm), await signed_in_staff()
    try:
        await rota.take_over(await rota_desk(parts()), staff.account_id, int(form.shift))
    except ShiftRefusedError as error:
        reason = Refusal(error.reason)
        return await _refused(reason, "byten", SOMEBODY_WAS_FIRST if reason is Refusal.GONE else None)
    return done(ROOM, told="overtaget")


@blueprint.get(f"{ROOM}{NAME}")
@staff_required(Role.MENTOR)
async def calendar() -> ResponseReturnValue:
    """Give out her coming shifts for her own calendar."""
    the, staff = parts(), await signed_in_staff()
    desk = await rota_desk(the)
    data = calendar_of(
        await rota.shifts_of(desk, staff.account_id),
        title=said()(TITLE),
        secret=the.settings.secret,
        at=desk.clock.now(),
    )
    headers = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return Response(data, 200, headers, content_type=MEDIA_TYPE)


async def next_shift_words(account_id: int) -> str:
    """Say when her next shift is, or nothing."""
    desk = await rota_desk(parts())
    shifts = await rota.shifts_of(desk, account_id)
    return RotaWords(desk.schedule.zone, said()).short_when(shifts[0].stretch) if shifts else ""


async def _with_own(
    act: Callable[[RotaDesk, int, int], Awaitable[None]], *, told: str
) -> ResponseReturnValue:
    form, staff = await read_form(ShiftForm), await signed_in_staff()
    try:
        await act(await rota_desk(parts()), staff.account_id, int(form.shift))
    except ShiftRefusedError as error:
        return await _refused(Refusal(error.reason), "passen")
    return done(ROOM, told=told)


async def _refused(
    reason: Refusal, field: str, words: str | None = None, *, typed: TakeForm | None = None
) -> Response:
    return await _page(422, {field: said()(words or REFUSALS[reason])}, typed)


async def _page(
    status: int = 200, errors: dict[str, str] | None = None, typed: TakeForm | None = None
) -> Response:
    the, staff = parts(), await signed_in_staff()
    desk = await rota_desk(the)
    words = RotaWords(desk.schedule.zone, said())
    planned = await rota.read_rota(desk)
    stray = {shift.id for shift in planned.stray}

    def row(shift: Shift) -> OwnRow:
        is_stray = shift.id in stray
        can_be_left = is_stray or shift.can_be_left(desk.clock.now())
        return OwnRow(shift.id, words.when(shift.stretch), can_be_left, shift.up_for_swap, is_stray)

    own = {
        key_of(opening.stretch): [
            words.span(shift.stretch) for shift in opening.shifts if shift.account_id == staff.account_id
        ]
        for opening in planned.openings
    }
    return await office_page(
        "mentor_shifts.html",
        room=ROOM,
        status=status,
        errors=errors,
        typed=typed,
        weeks=words.weeks(planned.openings),
        own=own,
        own_shifts=[row(shift) for shift in await rota.shifts_of(desk, staff.account_id)],
        swaps=[row(shift) for shift in await rota.swaps_wanted(desk) if shift.account_id != staff.account_id],
    )
