"""What a mentor needs before duty, on her own page and on the coordinators'; and her quarantine.

Knows forms, and what is wrong with them in words. A coordinator notes what she has seen of others; texts are signed in
agreements.py. The rules stand in usecases/certification_items.py and quarantine.py.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from quart import Blueprint, abort
from quart.typing import ResponseReturnValue

from chatservice.agreements import NAMES
from chatservice.domain.certification import Account, Role
from chatservice.domain.certification_items import LARGEST_NUMBER, Item, ItemState, Kind, not_ready
from chatservice.errors import CertificationRefusedError, MalformedError, QuarantineRefusedError
from chatservice.theming import translate
from chatservice.usecases.certification_items import note_item, withdraw_item
from chatservice.usecases.clearing import kinds_of, standing_of
from chatservice.usecases.quarantine import days_of, lift_quarantine, set_quarantine
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.certification_forms import LiftForm, NoteForm, QuarantineForm, WithdrawForm
from chatservice.web.forms import read_form
from chatservice.web.freshness import fresh_required
from chatservice.web.languages import N_, current_language
from chatservice.web.office import done, office_page
from chatservice.web.parts import parts

blueprint = Blueprint("certification", __name__)
OWN: Final = "/mentor/certifiering/"
PERSON: Final = "/samordnare/personer/<int:number>/certifiering/"
PEOPLE: Final = "/samordnare/personer/"
_REFUSED: Final = {
    "day": N_("Skriv ett datum, till exempel 2026-11-22."),
    "in_the_future": N_("Dagen har inte varit än."),
    "over": N_("Det skulle redan ha gått ut. Kontrollera dagen."),
    "number": N_("Skriv hur många insatser det har blivit, minst en."),
    "first_day": N_("Skriv den första dagen."),
    "last_day": N_("Skriv den sista dagen."),
    "backwards": N_("Den sista dagen ligger före den första."),
    "past": N_("Den sista dagen har redan varit."),
    "too_long": N_("Det blir mer än två år i sträck. Dela upp det i flera."),
    "has_begun": N_("Karantänen har redan börjat. Be en samordnare att ta bort den."),
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in the words of the page: who noted it, and where its text is read."""

    kind: Kind
    state: ItemState
    item: Item | None
    noted_by: str
    path: str


@blueprint.get(OWN)
@staff_required(Role.MENTOR)
async def own() -> ResponseReturnValue:
    """Show a mentor how it stands with her."""
    return await _own_page()


@blueprint.post(f"{OWN}karantan")
@staff_required(Role.MENTOR)
async def set_own_quarantine() -> ResponseReturnValue:
    """Keep a period of her own."""
    form, staff = await read_form(QuarantineForm), await signed_in_staff()
    wrong = await _set(form, by=staff.account_id, about=staff.account_id)
    return await _own_page(wrong=wrong, form=form) if wrong else done(OWN, "karantan")


@blueprint.post(f"{OWN}karantan/bort")
@staff_required(Role.MENTOR)
async def lift_own_quarantine() -> ResponseReturnValue:
    """Take a period of her own away that has not begun."""
    form, staff = await read_form(LiftForm), await signed_in_staff()
    wrong = await _lift(form, by=staff.account_id, about=staff.account_id)
    return await _own_page(wrong=wrong) if wrong else done(OWN, "karantan-bort")


@blueprint.get(PERSON)
@staff_required(Role.COORDINATOR)
async def person(number: int) -> ResponseReturnValue:
    """Show a coordinator how it stands with somebody."""
    return await _person_page(await _person(number))


@blueprint.post(f"{PERSON}notera")
@staff_required(Role.COORDINATOR)
@fresh_required(PERSON)
async def note(number: int) -> ResponseReturnValue:
    """Note an item of somebody else's."""
    form, account, the = await read_form(NoteForm), await _person(number), parts()
    staff, kind, day = await signed_in_staff(), _kind(form.kind), _day(form.day)
    if day is None:
        return await _person_page(account, wrong={f"{kind}-day": "day"}, noting=form)
    count = int(form.number) if form.number.isdecimal() and len(form.number) < 4 else 0
    try:
        await note_item(
            the.staff, the.terms, by=staff.account_id, about=number, kind=kind, done_on=day, number=count
        )
    except CertificationRefusedError as refused:
        if refused.reason not in _REFUSED:  # no form of ours leads here
            abort(403)
        field = "number" if refused.reason == "number" else "day"
        return await _person_page(account, wrong={f"{kind}-{field}": refused.reason}, noting=form)
    return done(_address(number), "noterat")


@blueprint.post(f"{PERSON}ta-bort")
@staff_required(Role.COORDINATOR)
@fresh_required(PERSON)
async def withdraw(number: int) -> ResponseReturnValue:
    """Take an item of somebody else's away."""
    form, the, staff = await read_form(WithdrawForm), parts(), await signed_in_staff()
    await _person(number)
    try:
        await withdraw_item(
            the.staff, by=staff.account_id, about=number, kind=_kind(form.kind), version=form.version
        )
    except CertificationRefusedError:
        abort(403)
    return done(_address(number), "borttaget")


