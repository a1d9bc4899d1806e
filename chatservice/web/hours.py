"""The coordinators' hours: the two weeks as visitors will see them, a day's own hours, and temporary states.

What a change does stands in usecases/hours.py, what a form may hold in `hours_form.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from quart import Blueprint, abort, request
from quart.typing import ResponseReturnValue

from chatservice import theming
from chatservice.domain.certification import Role
from chatservice.domain.day_hours import DayRefusedError, data_file_lines
from chatservice.domain.holidays import OFFERED_DAYS, Holiday, undecided_holidays
from chatservice.domain.opening_hours import DatedException, OverrideKind
from chatservice.domain.opening_words import Translate, clock_words, date_words, day_words, hours_on_words
from chatservice.holiday_calendar import holidays_from
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.days_ahead import coming_days
from chatservice.web.forms import read_form
from chatservice.web.hours_form import (
    DayForm,
    EndForm,
    HolidayForm,
    StateForm,
    fault_errors,
    form_for,
    state_end,
)
from chatservice.web.languages import N_, current_language
from chatservice.web.office import done, office_page
from chatservice.web.parts import Parts, parts

blueprint = Blueprint("hours", __name__)
ROOM: Final = "/samordnare/oppettider/"
BACK: Final = {"hours": ROOM, "overview": "/samordnare/"}


@dataclass(frozen=True, slots=True)
class StateLine:
    """A temporary state in force, in the words of the page."""

    id: int
    kind: OverrideKind
    until: str
    note: str
    example: bool


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """A coming holiday that nobody has decided about: its name, day and usual hours in words."""

    date: date
    name: str
    day: str
    hours: str


@blueprint.get(ROOM)
@staff_required(Role.COORDINATOR)
async def hours() -> ResponseReturnValue:
    """Show the coming days, and what can be set."""
    return await _hours_page()


@blueprint.get(f"{ROOM}dag/")
@staff_required(Role.COORDINATOR)
async def another_day() -> ResponseReturnValue:
    """Lead to the day that was asked for."""
    day = _read_day(request.args.get("datum", ""))
    if day is None:
        words = _translate()(N_("Skriv en dag, till exempel 2026-12-31."))
        return await _hours_page(422, {"datum": words})
    return done(f"{ROOM}{day.isoformat()}/")


@blueprint.get(f"{ROOM}<day>/")
@staff_required(Role.COORDINATOR)
async def day_hours(day: str) -> ResponseReturnValue:
    """Show the form of one day, filled with what holds."""
    the, on = parts(), _day_or_404(day)
    schedule = (await the.hours.now()).schedule
    exception = schedule.exception_on(on) or _holiday_exception(the, on)
    return await _day_page(on, form_for(schedule.windows_on(on), exception))


@blueprint.post(f"{ROOM}<day>/")
@staff_required(Role.COORDINATOR)
async def change_day(day: str) -> ResponseReturnValue:
    """Give a day the hours that were written."""
    on, staff, form = _day_or_404(day), await signed_in_staff(), await read_form(DayForm)
    try:
        await parts().hours.change_day(staff.account_id, form.exception(on))
    except DayRefusedError as refused:
        return await _day_page(on, form, 422, fault_errors(refused, _translate()))
    return done(ROOM, "sparat")


@blueprint.post(f"{ROOM}<day>/tillbaka")
@staff_required(Role.COORDINATOR)
async def take_back_day(day: str) -> ResponseReturnValue:
    """Let a day have its former hours again."""
    the, on, staff = parts(), _day_or_404(day), await signed_in_staff()
    try:
        await the.hours.take_back_day(staff.account_id, on)
    except DayRefusedError as refused:
        schedule = (await the.hours.now()).schedule
        form = form_for(schedule.windows_on(on), schedule.exception_on(on))
        return await _day_page(on, form, 422, fault_errors(refused, _translate()))
    return done(ROOM, "tillbaka")


@blueprint.post(f"{ROOM}<day>/helgdag")
@staff_required(Role.COORDINATOR)
async def decide_holiday(day: str) -> ResponseReturnValue:
    """Close the chat on a holiday, or keep its usual hours."""
    the, on, staff, form = parts(), _day_or_404(day), await signed_in_staff(), await read_form(HolidayForm)
    named = _holiday_exception(the, on)
    if named is None:
        abort(404)
    windows = (await the.hours.now()).schedule.windows_on(on) if form.choice == "usual" else ()
    try:
        await the.hours.change_day(staff.account_id, DatedException(on, windows, named.reason, named.reasons))
    except DayRefusedError as refused:
        return await _day_page(on, form_for(windows, named), 422, fault_errors(refused, _translate()))
    return done(ROOM, "sparat")


@blueprint.post(f"{ROOM}lage")
@staff_required(Role.COORDINATOR)
async def set_state() -> ResponseReturnValue:
    """Set a temporary state from now on."""
    the, staff, form = parts(), await signed_in_staff(), await read_form(StateForm)
    now = the.clock.now().astimezone(the.schedule.zone)
    ends, errors = state_end(form, now, await the.hours.closing_ahead(), _translate())
    if ends is None:
        return await _hours_page(422, errors, form)
    await the.hours.set_state(staff.account_id, form.kind, ends, " ".join(form.note.split()))
    return done(BACK[form.back], "lage")


@blueprint.post(f"{ROOM}lage/avsluta")
@staff_required(Role.COORDINATOR)
async def end_state() -> ResponseReturnValue:
    """End a temporary state now."""
    staff, form = await signed_in_staff(), await read_form(EndForm)
    await parts().hours.end_state(staff.account_id, int(form.id))
    return done(BACK[form.back], "avslutat")


@blueprint.post("/samordnare/pausa")
@staff_required(Role.COORDINATOR)
async def stop_intake() -> ResponseReturnValue:
    """Let nobody new in until the chat closes."""
    await parts().hours.stop_intake((await signed_in_staff()).account_id)
    return done(BACK["overview"], "pausat")


@blueprint.post("/samordnare/ta-emot")
@staff_required(Role.COORDINATOR)
async def resume_intake() -> ResponseReturnValue:
    """Let people in again."""
    await parts().hours.resume_intake((await signed_in_staff()).account_id)
    return done(BACK["overview"], "tar-emot")


async def state_values(the: Parts, form: StateForm | None = None) -> dict[str, Any]:
    """Give what templates/office_states.html shows: the states in force, tonight's closing, what was typed."""
    closing = await the.hours.closing_ahead()
    return {
        "states": [
            StateLine(state.id, state.kind, _until_words(the, state.ends_at), state.note, state.example)
            for state in await the.hours.states()
        ],
        "closing": "" if closing is None else clock_words(closing),
        "typed": form,
    }


