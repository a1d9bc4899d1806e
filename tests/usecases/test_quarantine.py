"""Chat quarantine: who may set and lift it, what it covers, and the days around it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.errors import QuarantineRefusedError
from chatservice.usecases.quarantine import (
    covers,
    days_of,
    lift_quarantine,
    set_quarantine,
    today_in,
)
from tests.live_builders import HandClock
from tests.staff_builders import staff_room

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
async def room(tmp_path):
    async with staff_room(tmp_path) as room:
        yield room


async def mentor_and_coordinator(room):
    mentor, coordinator = await room.add("mira"), await room.add("sam", Role.COORDINATOR)
    return mentor.account.id, coordinator.account.id


def day_in(room, days):
    return today_in(room.clock, ZONE) + timedelta(days=days)


async def given(room, by, about, first, last):
    return await set_quarantine(
        room.desk, ZONE, by=by, about=about, first_day=day_in(room, first), last_day=day_in(room, last)
    )


@pytest.mark.parametrize(
    ("first", "last", "reason"), [(3, 2, "backwards"), (-3, -1, "over"), (0, 730, "too_long")]
)
async def test_days_that_make_no_period_are_refused(room, first, last, reason):
    mentor, _ = await mentor_and_coordinator(room)

    with pytest.raises(QuarantineRefusedError) as refused:
        await given(room, mentor, mentor, first, last)

    assert refused.value.reason == reason
    assert await room.desk.records.quarantines.of_accounts([mentor]) == []


async def test_a_period_grows_no_longer_than_the_longest_by_meeting_others(room):
    mentor, _ = await mentor_and_coordinator(room)
    await given(room, mentor, mentor, 0, 400)

    with pytest.raises(QuarantineRefusedError) as refused:
        await given(room, mentor, mentor, 300, 900)

    assert refused.value.reason == "too_long"


async def test_a_mentor_sets_none_for_another_and_a_coordinator_none_for_who_is_no_mentor(room):
    mentor, coordinator = await mentor_and_coordinator(room)
    other = (await room.add("maja")).account.id

    for by, about in ((mentor, other), (coordinator, coordinator), (coordinator, 99)):
        with pytest.raises(QuarantineRefusedError) as refused:
            await set_quarantine(
                room.desk, ZONE, by=by, about=about, first_day=day_in(room, 0), last_day=day_in(room, 1)
            )
        assert refused.value.reason == "not_a_mentor"


async def test_a_mentor_lifts_what_has_not_begun_and_a_coordinator_anything(room):
    mentor, coordinator = await mentor_and_coordinator(room)
    await given(room, mentor, mentor, 0, 1)
    await given(room, mentor, mentor, 9, 10)
    now, later = await days_of(room.desk.records, mentor, room.clock, ZONE)

    with pytest.raises(QuarantineRefusedError) as refused:
        await lift_quarantine(room.desk, ZONE, by=mentor, about=mentor, quarantine_id=now.id)
    assert refused.value.reason == "has_begun"
    await lift_quarantine(room.desk, ZONE, by=mentor, about=mentor, quarantine_id=later.id)
    await lift_quarantine(room.desk, ZONE, by=coordinator, about=mentor, quarantine_id=now.id)
    await lift_quarantine(room.desk, ZONE, by=coordinator, about=mentor, quarantine_id=now.id)

    assert await days_of(room.desk.records, mentor, room.clock, ZONE) == []
    acts = [(entry.act, entry.account_id) for entry in await room.desk.records.audit_log.newest(limit=9)]
    assert acts.count((Act.QUARANTINE_LIFTED, coordinator)) == 1
    assert acts.count((Act.QUARANTINE_LIFTED, mentor)) == 1


async def test_periods_that_meet_become_one(room):
    mentor, _ = await mentor_and_coordinator(room)
    await given(room, mentor, mentor, 0, 2)
    await given(room, mentor, mentor, 3, 4)
    await given(room, mentor, mentor, 8, 9)

    held = await days_of(room.desk.records, mentor, room.clock, ZONE)

    assert [(each.first_day, each.last_day) for each in held] == [
        (day_in(room, 0), day_in(room, 4)),
        (day_in(room, 8), day_in(room, 9)),
    ]


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [(0, 0, False), (0, 1, True), (2, 2, True), (0, 9, True), (3, 4, True), (4, 5, False)],
)
async def test_days_are_covered_when_any_of_them_is_within(room, first, last, covered):
    mentor, coordinator = await mentor_and_coordinator(room)
    await given(room, coordinator, mentor, 1, 3)

    found = await covers(room.desk.records, mentor, day_in(room, first), day_in(room, last))

    assert found == covered
    assert not await covers(room.desk.records, coordinator, day_in(room, first), day_in(room, last))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 15, 22, 59, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 1, 15, 23, 0, tzinfo=UTC), date(2026, 1, 16)),
        (datetime(2026, 7, 15, 21, 59, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 22, 0, tzinfo=UTC), date(2026, 7, 16)),
        # The nights on which the clocks are changed have an hour less, and one more.
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_a_day_begins_at_midnight_where_the_organisation_is(at, day):
    clock = HandClock()
    clock.pass_time((at - clock.now()).total_seconds())

    assert today_in(clock, ZONE) == day