@blueprint.post(f"{PERSON}karantan")
@staff_required(Role.COORDINATOR)
@fresh_required(PERSON)
async def set_quarantine_of(number: int) -> ResponseReturnValue:
    """Keep a period of a mentor's."""
    form, staff, account = await read_form(QuarantineForm), await signed_in_staff(), await _person(number)
    wrong = await _set(form, by=staff.account_id, about=number)
    return (
        await _person_page(account, wrong=wrong, form=form) if wrong else done(_address(number), "karantan")
    )


@blueprint.post(f"{PERSON}karantan/bort")
@staff_required(Role.COORDINATOR)
@fresh_required(PERSON)
async def lift_quarantine_of(number: int) -> ResponseReturnValue:
    """Take a period of a mentor's away."""
    form, staff = await read_form(LiftForm), await signed_in_staff()
    await _person(number)
    await _lift(form, by=staff.account_id, about=number)
    return done(_address(number), "karantan-bort")


async def _own_page(
    *, wrong: dict[str, str] | None = None, form: QuarantineForm | None = None
) -> ResponseReturnValue:
    staff = await signed_in_staff()
    account = await _person(staff.account_id)
    return await _page("mentor_certification.html", account, room=OWN, wrong=wrong, form=form)


async def _person_page(
    account: Account,
    *,
    wrong: dict[str, str] | None = None,
    form: QuarantineForm | None = None,
    noting: NoteForm | None = None,
) -> ResponseReturnValue:
    staff = await signed_in_staff()
    return await _page(
        "office_certification.html",
        account,
        room=PEOPLE,
        wrong=wrong,
        form=form,
        noting=noting,
        is_own=account.id == staff.account_id,
        largest_number=LARGEST_NUMBER,
    )


async def _page(
    template: str,
    account: Account,
    *,
    room: str,
    wrong: dict[str, str] | None,
    form: QuarantineForm | None,
    **values: Any,
) -> ResponseReturnValue:
    the = parts()
    standing = await standing_of(the.staff, the.terms, account.id)
    names = {each.id: each.alias for each in await the.records.accounts.everybody()}
    rows = [
        ItemRow(
            kind,
            standing.state(kind),
            item,
            _who(item, names) if item else "",
            f"/texter/{NAMES[kind]}/" if kind in NAMES else "",
        )
        for kind in kinds_of(account.role)
        if (item := standing.item(kind)) is not None or the.terms.rules.asks_for(kind)
    ]
    return await office_page(
        template,
        room=room,
        status=422 if wrong else 200,
        errors={
            field: translate(_REFUSED[reason], current_language()) for field, reason in (wrong or {}).items()
        },
        account=account,
        rows=rows,
        missing_count=len([code for code in not_ready(standing) if code != "quarantine"])
        if account.role is Role.MENTOR
        else 0,
        quarantines=await days_of(the.records, account.id, the.staff.clock, the.terms.zone),
        today=standing.today,
        form=form or QuarantineForm(),
        **values,
    )


def _who(item: Item, names: dict[int, str]) -> str:
    """Return who noted an item; nobody notes her own, so that what she noted herself is an example."""
    if item.noted_by == item.account_id:
        return translate(N_("Exempel"), current_language())
    return names.get(item.noted_by, "")


async def _set(form: QuarantineForm, *, by: int, about: int) -> dict[str, str]:
    """Keep a period; return what is wrong, by field."""
    first_day, last_day, the = _day(form.first_day), _day(form.last_day), parts()
    if first_day is None or last_day is None:
        fields = {"first_day": first_day, "last_day": last_day}
        return {field: field for field, day in fields.items() if day is None}
    try:
        await set_quarantine(
            the.staff, the.terms.zone, by=by, about=about, first_day=first_day, last_day=last_day
        )
    except QuarantineRefusedError as refused:
        if refused.reason == "not_a_mentor":
            abort(403)
        return {"last_day": "past" if refused.reason == "over" else refused.reason}
    return {}


async def _lift(form: LiftForm, *, by: int, about: int) -> dict[str, str]:
    """Take a period away; return what is wrong, by field."""
    the = parts()
    try:
        await lift_quarantine(the.staff, the.terms.zone, by=by, about=about, quarantine_id=int(form.period))
    except QuarantineRefusedError as refused:
        if refused.reason == "not_a_mentor":
            abort(403)
        return {"first_day": refused.reason}
    return {}


async def _person(number: int) -> Account:
    account = await parts().records.accounts.find(number)
    if account is None:
        abort(404)
    return account


def _kind(code: str) -> Kind:
    try:
        return Kind(code)
    except ValueError as error:
        raise MalformedError("kind") from error


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _address(number: int) -> str:
    return PERSON.replace("<int:number>", str(number))