def _until_words(the: Parts, ends_at: datetime) -> str:
    """Say until when: the clock within a day, else the date too."""
    ends = ends_at.astimezone(the.schedule.zone)
    if ends_at - the.clock.now() < timedelta(days=1):
        return f"kl. {clock_words(ends)}"
    return f"{date_words(ends.date(), translate=_translate())}, kl. {clock_words(ends)}"


async def _hours_page(
    status: int = 200, errors: dict[str, str] | None = None, form: StateForm | None = None
) -> ResponseReturnValue:
    the, translate, language = parts(), _translate(), current_language()
    schedule, today = (await the.hours.now()).schedule, the.hours.today()
    set_here = await the.hours.set_here()
    return await office_page(
        "office_hours.html",
        room=ROOM,
        status=status,
        errors=errors,
        days=coming_days(schedule, today, language),
        change_path=ROOM,
        holidays=[
            HolidayLine(
                holiday.date,
                holiday.name_in(language),
                day_words(holiday.date, today, translate),
                hours_on_words(holiday.date, schedule.windows_on(holiday.date), translate),
            )
            for holiday in undecided_holidays(schedule, _holidays(the, today), today)
        ],
        lines="\n\n".join(
            data_file_lines(each, "Andra tider" if each.windows else "Stängt") for each in set_here
        ),
        asked_day=request.args.get("datum", ""),
        **await state_values(the, form),
    )


async def _day_page(
    day: date, form: DayForm, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    the, translate = parts(), _translate()
    schedule, today = (await the.hours.now()).schedule, the.hours.today()
    return await office_page(
        "office_day.html",
        room=ROOM,
        status=status,
        errors=errors,
        day=day,
        day_name=day_words(day, today, translate),
        form=form,
        now_words=hours_on_words(day, schedule.windows_on(day), translate),
        usual_words=hours_on_words(day, the.schedule.windows_on(day), translate),
        is_set_here=day in {each.date for each in await the.hours.set_here()},
    )


def _translate() -> Translate:
    return partial(theming.translate, language=current_language())


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_or_404(text: str) -> date:
    day = _read_day(text)
    if day is None:
        abort(404)
    return day


def _holidays(the: Parts, first: date) -> tuple[Holiday, ...]:
    return holidays_from(first, OFFERED_DAYS, the.organisation.languages)


def _holiday_exception(the: Parts, day: date) -> DatedException | None:
    """Return a day without hours that is named for the holiday on it, or None on other days."""
    for holiday in holidays_from(day, 0, the.organisation.languages):
        names = dict(holiday.names)
        main = holiday.name_in(the.organisation.languages[0])
        return DatedException(day, (), main, (("en", names["en"]),) if "en" in names else ())
    return None
