"""Who may take, leave, swap and give which shift, over a real database and a clock moved by hand."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.opening_hours import DatedException, Schedule, Week, Window
from chatservice.domain.shift import Refusal, Stretch
from chatservice.errors import ShiftRefusedError
from chatservice.usecases import people, rota
from chatservice.usecases.freeing_shifts import free_coming_shifts, free_shifts
from chatservice.usecases.quarantine import set_quarantine
from chatservice.usecases.rota import RotaDesk
from tests.staff_builders import staff_room

EVENING_WINDOW = Window.between(time(19), time(22))
SCHEDULE = Schedule(Week(((EVENING_WINDOW,),) * 7))
NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
TONIGHT = Stretch(NOW.replace(hour=18), NOW.replace(hour=21))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def later(days):
    return Stretch(TONIGHT.starts_at + days * DAY, TONIGHT.ends_at + days * DAY)


@pytest.fixture
async def staff(tmp_path):
    async with staff_room(tmp_path) as staff:
        staff.clock.at = NOW
        yield staff


@pytest.fixture
def desk(staff):
    return RotaDesk(staff.desk.records, staff.clock, SCHEDULE)


@pytest.fixture
async def mira(staff):
    return (await staff.add("mira")).account.id


@pytest.fixture
async def disa(staff):
    return (await staff.add("disa")).account.id


@pytest.fixture
async def sam(staff):
    return (await staff.add("sam", Role.COORDINATOR)).account.id


async def refused(doing):
    with pytest.raises(ShiftRefusedError) as error:
        await doing
    return error.value.reason


async def taken(desk):
    return [(shift.account_id, shift.stretch) for shift in await desk.records.shifts.coming(NOW)]


async def acts(desk):
    return [
        (entry.account_id, entry.act, entry.about) for entry in await desk.records.audit_log.newest(limit=9)
    ]


async def test_a_mentor_signs_up_within_an_opening_to_come_and_nowhere_else(desk, mira):
    outside = Stretch(TONIGHT.starts_at, TONIGHT.ends_at + timedelta(minutes=1))

    assert await refused(rota.sign_up(desk, mira, outside)) == Refusal.OUTSIDE
    assert await refused(rota.sign_up(desk, mira, later(28))) == Refusal.OUTSIDE
    assert await refused(rota.sign_up(desk, mira, later(-1))) == Refusal.PAST
    assert await taken(desk) == []

    await rota.sign_up(desk, mira, later(27))
    await rota.sign_up(desk, mira, TONIGHT)
    assert await taken(desk) == [(mira, TONIGHT), (mira, later(27))]
    assert await acts(desk) == [], "what a mentor does with her own evenings is nobody's log"


async def test_an_opening_that_has_begun_can_still_be_taken(desk, mira):
    desk.clock.pass_time(8 * 3600)

    await rota.sign_up(desk, mira, TONIGHT)

    assert await taken(desk) == [(mira, TONIGHT)]


async def test_two_shifts_at_once_are_refused(desk, mira):
    await rota.sign_up(desk, mira, Stretch(TONIGHT.starts_at, TONIGHT.starts_at + 2 * HOUR))

    assert await refused(rota.sign_up(desk, mira, TONIGHT)) == Refusal.OVERLAP


async def test_an_opening_is_found_by_its_start_and_cut_by_times_on_the_wall(desk):
    starts_at = TONIGHT.starts_at

    with pytest.raises(ShiftRefusedError) as unknown:
        rota.stretch_in(desk, starts_at + HOUR, None, None)
    with pytest.raises(ShiftRefusedError) as wrong:
        rota.stretch_in(desk, starts_at, time(21), time(20))

    assert (unknown.value.reason, wrong.value.reason) == (Refusal.OUTSIDE, Refusal.TIMES_WRONG)
    assert rota.stretch_in(desk, starts_at, None, None) == TONIGHT
    assert rota.stretch_in(desk, starts_at, time(20), None) == Stretch(starts_at + HOUR, TONIGHT.ends_at)
    assert rota.stretch_in(desk, starts_at, None, time(20)) == Stretch(starts_at, starts_at + HOUR)


async def test_a_shift_can_be_left_more_than_two_days_before_and_a_nearer_one_cannot(desk, mira, disa):
    near, far = await rota.sign_up(desk, mira, later(2)), await rota.sign_up(desk, mira, later(3))
    desk.clock.pass_time(7 * 3600)

    assert await refused(rota.leave(desk, disa, far.id)) == Refusal.GONE
    assert await refused(rota.leave(desk, mira, near.id)) == Refusal.TOO_NEAR
    await rota.leave(desk, mira, far.id)

    assert await taken(desk) == [(mira, later(2))]
    assert await refused(rota.leave(desk, mira, far.id)) == Refusal.GONE


async def test_a_near_shift_can_be_left_when_the_chat_is_closed_after_all(desk, mira):
    shift = await rota.sign_up(desk, mira, TONIGHT)
    closed = replace(desk, schedule=Schedule(SCHEDULE.week, (DatedException(date(2026, 11, 22)),)))

    await rota.leave(closed, mira, shift.id)

    assert await taken(desk) == []


async def test_nothing_is_done_with_a_shift_that_is_over(desk, mira, disa):
    shift = await rota.sign_up(desk, mira, TONIGHT)
    await rota.ask_for_swap(desk, mira, shift.id)
    desk.clock.pass_time(10 * 3600)

    assert await refused(rota.leave(desk, mira, shift.id)) == Refusal.PAST
    assert await refused(rota.ask_for_swap(desk, mira, shift.id)) == Refusal.PAST
    assert await refused(rota.take_over(desk, disa, shift.id)) == Refusal.PAST
    assert await rota.shifts_of(desk, mira) == []


async def test_a_shift_is_taken_over_only_when_it_is_offered_by_a_colleague(desk, mira, disa):
    shift = await rota.sign_up(desk, mira, TONIGHT)

    assert await refused(rota.take_over(desk, disa, shift.id + 1)) == Refusal.GONE
    assert await refused(rota.take_over(desk, disa, shift.id)) == Refusal.GONE
    assert await refused(rota.ask_for_swap(desk, disa, shift.id)) == Refusal.GONE
    await rota.ask_for_swap(desk, mira, shift.id)
    assert await refused(rota.take_over(desk, mira, shift.id)) == Refusal.GONE
    await rota.keep_after_all(desk, mira, shift.id)
    assert await refused(rota.take_over(desk, disa, shift.id)) == Refusal.GONE
    await rota.ask_for_swap(desk, mira, shift.id)
    assert await taken(desk) == [(mira, TONIGHT)], "it stays hers until somebody takes it"
    assert [wanted.id for wanted in await rota.swaps_wanted(desk)] == [shift.id]
    await rota.take_over(desk, disa, shift.id)

    assert await taken(desk) == [(disa, TONIGHT)]
    assert await rota.swaps_wanted(desk) == []
    assert await refused(rota.keep_after_all(desk, mira, shift.id)) == Refusal.GONE


async def test_nobody_takes_over_what_she_has_no_time_for(desk, mira, disa):
    shift = await rota.sign_up(desk, mira, TONIGHT)
    await rota.ask_for_swap(desk, mira, shift.id)
    await rota.sign_up(desk, disa, Stretch(TONIGHT.starts_at + 2 * HOUR, TONIGHT.ends_at))

    assert await refused(rota.take_over(desk, disa, shift.id)) == Refusal.OVERLAP


async def test_of_colleagues_who_take_over_at_once_all_but_one_hear_that_somebody_was_first(
    desk, staff, mira
):
    colleagues = [(await staff.add(f"m{number}")).account.id for number in range(4)]
    shift = await rota.sign_up(desk, mira, TONIGHT)
    await rota.ask_for_swap(desk, mira, shift.id)

    outcomes = await asyncio.gather(
        *(rota.take_over(desk, one, shift.id) for one in colleagues), return_exceptions=True
    )

    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, ShiftRefusedError)]
    assert reasons == [Refusal.GONE] * 3
    assert await taken(desk) == [(colleagues[outcomes.index(None)], TONIGHT)]


async def test_a_swap_and_its_withdrawal_at_once_leave_the_shift_with_one_mentor(desk, mira, disa):
    shift = await rota.sign_up(desk, mira, TONIGHT)
    await rota.ask_for_swap(desk, mira, shift.id)

    kept, took = await asyncio.gather(
        rota.keep_after_all(desk, mira, shift.id),
        rota.take_over(desk, disa, shift.id),
        return_exceptions=True,
    )

    assert (kept is None) != (took is None)
    assert await taken(desk) == [(disa if took is None else mira, TONIGHT)]


class ShiftsThatChangeMeanwhile:
    """Shifts that a colleague takes over, or a coordinator takes away, right after they were looked at."""

    def __init__(self, shifts, change):
        self._shifts, self._change = shifts, change

    def __getattr__(self, name):
        return getattr(self._shifts, name)

    async def find(self, number):
        shift = await self._shifts.find(number)
        await self._change(self._shifts, shift)
        return shift


@pytest.mark.parametrize("what", ["keep_after_all", "ask_for_swap", "take_over", "take_away"])
async def test_whoever_comes_a_moment_too_late_is_refused_and_changes_nothing(
    desk, staff, mira, disa, sam, what
):
    alva = (await staff.add("alva")).account.id
    shift = await rota.sign_up(desk, mira, TONIGHT)
    await rota.ask_for_swap(desk, mira, shift.id)
    who = {"take_over": disa, "take_away": sam}.get(what, mira)

    async def alva_takes_over(shifts, seen):
        assert await shifts.hand_over(seen, alva)

    late = SimpleNamespace(
        shifts=ShiftsThatChangeMeanwhile(desk.records.shifts, alva_takes_over),
        quarantines=desk.records.quarantines,
        audit_log=desk.records.audit_log,
    )

    assert await refused(getattr(rota, what)(replace(desk, records=late), who, shift.id)) == Refusal.GONE
    assert await taken(desk) == [(alva, TONIGHT)]
    assert await acts(desk) == []


async def test_a_coordinator_schedules_active_mentors_only_and_it_is_noted(desk, staff, mira, disa, sam):
    await staff.desk.records.accounts.set_active(disa, active=False, at=NOW)

    assert await refused(rota.give(desk, sam, disa, TONIGHT)) == Refusal.NOT_AVAILABLE
    assert await refused(rota.give(desk, sam, sam, TONIGHT)) == Refusal.NOT_AVAILABLE
    assert await refused(rota.give(desk, sam, 99, TONIGHT)) == Refusal.NOT_AVAILABLE
    assert await refused(rota.give(desk, sam, mira, later(-1))) == Refusal.PAST
    assert await acts(desk) == []
    await rota.give(desk, sam, mira, TONIGHT)
    assert await refused(rota.give(desk, sam, mira, TONIGHT)) == Refusal.OVERLAP

    assert await taken(desk) == [(mira, TONIGHT)]
    assert await acts(desk) == [(sam, Act.SHIFT_GIVEN, mira)]


async def test_a_coordinator_takes_a_shift_away_once_and_it_is_noted(desk, mira, sam):
    shift = await rota.sign_up(desk, mira, TONIGHT)

    await rota.take_away(desk, sam, shift.id)

    assert await refused(rota.take_away(desk, sam, shift.id)) == Refusal.GONE
    assert await taken(desk) == []
    assert await acts(desk) == [(sam, Act.SHIFT_TAKEN_AWAY, mira)]


async def test_freeing_some_days_leaves_the_other_days_and_the_other_mentors(desk, mira, disa):
    for days in (0, 1, 2, 3):
        await rota.sign_up(desk, mira, later(days))
    await rota.sign_up(desk, disa, later(1))

    freed = await free_shifts(desk.records, SCHEDULE.zone, mira, date(2026, 11, 23), date(2026, 11, 24))

    assert freed == 2
    assert await taken(desk) == [(mira, TONIGHT), (disa, later(1)), (mira, later(3))]


async def test_freeing_for_good_leaves_only_what_is_over(desk, mira):
    for days in (0, 1, 2):
        await rota.sign_up(desk, mira, later(days))
    desk.clock.pass_time(10 * 3600)

    assert await free_coming_shifts(desk.records, desk.clock, mira) == 2

    assert await taken(desk) == [(mira, TONIGHT)]


async def test_closing_an_account_frees_its_coming_shifts(desk, staff, mira, disa, sam):
    await rota.sign_up(desk, mira, TONIGHT)
    await rota.sign_up(desk, disa, TONIGHT)

    await people.deactivate(staff.desk, sam, mira)

    assert await taken(desk) == [(disa, TONIGHT)]


async def test_a_quarantine_frees_what_lies_in_it_and_lets_nothing_new_in(desk, staff, mira, disa, sam):
    for days in (0, 1, 2):
        await rota.sign_up(desk, mira, later(days))
    offered = await rota.sign_up(desk, disa, Stretch(later(1).starts_at, later(1).starts_at + HOUR))
    await rota.ask_for_swap(desk, disa, offered.id)

    await set_quarantine(
        staff.desk,
        SCHEDULE.zone,
        by=mira,
        about=mira,
        first_day=date(2026, 11, 23),
        last_day=date(2026, 11, 23),
    )

    assert [stretch for who, stretch in await taken(desk) if who == mira] == [TONIGHT, later(2)]
    assert await refused(rota.sign_up(desk, mira, later(1))) == Refusal.QUARANTINE
    assert await refused(rota.take_over(desk, mira, offered.id)) == Refusal.QUARANTINE
    assert await refused(rota.give(desk, sam, mira, later(1))) == Refusal.NOT_AVAILABLE


async def test_the_gaps_of_the_next_two_weeks_are_counted(desk, mira):
    assert await rota.count_gaps(desk) == 14

    await rota.sign_up(desk, mira, Stretch(TONIGHT.starts_at + HOUR, TONIGHT.starts_at + 2 * HOUR))
    await rota.sign_up(desk, mira, later(1))

    assert await rota.count_gaps(desk) == 14, "one evening has two gaps now, another none"
    planned = await rota.read_rota(desk)
    assert [(opening.day, gap) for opening, gap in rota.gaps_soon(planned, NOW)][:2] == [
        (date(2026, 11, 22), Stretch(TONIGHT.starts_at, TONIGHT.starts_at + HOUR)),
        (date(2026, 11, 22), Stretch(TONIGHT.starts_at + 2 * HOUR, TONIGHT.ends_at)),
    ]
