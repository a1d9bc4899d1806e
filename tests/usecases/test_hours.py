"""What coordinators do with the hours: who else reads them, what each change leaves behind, and what is noted."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.day_hours import DayRefusedError
from chatservice.domain.opening_hours import DatedException, Override, Schedule, Week, Window
from chatservice.errors import RecordsAwayError
from chatservice.live.memory import MemoryLiveStore
from chatservice.ports import Records
from chatservice.records import DatabaseRecords
from chatservice.usecases.hours import ASK_AGAIN_S, READ_EVERY_S, HoursDesk
from chatservice.usecases.opening import opening_status
from tests.live_builders import HandClock
from tests.staff_builders import fresh_records

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVENING, LATE = Window.between(time(19), time(22)), Window.between(time(21), time(1))
SUNDAYS = Schedule(Week(((), (), (), (), (), (LATE,), (EVENING,))), zone=STOCKHOLM)
SUNDAY = date(2026, 11, 22)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=STOCKHOLM)


@dataclass
class Office:
    """A coordinator at her desk, on Sunday 22 November 2026 at 20.00, and the records under it."""

    records: DatabaseRecords
    clock: HandClock
    desk: HoursDesk
    who: int

    async def reason(self) -> str:
        live = MemoryLiveStore(self.clock)
        status = await opening_status(hours=await self.desk.now(), live=live, clock=self.clock, queue_cap=9)
        return status.reason

    async def acts(self) -> list[Act]:
        return [entry.act for entry in reversed(await self.records.audit_log.newest(limit=99))]


@pytest.fixture
async def office(tmp_path):
    async with fresh_records(tmp_path) as records:
        clock = HandClock(local("22T20:00"))
        account = await records.accounts.add(
            username="sam",
            role=Role.COORDINATOR,
            alias="Sam",
            password_hash="h",
            code_secret="s",
            at=clock.now(),
        )
        yield Office(records, clock, HoursDesk(SUNDAYS, records, clock), account.id)


async def test_a_day_in_the_past_cannot_be_changed_and_nothing_is_noted(office):
    with pytest.raises(DayRefusedError):
        await office.desk.change_day(office.who, DatedException(date(2026, 11, 21)))
    with pytest.raises(DayRefusedError):
        await office.desk.take_back_day(office.who, date(2026, 11, 21))

    assert await office.desk.set_here() == []
    assert await office.acts() == []


async def test_a_day_that_has_no_other_hours_has_nothing_to_take_back(office):
    assert not await office.desk.take_back_day(office.who, SUNDAY)
    assert await office.acts() == []


async def test_the_weeks_hours_are_not_taken_back_into_a_neighbour_that_is_longer_now(office):
    night = Window.between(time(22), time(20))
    await office.desk.change_day(office.who, DatedException(SUNDAY + timedelta(days=7)))
    await office.desk.change_day(office.who, DatedException(SUNDAY + timedelta(days=6), (night,)))

    with pytest.raises(DayRefusedError):
        await office.desk.take_back_day(office.who, SUNDAY + timedelta(days=7))


async def test_a_changed_day_holds_at_once_until_it_is_taken_back(office):
    assert await office.reason() == "no_mentor"

    await office.desk.change_day(office.who, DatedException(SUNDAY, (), "Vila", (("en", "Rest"),)))
    assert await office.reason() == "schedule"
    assert await office.desk.set_here() == [DatedException(SUNDAY, (), "Vila", (("en", "Rest"),))]
    await office.desk.change_day(office.who, DatedException(SUNDAY, (Window.between(time(12), time(13)),)))
    assert (await office.desk.now()).schedule.windows_on(SUNDAY) == (Window.between(time(12), time(13)),)

    assert await office.desk.take_back_day(office.who, SUNDAY)
    assert await office.reason() == "no_mentor"
    assert await office.acts() == [Act.HOURS_CHANGED] * 3


async def test_last_nights_window_holds_after_midnight_when_it_was_set_here(office):
    await office.desk.change_day(office.who, DatedException(SUNDAY, (LATE,)))
    office.clock.pass_time(4.5 * 3600)

    assert office.desk.today() == date(2026, 11, 23)
    assert await office.reason() == "no_mentor"
    office.clock.pass_time(3600)
    assert await office.reason() == "schedule"


async def test_a_state_stands_over_an_exception_and_an_exception_over_the_week(office):
    await office.desk.change_day(office.who, DatedException(SUNDAY))
    assert await office.reason() == "schedule"

    await office.desk.set_state(office.who, "open", local("22T23:00"), "prov")
    assert await office.reason() == "no_mentor"

    await office.desk.set_state(office.who, "closed", local("22T21:00"))
    assert await office.reason() == "override"
    assert [state.kind for state in await office.desk.states()] == ["closed"], "one at a time"
    office.clock.pass_time(3600)
    assert await office.reason() == "schedule"
    assert await office.acts() == [Act.HOURS_CHANGED, Act.HOURS_OVERRIDDEN, Act.HOURS_OVERRIDDEN]


async def test_the_intake_is_stopped_until_closing_and_resumed_in_one_press(office):
    assert not await office.desk.resume_intake(office.who)

    await office.desk.stop_intake(office.who)
    assert await office.reason() == "stopped"
    (stop,) = await office.desk.states()
    assert stop.ends_at == local("22T22:00")

    assert await office.desk.resume_intake(office.who)
    assert await office.reason() == "no_mentor"
    assert not await office.desk.end_state(office.who, stop.id)
    assert await office.acts() == [Act.HOURS_OVERRIDDEN, Act.OVERRIDE_ENDED]


@pytest.mark.parametrize(
    ("now", "closes"),
    [("22T20:00", "22T22:00"), ("22T10:00", "22T22:00"), ("22T22:30", None), ("21T23:00", "22T01:00")],
)
async def test_closing_tonight_is_that_of_an_opening_today(office, now, closes):
    office.clock.at = local(now)

    assert await office.desk.closing_ahead() == (closes and local(closes))


async def test_without_a_closing_near_one_press_stops_for_two_hours(office):
    await office.records.overrides.extend_example(
        Override("open", local("22T10:00"), local("30T10:00"), example=True)
    )

    assert await office.desk.closing_ahead() is None
    await office.desk.stop_intake(office.who)

    stop, example = await office.desk.states()
    assert (stop.kind, stop.ends_at) == ("stopped", local("22T22:00"))
    assert example.example, "what the example has set is left in its place"


async def test_everybody_who_asks_costs_one_reading_a_second(office):
    reads = 0
    counted = office.records.overrides.active

    async def active(now):
        nonlocal reads
        reads += 1
        return await counted(now)

    office.records.overrides.active = active
    answers = await asyncio.gather(*(office.desk.now() for _ in range(100)))

    assert reads == 1
    assert all(answer is answers[0] for answer in answers)
    office.clock.pass_time(READ_EVERY_S)
    await office.desk.now()
    assert reads == 2


async def test_a_reading_that_a_change_overtakes_is_not_kept(office):
    await office.desk.set_state(office.who, "closed", local("22T21:00"))
    (state,) = await office.desk.states()
    office.clock.pass_time(READ_EVERY_S)
    read = office.records.overrides.active

    async def overtaken(now):
        found = await read(now)
        await office.desk.end_state(office.who, state.id)
        return found

    office.records.overrides.active = overtaken
    assert await office.reason() == "override"
    office.records.overrides.active = read

    assert await office.reason() == "no_mentor"


class Fickle:
    """Records that can be away; `asked` counts the readings."""

    def __init__(self, records: DatabaseRecords) -> None:
        self.schedule_exceptions = self
        self.overrides = records.overrides
        self._records = records
        self.is_away = False
        self.asked = 0
        self.answering = asyncio.Event()
        self.answering.set()

    async def since(self, day: date):
        self.asked += 1
        await self.answering.wait()
        if self.is_away:
            raise RecordsAwayError
        return await self._records.schedule_exceptions.since(day)


async def test_records_that_are_away_from_the_start_leave_the_published_week(office):
    fickle = Fickle(office.records)
    fickle.is_away = True

    assert (await HoursDesk(SUNDAYS, cast(Records, fickle), office.clock).now()).schedule == SUNDAYS


async def test_what_was_known_last_holds_until_the_records_are_back(office):
    await office.desk.set_state(office.who, "closed", local("22T21:00"))
    fickle = Fickle(office.records)
    desk = HoursDesk(SUNDAYS, cast(Records, fickle), office.clock)
    known = await desk.now()
    fickle.is_away = True

    for _ in range(3):
        office.clock.pass_time(READ_EVERY_S)
        assert await desk.now() == known
    assert fickle.asked == 2, "who is away is not asked again and again"
    fickle.is_away = False
    await office.desk.resume_intake(office.who)
    for state in await office.desk.states():
        await office.desk.end_state(office.who, state.id)
    office.clock.pass_time(ASK_AGAIN_S)

    assert (await desk.now()).overrides == ()


async def test_while_one_asks_whether_the_records_are_back_nobody_else_waits(office):
    fickle = Fickle(office.records)
    desk = HoursDesk(SUNDAYS, cast(Records, fickle), office.clock)
    fickle.is_away = True
    known = await desk.now()
    office.clock.pass_time(ASK_AGAIN_S)
    fickle.answering.clear()
    asking = asyncio.create_task(desk.now())
    await asyncio.sleep(0)

    assert await asyncio.wait_for(desk.now(), 60) == known

    fickle.answering.set()
    assert await asking == known
