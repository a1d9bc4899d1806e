"""Clearance for duty: what stands in the way of whom, and taking off duty who is no longer cleared."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatservice.domain.certification import Role
from chatservice.domain.certification_items import TEXTS, Kind, Rules
from chatservice.domain.duty import DutyState
from chatservice.live.memory import MemoryLiveStore
from chatservice.ports import Colleague
from chatservice.usecases import certifying, clearing
from chatservice.usecases.quarantine import set_quarantine, today_in
from tests.live_builders import waiting_conversation
from tests.staff_builders import TERMS, browser_key, staff_room

NEXT_YEAR = replace(TERMS, rules=Rules(TERMS.rules.requirements, tuple((kind, "2027-1") for kind in TEXTS)))
NOTHING = (
    "certificate_missing",
    "training_missing",
    "extract_missing",
    "confidentiality_missing",
    "assignment_missing",
    "guidelines_missing",
    "mission_at_home_missing",
)


@pytest.fixture
async def room(tmp_path):
    async with staff_room(tmp_path) as room:
        yield room


async def mentor_on_duty(room, live, username="mira"):
    mentor = (await room.add(username)).account
    certificate = await certifying.request_certificate(room.desk, mentor.id, browser_key())
    await live.mentor_arrives(mentor.id, username, Colleague(certificate.key_id, mentor.alias))
    await live.set_duty(mentor.id, DutyState.ON)
    return mentor, certificate.key_id


async def rest(room, mentor, first=0, last=0):
    today = today_in(room.clock, TERMS.zone)
    await set_quarantine(
        room.desk,
        TERMS.zone,
        by=mentor.id,
        about=mentor.id,
        first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
    )


async def test_every_missing_item_is_named_of_a_mentor_who_has_just_come(room):
    mentor = await room.add(has_items=False)

    assert await clearing.missing_for_duty(room.desk, TERMS, mentor.account.id, None) == NOTHING


async def test_a_new_version_of_a_text_stands_in_the_way(room):
    mentor, key_id = await mentor_on_duty(room, MemoryLiveStore(room.clock))

    assert await clearing.missing_for_duty(room.desk, TERMS, mentor.id, key_id) == ()
    assert await clearing.missing_for_duty(room.desk, NEXT_YEAR, mentor.id, key_id) == (
        "confidentiality_outdated",
        "assignment_outdated",
        "guidelines_outdated",
    )


async def test_quarantine_stands_in_the_way_until_its_last_midnight(room):
    mentor, key_id = await mentor_on_duty(room, MemoryLiveStore(room.clock))
    await rest(room, mentor)

    assert await clearing.missing_for_duty(room.desk, TERMS, mentor.id, key_id) == ("quarantine",)
    room.clock.pass_time(4 * 3600 - 1)  # a second before midnight in Stockholm
    assert await clearing.missing_for_duty(room.desk, TERMS, mentor.id, key_id) == ("quarantine",)
    room.clock.pass_time(1)
    assert await clearing.missing_for_duty(room.desk, TERMS, mentor.id, key_id) == ()


async def test_a_coordinator_needs_the_confidentiality_that_holds_now(room):
    signed = (await room.add("sam", Role.COORDINATOR)).account
    fresh = (await room.add("siri", Role.COORDINATOR, has_items=False)).account

    assert await clearing.may_coordinate(room.desk, TERMS, signed.id)
    assert not await clearing.may_coordinate(room.desk, NEXT_YEAR, signed.id)
    assert not await clearing.may_coordinate(room.desk, TERMS, fresh.id)


async def test_only_who_is_no_longer_cleared_is_taken_off_duty(room):
    live = MemoryLiveStore(room.clock)
    resting, _ = await mentor_on_duty(room, live)
    other, _ = await mentor_on_duty(room, live, "maja")
    await rest(room, resting)

    await clearing.recheck(room.desk, TERMS, live)

    assert await live.duty_of(resting.id) is DutyState.OFF
    assert await live.duty_of(other.id) is DutyState.ON


@pytest.mark.parametrize("ends", ["a new version", "an item ended", "the certificate withdrawn", "closed"])
async def test_whatever_ends_clearance_ends_duty(room, ends):
    live = MemoryLiveStore(room.clock)
    mentor, key_id = await mentor_on_duty(room, live)
    if ends == "an item ended":
        await room.desk.records.certification_items.remove(mentor.id, Kind.EXTRACT, "")
    elif ends == "the certificate withdrawn":
        await room.desk.records.certificates.revoke(key_id)
    elif ends == "closed":
        await room.desk.records.accounts.set_active(mentor.id, active=False, at=room.clock.now())

    await clearing.recheck(room.desk, NEXT_YEAR if ends == "a new version" else TERMS, live)

    assert await live.duty_of(mentor.id) is DutyState.OFF


async def test_a_conversation_goes_on_to_its_end_when_duty_does_not(room):
    live = MemoryLiveStore(room.clock)
    mentor, key_id = await mentor_on_duty(room, live)
    await live.open(waiting_conversation(), queue_cap=9)
    conversation = await live.take_oldest(account_id=mentor.id, key_id=key_id)
    await rest(room, mentor)

    await clearing.recheck(room.desk, TERMS, live)

    assert await live.duty_of(mentor.id) is DutyState.OFF
    assert await live.seated(account_id=mentor.id, key_id=key_id) == conversation.id


async def test_a_page_without_a_key_and_an_account_that_is_gone_are_not_on_duty(room):
    live = MemoryLiveStore(room.clock)
    mentor = (await room.add()).account
    for account_id in (mentor.id, 999):
        await live.mentor_arrives(account_id, str(account_id), None)
        await live.set_duty(account_id, DutyState.ON)

    await clearing.recheck(room.desk, TERMS, live)

    assert await live.on_duty() == []


async def test_nobody_is_asked_about_when_nobody_is_on_duty(room):
    await clearing.recheck(replace(room.desk, records=None), TERMS, MemoryLiveStore(room.clock))


async def test_the_overview_says_how_it_stands_with_everybody_who_works_here(room):
    ready, fresh = (await room.add("mira")).account, (await room.add("maja", has_items=False)).account
    coordinator = (await room.add("siri", Role.COORDINATOR, has_items=False)).account
    closed = (await room.add("moa")).account
    await room.desk.records.accounts.set_active(closed.id, active=False, at=room.clock.now())

    found = await clearing.overview(room.desk, TERMS)

    assert found.keys() == {ready.id, fresh.id, coordinator.id}
    assert (found[ready.id].missing, found[ready.id].ends_soon) == ((), ())
    assert found[fresh.id].missing == NOTHING[1:]
    assert found[coordinator.id].missing == ("confidentiality_missing",)


async def test_what_ends_within_thirty_days_is_counted(room):
    await room.add("mira")
    await room.add("sam", Role.COORDINATOR)

    assert await clearing.ending_soon_count(room.desk, TERMS) == 0
    room.clock.pass_time(timedelta(days=365 - 30).total_seconds())

    assert (
        await clearing.ending_soon_count(room.desk, TERMS) == 2
    )  # the extract and the guidelines, of the mentor
