"""Feedback in the records: nothing before its day, no order, no hour, and no trace once it is erased."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from chatservice.domain.feedback import Face, SealedFeedback, keep_feedback
from chatservice.records import open_records
from chatservice.records.database import open_engine
from tests.live_builders import EVENING
from tests.staff_builders import emptied_postgres, fresh_records

DAY = timedelta(days=1)
MIDNIGHT = EVENING.replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def given(face=Face.BETTER, *, name="", sealed=b"", at=EVENING) -> SealedFeedback:
    kept = keep_feedback(face, key_id="key" if sealed else "", sealed=sealed, now=at)
    return (
        kept
        if not name
        else SealedFeedback(name, face, kept.key_id, sealed, kept.released_on, kept.kept_until)
    )


async def test_nothing_is_shown_before_the_day_after_it_came(records):
    await records.feedback.add(given())

    assert list(await records.feedback.released(EVENING)) == []
    assert list(await records.feedback.released(MIDNIGHT - timedelta(seconds=1))) == []
    assert len(await records.feedback.released(MIDNIGHT)) == 1
    assert await records.feedback.count() == 1


async def test_what_is_shown_is_what_was_given_and_its_order_is_not_the_order_it_came_in(records):
    later = given(Face.WORSE, name="a", sealed=b"sealed")
    for each in (given(name="c"), given(Face.SAME, name="b"), later):
        await records.feedback.add(each)

    released = await records.feedback.released(MIDNIGHT)

    assert [each.id for each in released] == ["a", "b", "c"]
    assert released[0] == later


async def test_feedback_is_erased_at_the_instant_it_is_kept_until(records):
    await records.feedback.add(given(name="old"))
    await records.feedback.add(given(name="new", at=EVENING + DAY))

    assert await records.feedback.remove_kept_until(MIDNIGHT + timedelta(days=90, seconds=-1)) == 0
    assert await records.feedback.remove_kept_until(MIDNIGHT + timedelta(days=90)) == 1
    assert [each.id for each in await records.feedback.released(MIDNIGHT + DAY)] == ["new"]


async def test_no_time_finer_than_a_day_is_kept(records):
    await records.feedback.add(given(at=EVENING + timedelta(minutes=7, seconds=13)))

    (held,) = await records.feedback.released(MIDNIGHT + DAY)

    assert [instant.timestamp() % 86_400 for instant in (held.released_on, held.kept_until)] == [0, 0]


async def test_the_file_has_no_hidden_row_number(tmp_path):
    async with fresh_records(tmp_path):
        pass

    connection = sqlite3.connect(tmp_path / "records.sqlite3")
    with closing(connection), pytest.raises(sqlite3.OperationalError, match="rowid"):
        connection.execute("SELECT rowid FROM feedback")


async def test_what_the_server_notes_beside_each_row_says_no_order_after_an_hour(postgres_records):
    await emptied_postgres(postgres_records)
    async with open_records(postgres_records) as records:
        for name in ("c", "a", "b"):
            await records.feedback.add(given(name=name))
        await records.feedback.remove_kept_until(MIDNIGHT)

    async with open_engine(postgres_records) as engine, engine.connect() as connection:
        rows = (await connection.execute(text("SELECT id, xmin::text FROM feedback ORDER BY ctid"))).all()
    assert [row.id for row in rows] == ["a", "b", "c"]
    assert len({row.xmin for row in rows}) == 1


async def test_erased_feedback_leaves_no_trace_in_the_file(tmp_path):
    marker = b"f00d" * 256
    async with fresh_records(tmp_path) as records:
        await records.feedback.add(given(sealed=marker))
        assert await records.feedback.remove_kept_until(MIDNIGHT + timedelta(days=90)) == 1

    assert marker[:64] not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
