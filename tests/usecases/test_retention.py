"""What is kept no longer is erased: each rule on a row of its own, a second before its time and at its time.

A new rule needs a row in `ROWS`; a new table needs a rule, or a place among what is kept while it is used.
"""

import re
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, func, select

from chatservice.domain.retention import KEPT_WHILE_USED, RULES, Rule
from chatservice.errors import RecordsAwayError
from chatservice.records.database import DatabaseRecords
from chatservice.records.tables import metadata
from chatservice.usecases.retention import apply_retention
from tests.staff_builders import StaffRoom, staff_room

ZONE = ZoneInfo("Europe/Stockholm")
START = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = START.replace(hour=0)
TABLES = [rule.table for rule in RULES]


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def local_midnight(year: int, month: int, day: int) -> datetime:
    """Return when a day begins in the organisation's time."""
    return datetime(year, month, day, tzinfo=ZONE)


@dataclass(frozen=True)
class Row:
    """A row that was made at `START`, and the first instant at which it is gone."""

    gone_at: datetime
    values: dict[str, Any]
    closes_account: bool = False


ROWS: dict[str, Row] = {
    "letters": Row(
        TODAY + 90 * DAY,
        {
            "key_id": "k",
            "sealed": b"s",
            "received_on": seconds(TODAY),
            "kept_until": seconds(TODAY + 90 * DAY),
        },
    ),
    "feedback": Row(
        TODAY + 91 * DAY,
        {
            "id": "f",
            "face": "same",
            "key_id": "",
            "sealed": b"",
            "released_on": seconds(TODAY + DAY),
            "kept_until": seconds(TODAY + 91 * DAY),
        },
    ),
    "talk_requests": Row(TODAY + 30 * DAY, {"account_id": 1, "asked_on": seconds(TODAY)}),
    "audit_log": Row(START + 90 * DAY, {"at": seconds(START), "account_id": 1, "act": "signed_in"}),
    "sessions": Row(
        START + timedelta(minutes=20),
        {
            "id": "s",
            "account_id": 1,
            "created_at": seconds(START),
            "seen_at": seconds(START),
            "confirmed_at": seconds(START),
        },
    ),
    "shifts": Row(
        START + 35 * DAY,
        {
            "account_id": 1,
            "starts_at": seconds(START - DAY),
            "ends_at": seconds(START),
            "up_for_swap": True,
        },
    ),
    "overrides": Row(
        START + 35 * DAY,
        {
            "kind": "closed",
            "starts_at": seconds(START - DAY),
            "ends_at": seconds(START),
            "note": "",
            "example": False,
        },
    ),
    "invitations": Row(
        START + 7 * DAY,
        {
            "id": "i",
            "account_id": 1,
            "kind": "welcome",
            "created_at": seconds(START),
            "expires_at": seconds(START + 7 * DAY),
        },
    ),
    "factor_losses": Row(
        START + DAY,
        {"account_id": 1, "asked_by": 1, "asked_at": seconds(START)},
    ),
    "certification_items": Row(
        START + 365 * DAY,
        {
            "account_id": 1,
            "kind": "guidelines",
            "version": "1",
            "done_on": "2026-01-02",
            "valid_until": "",
            "number": 0,
            "typed_name": "",
            "noted_by": 1,
        },
        closes_account=True,
    ),
    "quarantines": Row(
        local_midnight(2026, 11, 24),
        {"account_id": 1, "first_day": "2026-11-20", "last_day": "2026-11-23"},
    ),
    "schedule_exceptions": Row(
        local_midnight(2026, 12, 28),
        {"day": "2026-11-22", "windows": "", "reason": "", "reason_en": ""},
    ),
    "certificates": Row(
        START + 35 * DAY,
        {
            "key_id": "k",
            "account_id": 1,
            "public_key": b"p",
            "body": b"b",
            "signature": b"s",
            "not_before": seconds(START - 30 * DAY),
            "not_after": seconds(START),
            "revoked": False,
        },
    ),
    "certificate_requests": Row(
        START + 35 * DAY,
        {"key_id": "k", "account_id": 1, "public_key": b"p", "requested_at": seconds(START)},
    ),
}


