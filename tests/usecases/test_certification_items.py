"""Noting, signing and withdrawing items: who may, of whom, and that nobody notes her own."""

from datetime import timedelta

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.certification_items import NOTED, TEXTS, Kind
from chatservice.errors import CertificationRefusedError
from chatservice.usecases.certification_items import note_examples, note_item, sign_text, withdraw_item
from chatservice.usecases.clearing import missing_for_duty
from chatservice.usecases.quarantine import today_in
from tests.staff_builders import TERMS, staff_room


@pytest.fixture
async def room(tmp_path):
    async with staff_room(tmp_path) as room:
        yield room


@pytest.fixture
async def mentor(room):
    return (await room.add("mira", has_items=False)).account.id


@pytest.fixture
async def coordinator(room):
    return (await room.add("sam", Role.COORDINATOR)).account.id


async def noted(room, by, about, kind, *, days_ago=0, number=1):
    day = today_in(room.clock, TERMS.zone) - timedelta(days=days_ago)
    return await note_item(room.desk, TERMS, by=by, about=about, kind=kind, done_on=day, number=number)


async def signed(room, who, kind, *, version="2026-1", name="Exempel Exempelsson"):
    return await sign_text(room.desk, TERMS, account_id=who, kind=kind, version=version, typed_name=name)


async def refusal(doing):
    with pytest.raises(CertificationRefusedError) as refused:
        await doing
    return refused.value.reason


async def items_of(room, account_id):
    return await room.desk.records.certification_items.of_accounts([account_id])


async def test_nobody_notes_or_withdraws_her_own(room, mentor, coordinator):
    before = await items_of(room, coordinator)

    assert await refusal(noted(room, coordinator, coordinator, Kind.TRAINING)) == "own"
    assert await refusal(noted(room, mentor, mentor, Kind.TRAINING)) == "not_a_coordinator"
    withdrawal = withdraw_item(
        room.desk, by=coordinator, about=coordinator, kind=Kind.CONFIDENTIALITY, version="2026-1"
    )
    assert await refusal(withdrawal) == "own"

    assert await items_of(room, coordinator) == before


async def test_only_a_coordinator_who_works_here_notes(room, mentor, coordinator):
    other = (await room.add("maja")).account.id
    await room.desk.records.accounts.set_active(coordinator, active=False, at=room.clock.now())

    for by, about in ((other, mentor), (coordinator, mentor), (999, mentor)):
        assert await refusal(noted(room, by, about, Kind.TRAINING)) == "not_a_coordinator"
    assert await items_of(room, mentor) == []


async def test_nobody_signs_for_another(room, mentor, coordinator):
    for kind in TEXTS:
        assert await refusal(noted(room, coordinator, mentor, kind)) == "only_herself"


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        (Kind.TRAINING, {"days_ago": -1}, "in_the_future"),
        (Kind.EXTRACT, {"days_ago": 366}, "over"),
        (Kind.MISSION_AT_HOME, {"number": 0}, "number"),
        (Kind.MISSION_AT_HOME, {"number": 51}, "number"),
    ],
)
async def test_what_cannot_be_is_not_noted(room, mentor, coordinator, kind, given, reason):
    assert await refusal(noted(room, coordinator, mentor, kind, **given)) == reason
    assert await items_of(room, mentor) == []


async def test_nothing_but_confidentiality_is_asked_of_a_coordinator(room, coordinator):
    other = (await room.add("siri", Role.COORDINATOR)).account.id

    assert await refusal(noted(room, coordinator, other, Kind.TRAINING)) == "not_hers"
    assert await refusal(signed(room, other, Kind.ASSIGNMENT)) == "not_hers"


async def test_a_coordinator_notes_what_she_has_seen(room, mentor, coordinator):
    extract = await noted(room, coordinator, mentor, Kind.EXTRACT, days_ago=2, number=7)
    mission = await noted(room, coordinator, mentor, Kind.MISSION_AT_HOME, number=2)

    assert await items_of(room, mentor) == [extract, mission]
    assert (extract.noted_by, extract.number, mission.number) == (coordinator, 0, 2)
    assert extract.valid_until == extract.done_on.replace(year=extract.done_on.year + 1)
    entry = (await room.desk.records.audit_log.newest(limit=1))[0]
    assert (entry.act, entry.account_id, entry.about) == (Act.ITEM_NOTED, coordinator, mentor)


