"""What every adapter of the records keeps to about items and quarantine, over real databases."""

from dataclasses import replace
from datetime import date

import pytest

from chatservice.domain.certification import Role
from chatservice.domain.certification_items import Item, Kind
from chatservice.domain.quarantine import Quarantine
from tests.live_builders import EVENING

FIRST, LAST = date(2026, 11, 22), date(2026, 12, 3)


@pytest.fixture
async def records(records):
    for username in ("mira", "maja"):
        await records.accounts.add(
            username=username,
            role=Role.MENTOR,
            alias=username,
            password_hash="h",
            code_secret="s",
            at=EVENING,
        )
    return records


async def test_nothing_is_held_of_who_is_unknown(records):
    assert await records.certification_items.of_accounts([99]) == []
    assert await records.certification_items.of_accounts([]) == []
    assert await records.quarantines.of_accounts([99]) == []
    assert not await records.certification_items.remove(99, Kind.EXTRACT, "")
    await records.quarantines.remove(99, 1)


async def test_an_item_comes_back_as_it_was_kept(records):
    mission = Item(1, Kind.MISSION_AT_HOME, FIRST, None, 2, number=3)
    signed = Item(1, Kind.ASSIGNMENT, FIRST, LAST, 1, version="2026-1", typed_name="Exempel")

    for item in (mission, signed):
        await records.certification_items.keep(item)

    assert await records.certification_items.of_accounts([1, 2]) == [signed, mission]
    assert await records.certification_items.of_accounts([2]) == []


async def test_an_item_takes_the_place_of_the_same_kind_and_version_only(records):
    old = Item(1, Kind.ASSIGNMENT, FIRST, None, 1, version="2026-1", typed_name="Exempel")
    again, newer = replace(old, done_on=LAST), replace(old, version="2026-2")

    for item in (old, again, newer):
        await records.certification_items.keep(item)
    assert await records.certification_items.of_accounts([1]) == [again, newer]

    assert await records.certification_items.remove(1, Kind.ASSIGNMENT, "2026-2")
    assert await records.certification_items.of_accounts([1]) == [again]


async def test_periods_come_back_the_earliest_first(records):
    for account_id, first in ((1, LAST), (1, FIRST), (2, FIRST)):
        await records.quarantines.keep(Quarantine(account_id, first, LAST))

    held = await records.quarantines.of_accounts([1])

    assert [(each.first_day, each.last_day) for each in held] == [(FIRST, LAST), (LAST, LAST)]
    assert len({each.id for each in held}) == 2


async def test_a_period_takes_the_place_of_ones_own_and_of_nobody_elses(records):
    for account_id in (1, 2):
        await records.quarantines.keep(Quarantine(account_id, FIRST, FIRST))
    both = [each.id for each in await records.quarantines.of_accounts([1, 2])]

    await records.quarantines.keep(Quarantine(1, FIRST, LAST), in_place_of=both)
    (mine,) = await records.quarantines.of_accounts([1])
    await records.quarantines.remove(2, mine.id)

    assert (mine.first_day, mine.last_day) == (FIRST, LAST)
    assert len(await records.quarantines.of_accounts([1, 2])) == 2


async def test_a_period_is_erased_when_its_last_day_is_over(records):
    await records.quarantines.keep(Quarantine(1, FIRST, LAST))

    assert await records.quarantines.remove_ended_before(LAST) == 0
    assert await records.quarantines.remove_ended_before(LAST.replace(day=LAST.day + 1)) == 1
    assert await records.quarantines.of_accounts([1]) == []
