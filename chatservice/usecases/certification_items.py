"""Noting, signing and withdrawing what a mentor needs before duty. Nobody notes anything of her own.

A coordinator notes what she has seen of others; a text is signed or read by the person herself, in the version she was
shown. What then holds is decided in domain/certification_items.py, and asked in clearing.py.
"""

from datetime import date
from typing import Final

from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.domain.certification_items import LARGEST_NUMBER, NOTED, TEXTS, Item, Kind
from chatservice.errors import CertificationRefusedError
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.auditing import note
from chatservice.usecases.clearing import Terms, kinds_of
from chatservice.usecases.quarantine import today_in

LONGEST_NAME: Final = 80
SHORTEST_NAME: Final = 2
READ_ONLY: Final = (Kind.GUIDELINES,)
"""Texts that are read, without a name under them."""

EXAMPLE_NAME: Final = "Exempel"


async def note_item(
    desk: StaffDesk, terms: Terms, *, by: int, about: int, kind: Kind, done_on: date, number: int = 0
) -> Item:
    """Note what a coordinator has seen of a mentor, in place of what was noted before.

    Raises `CertificationRefusedError`: not_a_coordinator, own, only_herself, not_hers, in_the_future, over, number.
    """
    account = await _about(desk, by, about)
    if kind not in NOTED:
        raise CertificationRefusedError("only_herself")
    if kind not in kinds_of(account.role):
        raise CertificationRefusedError("not_hers")
    today = today_in(desk.clock, terms.zone)
    valid_until = terms.rules.last_day(kind, done_on)
    if done_on > today:
        raise CertificationRefusedError("in_the_future")
    if valid_until is not None and valid_until < today:
        raise CertificationRefusedError("over")
    if kind is Kind.MISSION_AT_HOME and not 1 <= number <= LARGEST_NUMBER:
        raise CertificationRefusedError("number")
    counted = number if kind is Kind.MISSION_AT_HOME else 0
    item = Item(about, kind, done_on, valid_until, by, number=counted)
    await desk.records.certification_items.keep(item)
    await note(desk.records.audit_log, desk.clock, by, Act.ITEM_NOTED, about)
    return item


async def withdraw_item(desk: StaffDesk, *, by: int, about: int, kind: Kind, version: str) -> None:
    """Take away an item of somebody else's; one that is gone already is left alone.

    Raises `CertificationRefusedError`: not_a_coordinator, own.
    """
    await _about(desk, by, about)
    if await desk.records.certification_items.remove(about, kind, version):
        await note(desk.records.audit_log, desk.clock, by, Act.ITEM_WITHDRAWN, about)


async def sign_text(
    desk: StaffDesk, terms: Terms, *, account_id: int, kind: Kind, version: str, typed_name: str
) -> Item:
    """Keep that somebody signed or read a text in the version she was shown.

    Raises `CertificationRefusedError`: not_hers, changed (another version holds now), name.
    """
    account = await desk.records.accounts.find(account_id)
    if account is None or not account.active or kind not in TEXTS or kind not in kinds_of(account.role):
        raise CertificationRefusedError("not_hers")
    if version != terms.rules.version(kind):
        raise CertificationRefusedError("changed")
    name = "" if kind in READ_ONLY else " ".join(typed_name.split())
    if kind not in READ_ONLY and not (SHORTEST_NAME <= len(name) <= LONGEST_NAME and name.isprintable()):
        raise CertificationRefusedError("name")
    item = _signed(desk, terms, account_id, kind, name)
    await desk.records.certification_items.keep(item)
    await note(desk.records.audit_log, desk.clock, account_id, Act.TEXT_SIGNED)
    return item


async def note_examples(desk: StaffDesk, terms: Terms, account: Account) -> None:
    """Note everything that is asked for of an example account, as an example."""
    today = today_in(desk.clock, terms.zone)
    for kind in kinds_of(account.role):
        if not terms.rules.asks_for(kind):
            continue
        if kind in TEXTS:
            item = _signed(desk, terms, account.id, kind, "" if kind in READ_ONLY else EXAMPLE_NAME)
        else:
            number = 1 if kind is Kind.MISSION_AT_HOME else 0
            item = Item(account.id, kind, today, terms.rules.last_day(kind, today), account.id, number=number)
        await desk.records.certification_items.keep(item)


def _signed(desk: StaffDesk, terms: Terms, account_id: int, kind: Kind, name: str) -> Item:
    today = today_in(desk.clock, terms.zone)
    return Item(
        account_id,
        kind,
        today,
        terms.rules.last_day(kind, today),
        account_id,
        version=terms.rules.version(kind),
        typed_name=name,
    )


async def _about(desk: StaffDesk, by: int, about: int) -> Account:
    """Return whom it is about; refuses who is no coordinator, and a coordinator's own."""
    asking, account = await desk.records.accounts.find(by), await desk.records.accounts.find(about)
    if asking is None or not asking.active or asking.role is not Role.COORDINATOR or account is None:
        raise CertificationRefusedError("not_a_coordinator")
    if by == about:
        raise CertificationRefusedError("own")
    return account
