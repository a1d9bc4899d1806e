"""Who may go on duty, asked in one place: by the dashboard, before the next visitor, once a minute, and by lists.

Joins accounts and keys with what was noted and signed and with quarantine; the rule itself is `clearance`
(domain/certification.py). What an organisation asks for comes as `Terms`, put together by agreements.py.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from chatservice.domain.certification import Missing, Role, clearance
from chatservice.domain.certification_items import (
    OF_EVERYBODY,
    Item,
    Kind,
    Rules,
    Standing,
    ending_soon,
    missing_items,
    not_ready,
)
from chatservice.domain.duty import DutyState
from chatservice.domain.quarantine import Quarantine
from chatservice.ports import LiveStore
from chatservice.usecases import mentoring
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.quarantine import today_in

_RECHECKED_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """What the organisation asks for, and the zone in which its days begin."""

    rules: Rules
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Readiness:
    """How it stands with somebody, for a list: codes of what is missing (no key counts here), and what ends soon."""

    missing: tuple[str, ...]
    ends_soon: tuple[Item, ...]


def kinds_of(role: Role) -> tuple[Kind, ...]:
    """Return the kinds of items that concern a role: mentors have all of them, everybody has signed the first."""
    return tuple(Kind) if role is Role.MENTOR else OF_EVERYBODY


async def standings(desk: StaffDesk, terms: Terms, account_ids: Collection[int]) -> Mapping[int, Standing]:
    """Return how it stands today with each of some accounts, in two questions to the records."""
    items: defaultdict[int, list[Item]] = defaultdict(list)
    quarantines: defaultdict[int, list[Quarantine]] = defaultdict(list)
    for item in await desk.records.certification_items.of_accounts(account_ids):
        items[item.account_id].append(item)
    for quarantine in await desk.records.quarantines.of_accounts(account_ids):
        quarantines[quarantine.account_id].append(quarantine)
    today = today_in(desk.clock, terms.zone)
    return {
        account_id: Standing(terms.rules, items[account_id], quarantines[account_id], today)
        for account_id in account_ids
    }


async def standing_of(desk: StaffDesk, terms: Terms, account_id: int) -> Standing:
    """Return how it stands today with an account."""
    return (await standings(desk, terms, [account_id]))[account_id]


async def missing_for_duty(
    desk: StaffDesk, terms: Terms, account_id: int, key_id: str | None
) -> tuple[str, ...]:
    """Return the codes of what this mentor still needs, with the key in her browser, before she may go on duty."""
    account = await desk.records.accounts.find(account_id)
    if account is None:
        return (Missing.ACCOUNT_INACTIVE,)
    certificate = None if key_id is None else await desk.records.certificates.find(key_id)
    return clearance(account, certificate, desk.wall.now(), await standing_of(desk, terms, account_id))


async def may_coordinate(desk: StaffDesk, terms: Terms, account_id: int) -> bool:
    """Say whether a coordinator has signed the confidentiality agreement that holds now."""
    return not missing_items(await standing_of(desk, terms, account_id), OF_EVERYBODY)


async def recheck(desk: StaffDesk, terms: Terms, live: LiveStore) -> None:
    """Take off duty who is no longer cleared: a text has a new version, an item ended, quarantine began.

    A conversation that goes on goes on to its end. A few are looked at at a time, so that nobody waits for thousands.
    """
    on_duty = await live.on_duty()
    for first in range(0, len(on_duty), _RECHECKED_AT_ONCE):
        account_ids = on_duty[first : first + _RECHECKED_AT_ONCE]
        standing = await standings(desk, terms, account_ids)
        accounts = {account.id: account for account in await desk.records.accounts.of_ids(account_ids)}
        colleagues = {account_id: await live.colleague(account_id) for account_id in account_ids}
        keys = [colleague.key_id for colleague in colleagues.values() if colleague is not None]
        certificates = {each.key_id: each for each in await desk.records.certificates.of_keys(keys)}
        for account_id, colleague in colleagues.items():
            account = accounts.get(account_id)
            certificate = None if colleague is None else certificates.get(colleague.key_id)
            if account is None or clearance(account, certificate, desk.wall.now(), standing[account_id]):
                await mentoring.set_duty(live, account_id, DutyState.OFF, missing=())


async def overview(desk: StaffDesk, terms: Terms) -> Mapping[int, Readiness]:
    """Return how it stands with everybody whose account is active, for a list of people."""
    active = [account for account in await desk.records.accounts.everybody() if account.active]
    standing = await standings(desk, terms, [account.id for account in active])
    return {
        account.id: Readiness(
            not_ready(standing[account.id])
            if account.role is Role.MENTOR
            else missing_items(standing[account.id], OF_EVERYBODY),
            ending_soon(standing[account.id], kinds_of(account.role)),
        )
        for account in active
    }


async def ending_soon_count(desk: StaffDesk, terms: Terms) -> int:
    """Return how many items of active accounts end within thirty days."""
    return sum(len(readiness.ends_soon) for readiness in (await overview(desk, terms)).values())