@dataclass
class House:
    """A staff room with an account, and the database as it lies on the disk."""

    room: StaffRoom
    file: Path

    def put(self, table: str) -> Row:
        row = ROWS[table]
        with self._database().begin() as database:
            database.execute(metadata.tables[table].insert().values(row.values))
            if row.closes_account:
                accounts = metadata.tables["accounts"]
                database.execute(accounts.update().values(active=False, deactivated_at=seconds(START)))
        return row

    def count(self, table: str) -> int:
        with self._database().connect() as database:
            return database.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one()

    def _database(self) -> Engine:
        return create_engine(f"sqlite:///{self.file}")

    async def apply_at(self, instant: datetime, told: list[str] | None = None) -> dict[str, int]:
        self.room.clock.at = instant

        def tell(table: str, error: Exception) -> None:
            if told is None:
                raise error
            told.append(f"{table}: {type(error).__name__}")

        return dict(await apply_retention(self.room.desk, ZONE, failure=RecordsAwayError, tell=tell))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with staff_room(tmp_path) as room:
        room.clock.at = START
        await room.add(has_items=False)
        yield House(room, tmp_path / "records.sqlite3")


def test_every_table_has_a_rule_or_is_kept_while_it_is_used():
    tables = {table.name for table in metadata.sorted_tables}

    assert len(TABLES) == len(set(TABLES))
    assert set(TABLES) | KEPT_WHILE_USED == tables
    assert set(TABLES) & KEPT_WHILE_USED == set()


def test_every_rule_has_a_row_to_be_tried_on():
    assert ROWS.keys() == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
async def test_a_row_stays_until_its_time_and_is_gone_at_its_time(house, table):
    row = house.put(table)

    before = await house.apply_at(row.gone_at - timedelta(seconds=1))
    assert (house.count(table), before[table]) == (1, 0)
    at = await house.apply_at(row.gone_at)

    assert (house.count(table), at[table]) == (0, 1)
    assert sum(at.values()) == 1, "nothing else was there"


async def test_a_session_in_use_ends_with_the_shift_all_the_same(house):
    house.put("sessions")
    last = START + house.room.desk.session_absolute
    with sqlite3.connect(house.file) as database:
        database.execute("UPDATE sessions SET seen_at = ?", (seconds(last),))

    await house.apply_at(last - timedelta(seconds=1))
    assert house.count("sessions") == 1
    await house.apply_at(last)

    assert house.count("sessions") == 0


async def test_what_was_certified_stays_as_long_as_the_account_is_open(house):
    row = house.put("certification_items")
    await house.room.desk.records.accounts.set_active(1, active=True, at=START)

    await house.apply_at(row.gone_at)

    assert house.count("certification_items") == 1


class BusyLetters:
    """The letters of a database that is busy."""

    async def remove_kept_until(self, now: datetime) -> int:
        raise RecordsAwayError


async def test_a_rule_that_fails_is_told_by_name_and_stops_no_other(house):
    house.put("audit_log")
    records: DatabaseRecords = house.room.desk.records
    records.letters = BusyLetters()  # pyright: ignore[reportAttributeAccessIssue]
    told: list[str] = []

    erased = await house.apply_at(ROWS["audit_log"].gone_at, told)

    assert told == ["letters: RecordsAwayError"]
    assert erased["audit_log"] == 1
    assert "letters" not in erased


async def test_a_mistake_of_ours_is_not_taken_for_a_busy_database(house):
    house.room.desk = replace(house.room.desk, records=None)  # pyright: ignore[reportArgumentType]

    with pytest.raises(AttributeError):
        await house.apply_at(START, [])


def test_the_page_about_what_we_hold_says_the_same_periods(project):
    page = (project / "docs/what_we_hold.md").read_text("utf-8")
    chapters = {
        match["table"]: match["text"]
        for match in re.finditer(r"^## (?P<table>[a-z_]+) — .*?\n(?P<text>.*?)(?=^## |\Z)", page, re.M | re.S)
    }

    for rule in RULES:
        assert words_for(rule) in chapters[rule.table], rule.table


def words_for(rule: Rule) -> str:
    """Return what a chapter of docs/what_we_hold.md must say of a rule."""
    if rule.table == "sessions":
        return "after 20 minutes without activity or after one shift"
    if not rule.kept:
        return "its last day is over" if rule.table == "quarantines" else "has expired"
    return {1: "a day", 365: "a year"}.get(rule.kept.days, f"{rule.kept.days} days")