async def test_a_newer_note_takes_the_place_of_an_older(room, mentor, coordinator):
    await noted(room, coordinator, mentor, Kind.EXTRACT, days_ago=300)
    newer = await noted(room, coordinator, mentor, Kind.EXTRACT)

    assert await items_of(room, mentor) == [newer]


async def test_a_withdrawn_item_is_missing_again(room, coordinator):
    mentor = (await room.add("maja")).account.id

    for kind, version in ((Kind.EXTRACT, ""), (Kind.ASSIGNMENT, "2026-1"), (Kind.ASSIGNMENT, "2026-1")):
        await withdraw_item(room.desk, by=coordinator, about=mentor, kind=kind, version=version)

    missing = await missing_for_duty(room.desk, TERMS, mentor, None)
    assert missing == ("certificate_missing", "extract_missing", "assignment_missing")
    acts = [entry.act for entry in await room.desk.records.audit_log.newest(limit=9)]
    assert acts.count(Act.ITEM_WITHDRAWN) == 2


@pytest.mark.parametrize("name", ["", " ", "E", "E" * 81, "Exempel\x00"])
async def test_a_signature_needs_a_name(room, mentor, name):
    assert await refusal(signed(room, mentor, Kind.CONFIDENTIALITY, name=name)) == "name"
    assert await items_of(room, mentor) == []


async def test_nobody_signs_another_version_than_she_was_shown(room, mentor):
    assert await refusal(signed(room, mentor, Kind.CONFIDENTIALITY, version="2025-9")) == "changed"


async def test_a_text_is_signed_by_who_works_here(room, mentor):
    await room.desk.records.accounts.set_active(mentor, active=False, at=room.clock.now())

    assert await refusal(signed(room, mentor, Kind.CONFIDENTIALITY)) == "not_hers"
    assert await refusal(signed(room, 999, Kind.CONFIDENTIALITY)) == "not_hers"


async def test_what_is_no_text_is_not_signed(room, mentor):
    assert await refusal(signed(room, mentor, Kind.TRAINING, version="")) == "not_hers"


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.EDITOR, Role.OPERATOR])
async def test_everybody_who_works_here_can_sign_confidentiality(room, role):
    person = (await room.add("siri", role, has_items=False)).account.id

    item = await signed(room, person, Kind.CONFIDENTIALITY, name="  Exempel   Exempelsson ")

    assert (item.typed_name, item.version, item.noted_by) == ("Exempel Exempelsson", "2026-1", person)
    entry = (await room.desk.records.audit_log.newest(limit=1))[0]
    assert (entry.act, entry.account_id) == (Act.TEXT_SIGNED, person)


async def test_guidelines_are_read_without_a_name(room, mentor):
    assert (await signed(room, mentor, Kind.GUIDELINES)).typed_name == ""


async def test_a_mentor_who_has_come_the_whole_way_lacks_nothing(room, mentor, coordinator):
    for kind in TEXTS:
        await signed(room, mentor, kind)
    for kind in NOTED:
        await noted(room, coordinator, mentor, kind)

    assert await missing_for_duty(room.desk, TERMS, mentor, None) == ("certificate_missing",)


async def test_examples_have_what_is_asked_for_and_say_that_they_are_examples(room, mentor):
    account = await room.desk.records.accounts.find(mentor)

    await note_examples(room.desk, TERMS, account)

    assert await missing_for_duty(room.desk, TERMS, mentor, None) == ("certificate_missing",)
    held = await items_of(room, mentor)
    assert {item.kind: item.typed_name for item in held if item.typed_name} == {
        Kind.CONFIDENTIALITY: "Exempel",
        Kind.ASSIGNMENT: "Exempel",
    }
    assert Kind.PRACTICE not in {item.kind for item in held}
