"""Open is one answer: schedule, override, mentor on duty, room in the queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatservice.domain.duty import DutyState
from chatservice.domain.opening_hours import Override, Schedule, Week, Window
from chatservice.errors import ClosedError, FullError, LiveStoreAwayError
from chatservice.live.memory import MemoryLiveStore
from chatservice.usecases.opening import Hours, OpeningStatus, admit, opening_status
from tests.live_builders import HandClock, waiting_conversation

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SUNDAY = Schedule(Week(((),) * 6 + ((Window.between(time(19), time(22)),),)))
SUNDAY_QUARTER = replace(SUNDAY, last_entry_min=15)


@dataclass
class KnownOverrides:
    """The overrides that the records hold."""

    known: list[Override] = field(default_factory=list[Override])

    async def add(self, override: Override) -> None:
        self.known.append(override)

    async def active(self, now: datetime) -> Sequence[Override]:
        return [override for override in self.known if override.ends_at > now]

    async def extend_example(self, override: Override) -> None:
        self.known = [override]

    async def remove_ended(self, before: datetime) -> None:
        self.known = [override for override in self.known if override.ends_at > before]


@dataclass
class House:
    """A chat with one schedule, on Sunday 22 November 2026 at 20.00 unless the clock is moved."""

    clock: HandClock = field(default_factory=lambda: HandClock(datetime(2026, 11, 22, 20, tzinfo=STOCKHOLM)))
    overrides: KnownOverrides = field(default_factory=KnownOverrides)

    def __post_init__(self) -> None:
        self.live = MemoryLiveStore(self.clock)

    async def mentor_on_duty(self, state: DutyState = DutyState.ON) -> None:
        await self.live.mentor_arrives(1, "connection")
        await self.live.set_duty(1, state)

    async def ask(self, queue_cap: int = 2, schedule: Schedule = SUNDAY) -> OpeningStatus:
        return await opening_status(
            hours=Hours(schedule, tuple(await self.overrides.active(self.clock.now()))),
            live=self.live,
            clock=self.clock,
            queue_cap=queue_cap,
        )


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


class Away(MemoryLiveStore):
    """A store that cannot be reached."""

    async def duty_count(self) -> int:
        raise LiveStoreAwayError


async def test_while_the_store_is_away_nobody_knows_and_no_conversation_begins():
    house = House()
    await house.mentor_on_duty()
    house.live = Away(house.clock)

    status = await house.ask()

    assert (status.open, status.reason, status.closes) == (False, "away", local("2026-11-22T22:00"))
    with pytest.raises(LiveStoreAwayError):
        admit(status)


async def test_outside_the_schedule_it_is_closed_and_the_next_opening_is_known():
    house = House(HandClock(local("2026-11-22T18:00")))
    await house.mentor_on_duty()

    status = await house.ask()

    assert (status.open, status.reason) == (False, "schedule")
    assert status.next_opening == local("2026-11-22T19:00")
    assert status.closes is None


async def test_within_the_schedule_without_a_mentor_it_is_closed():
    house = House()

    status = await house.ask()

    assert (status.open, status.reason, status.next_opening) == (False, "no_mentor", None)
    assert status.closes == local("2026-11-22T22:00")


async def test_a_mentor_on_pause_does_not_open_it():
    house = House()
    await house.mentor_on_duty(DutyState.PAUSED)

    assert (await house.ask()).reason == "no_mentor"


async def test_a_full_queue_closes_it():
    house = House()
    await house.mentor_on_duty()
    for name in ("a", "b"):
        await house.live.open(waiting_conversation(name), queue_cap=2)

    assert (await house.ask(queue_cap=2)).reason == "full"
    assert (await house.ask(queue_cap=3)).open


async def test_with_schedule_mentor_and_room_it_is_open_until_the_schedule_ends():
    house = House()
    await house.mentor_on_duty()

    status = await house.ask()

    assert (status.open, status.reason, status.next_opening) == (True, "open", None)
    assert status.closes == local("2026-11-22T22:00")


async def test_a_closing_override_closes_it_in_the_middle_of_the_evening():
    house = House()
    await house.mentor_on_duty()
    await house.overrides.add(Override("closed", local("2026-11-22T19:30"), local("2026-11-22T21:00")))

    status = await house.ask()

    assert (status.reason, status.next_opening) == ("override", local("2026-11-22T21:00"))


async def test_an_opening_override_opens_it_on_a_closed_day_but_not_without_a_mentor():
    house = House(HandClock(local("2026-11-24T10:00")))
    await house.overrides.add(Override("open", local("2026-11-24T09:00"), local("2026-11-24T11:00")))

    assert (await house.ask()).reason == "no_mentor"
    await house.mentor_on_duty()
    assert (await house.ask()).open


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("2026-11-22T19:00", "open"),
        ("2026-11-22T21:44:59", "open"),
        ("2026-11-22T21:45", "last_entry"),
        ("2026-11-22T21:59:59", "last_entry"),
        ("2026-11-22T22:00", "schedule"),
    ],
)
async def test_a_quarter_before_closing_nobody_more_is_let_in(now, reason):
    house = House(HandClock(local(now)))
    await house.mentor_on_duty()

    status = await house.ask(schedule=SUNDAY_QUARTER)

    assert (status.open, status.reason) == (reason == "open", reason)
    if reason == "last_entry":
        assert status.closes == local("2026-11-22T22:00")
        assert status.next_opening == local("2026-11-29T19:00")


async def test_that_it_closes_soon_is_said_before_that_nobody_is_on_duty():
    house = House(HandClock(local("2026-11-22T21:50")))

    assert (await house.ask(schedule=SUNDAY_QUARTER)).reason == "last_entry"


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("2026-11-22T21:50", "open"),
        ("2026-11-22T22:44", "open"),
        ("2026-11-22T22:45", "last_entry"),
        ("2026-11-22T23:00", "schedule"),
    ],
)
async def test_an_evening_that_a_coordinator_makes_longer_lets_people_in_for_longer(now, reason):
    house = House(HandClock(local(now)))
    await house.mentor_on_duty()
    await house.overrides.add(Override("open", local("2026-11-22T21:30"), local("2026-11-22T23:00")))

    assert (await house.ask(schedule=SUNDAY_QUARTER)).reason == reason


@pytest.mark.parametrize(("minutes", "seen"), [(10, {"open"}), (15, {"open"}), (25, {"open", "last_entry"})])
async def test_a_short_opening_that_a_coordinator_sets_lets_somebody_in(minutes, seen):
    opens = local("2026-11-24T10:00")
    house = House(HandClock(opens))
    await house.mentor_on_duty()
    await house.overrides.add(Override("open", opens, opens + timedelta(minutes=minutes)))

    reasons = []
    for _ in range(minutes):
        reasons.append((await house.ask(schedule=SUNDAY_QUARTER)).reason)
        house.clock.pass_time(60)

    assert reasons[:10] == ["open"] * 10
    assert set(reasons) == seen


async def test_a_closing_that_a_coordinator_sets_ahead_has_its_last_entry_too():
    house = House(HandClock(local("2026-11-22T20:50")))
    await house.mentor_on_duty()
    await house.overrides.add(Override("closed", local("2026-11-22T21:00"), local("2026-11-22T21:30")))

    status = await house.ask(schedule=SUNDAY_QUARTER)

    assert (status.reason, status.closes) == ("last_entry", local("2026-11-22T21:00"))
    assert status.next_opening == local("2026-11-22T21:30")


def test_a_closed_chat_admits_nobody():
    at = local("2026-11-22T20:00")

    for reason in ("schedule", "override", "last_entry", "no_mentor"):
        with pytest.raises(ClosedError):
            admit(OpeningStatus(reason, at))
    with pytest.raises(FullError):
        admit(OpeningStatus("full", at))
    admit(OpeningStatus("open", at))
