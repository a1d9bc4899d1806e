"""What the service does by itself goes on when the records are away, and erases nothing by a clock that jumped."""

import asyncio
import gc
import logging
import weakref
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from chatservice import keepers
from chatservice.domain.audit import Act
from chatservice.domain.duty import DutyState
from chatservice.errors import RecordsAwayError
from chatservice.meter import Meter
from chatservice.usecases.counting import HourlyTally
from chatservice.usecases.failure_notes import FailureNotes
from chatservice.web.parts import EXTENSION

WITHIN_S = 30


class Away:
    """Records, or a group of them, that can never be asked; `asked` is set when somebody tried."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    def __getattr__(self, _name: str):
        async def refuse(*_: object, **__: object) -> None:
            self.asked.set()
            raise RecordsAwayError

        return refuse


class AwayRecords:
    """Every group of records away at once."""

    def __init__(self) -> None:
        self.group = Away()

    def __getattr__(self, _name: str) -> Away:
        return self.group


@pytest.fixture
def away():
    return AwayRecords()


async def goes_on(keeping, asked: asyncio.Event) -> bool:
    """Say whether a keeper that was refused tries again instead of ending."""
    task = asyncio.create_task(keeping)
    for _ in range(2):
        await asyncio.wait_for(asked.wait(), WITHIN_S)
        asked.clear()
    is_running = not task.done()
    task.cancel()
    return is_running


async def test_records_that_are_away_end_no_keeper(web, away, monkeypatch):
    for pause in ("_KEEP_RECORDS_EVERY_S", "_WRITE_COUNTS_EVERY_S", "_RECHECK_EVERY_S", "_AFTER_RETURNS_S"):
        monkeypatch.setattr(keepers, pause, 0.001)
    parts = web.app.extensions[EXTENSION]
    desk = replace(web.staff.desk, records=away)
    await parts.live.mentor_arrives(1, "connection")
    await parts.live.set_duty(1, DutyState.ON)
    tally = HourlyTally(web.staff.desk.clock, parts.schedule.zone)
    tally.count("opened")

    assert await goes_on(keepers.keep_records(desk, parts.schedule.zone), away.group.asked)
    assert await goes_on(
        keepers.keep_cleared(desk, parts.terms, parts.live, asyncio.Event()), away.group.asked
    )
    assert await goes_on(keepers.keep_counts(tally, away, FailureNotes()), away.group.asked)


async def test_a_failed_sign_in_that_could_not_be_written_down_is_written_the_next_time(web):
    person = await web.staff.add()
    records, notes = web.staff.desk.records, FailureNotes()
    notes.note(person.account.id, web.staff.clock.now())
    with pytest.raises(RecordsAwayError):
        await notes.write(cast("Any", Away()))

    await notes.write(records.audit_log)
    await notes.write(records.audit_log)

    written = await records.audit_log.newest(limit=100)
    assert [entry.act for entry in written].count(Act.SIGN_IN_FAILED) == 1


async def test_nothing_is_erased_by_a_clock_that_jumped_and_somebody_is_told(web, monkeypatch, caplog):
    monkeypatch.setattr(keepers, "_KEEP_RECORDS_EVERY_S", 0.001)
    person, clock = await web.staff.add(), web.staff.clock
    desk = web.staff.desk
    zone = web.app.extensions[EXTENSION].schedule.zone
    passes: list[int] = []

    async def applied(asked_by: object, *_: object, **__: object) -> None:
        if asked_by is desk:  # the running app's own keeper has another
            passes.append(1)

    monkeypatch.setattr(keepers, "apply_retention", applied)
    keeping = asyncio.create_task(keepers.keep_records(desk, zone))
    while not passes:
        await asyncio.sleep(0)
    clock.at += timedelta(days=400)

    with caplog.at_level(logging.WARNING):
        while "jumped" not in caplog.text:
            await asyncio.sleep(0)
    before = len(passes)
    await asyncio.sleep(0.02)

    assert len(passes) == before
    assert "9600 hours" in caplog.text
    assert person.account.username not in caplog.text
    clock.pass_time(25 * 3600)
    while len(passes) == before:
        await asyncio.sleep(0)
    keeping.cancel()


class Connection:
    """Something that holds itself, as closed connections do."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def still_here(monkeypatch):
    """Return how to ask for a closed connection that the collector does not see by itself, for a quick keeper."""
    monkeypatch.setattr(keepers, "_TIDY_EVERY_S", 0.001)
    gc.disable()
    yield weakref.ref(Connection())
    gc.enable()


async def test_while_thousands_are_here_nobody_is_kept_waiting_for_what_holds_itself(still_here):
    meter = Meter()
    meter.open_sockets["visitor"] = 1_000_000
    keeping = asyncio.create_task(keepers.keep_tidy(meter))
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert still_here() is not None

    meter.open_sockets["visitor"] = 0
    async with asyncio.timeout(WITHIN_S):
        while still_here() is not None:
            await asyncio.sleep(0.001)

    keeping.cancel()


async def test_what_holds_itself_is_let_go_although_the_collector_seldom_looks(still_here):
    keeping = asyncio.create_task(keepers.keep_tidy(Meter()))

    async with asyncio.timeout(WITHIN_S):
        while still_here() is not None:
            await asyncio.sleep(0.001)

    keeping.cancel()
