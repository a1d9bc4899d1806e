"""What everybody else sees when the database is gone, mute, damaged or full: one error, bounded waits, and back.

Over a real PostgreSQL that is stopped, frozen and started again, and over real SQLite files. What the whole service
does meanwhile is shown in tests/web/test_records_away.py; a disk that fills up under the running service, and a file
system that is read-only, are tried by the reliability tests with file systems of their own.
"""

import asyncio
import contextlib
import logging
import resource
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from chatservice.domain.certification import Role
from chatservice.domain.letter import SealedLetter
from chatservice.errors import RecordsAwayError, StartError
from chatservice.ports import StaffSession
from chatservice.records import connections, database, migrate, open_records
from chatservice.records.database import RecordsAheadError
from chatservice.records.migrations import head
from tests.live_builders import EVENING
from tests.postgres_server import PostgresServer, programs
from tests.staff_builders import example_settings, fresh_records, prepare_records


@pytest.fixture(scope="module")
def server():
    """Give a server of one's own, because it is stopped."""
    server = PostgresServer(programs())
    try:
        server.start()
        server.sql("CREATE DATABASE records")
        yield server
    finally:
        server.remove()


@pytest.fixture
def settings(server, tmp_path):
    settings = replace(example_settings(tmp_path), records_url=server.url("records"))
    prepare_records(settings)
    return settings


def letter(sealed=b"sealed"):
    return SealedLetter("key", sealed, EVENING, EVENING)


async def test_a_server_that_stops_is_away_for_readers_and_writers_until_it_is_back(server, settings, caplog):
    caplog.set_level(logging.WARNING, connections.__name__)
    async with open_records(settings) as records:
        assert await records.letters.count() == 0
        server.stop()
        try:
            for _ in range(2):
                with pytest.raises(RecordsAwayError):
                    await records.letters.count()
                with pytest.raises(RecordsAwayError):
                    await records.letters.add(letter())
        finally:
            server.start()

        await records.letters.add(letter())
        assert await records.letters.count() == 1

    told = [record.getMessage() for record in caplog.records if record.name == connections.__name__]
    assert len(told) == 2, "once when they went, once when they came back"
    assert told[0].startswith("The records cannot be reached: ")
    assert told[1] == "The records answer again."


async def test_a_server_that_was_started_again_meanwhile_is_not_even_noticed(server, settings):
    async with open_records(settings) as records:
        await asyncio.gather(*(records.letters.count() for _ in range(8)))
        server.stop()
        server.start()

        await asyncio.gather(*(records.letters.count() for _ in range(8)))


async def until_answered(ask):
    """Return what is answered, however often somebody who has hardly any patience must ask."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(RecordsAwayError):
                return await ask()


async def test_a_mute_server_keeps_nobody_waiting_for_ever(server, settings, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE_S", 0.3)
    async with open_records(settings) as records:
        await asyncio.gather(*(until_answered(records.letters.count) for _ in range(8)))
        server.freeze()
        try:
            asked = time.monotonic()
            answers = await asyncio.gather(
                *(records.letters.count() for _ in range(6)),
                records.letters.add(letter()),
                return_exceptions=True,
            )
            assert {type(answer) for answer in answers} == {RecordsAwayError}
            assert time.monotonic() - asked < 30
        finally:
            server.thaw()

        await until_answered(records.letters.count)


async def test_what_was_cancelled_leaves_a_connection_for_the_next(settings):
    async with open_records(settings) as records:
        for _ in range(12):
            asking = asyncio.create_task(records.letters.count())
            await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

        await asyncio.wait_for(records.letters.count(), 60)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda url: url.replace("example@", "wrong@"), "password"),
        (lambda url: url.replace("/records", "/nowhere"), "nowhere"),
        (lambda url: url.replace("127.0.0.1:", "127.0.0.1:1#").partition("#")[0] + "/records", "Connect"),
    ],
    ids=["password", "database", "port"],
)
async def test_a_start_without_the_server_is_told_in_one_line_and_never_with_the_password(
    settings, change, wrong
):
    with pytest.raises(StartError) as refused:
        async with open_records(replace(settings, records_url=change(settings.records_url))):
            pass

    said = str(refused.value)
    assert "CHAT_RECORDS_URL" in said
    assert wrong in said
    assert "\n" not in said
    assert "example@" not in said
    assert "wrong" not in said


async def test_tables_that_are_newer_than_the_program_are_refused_with_the_remedy(server, settings):
    server.sql("UPDATE alembic_version SET version_num = '9999'", "records")
    try:
        with pytest.raises(RecordsAheadError, match="nyare programmet"):
            async with open_records(settings):
                pass
    finally:
        server.sql("UPDATE alembic_version SET version_num = :'head'", "records", {"head": head()})


def damage(file, table):
    """Overwrite the page on which a table begins, as a failing disk does."""
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ? AND type = 'table'", (table,)
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as bytes_of_file:
        bytes_of_file.seek((page - 1) * size)
        bytes_of_file.write(b"\xa5" * size)


async def test_a_damaged_table_is_away_and_the_others_answer(tmp_path):
    async with fresh_records(tmp_path):
        pass
    damage(tmp_path / "records.sqlite3", "letters")

    async with open_records(example_settings(tmp_path)) as records:
        with pytest.raises(RecordsAwayError):
            await records.letters.everything()
        assert list(await records.accounts.everybody()) == []


def test_a_file_whose_version_cannot_be_read_is_told_in_one_line(tmp_path):
    settings = example_settings(tmp_path)
    prepare_records(settings)
    damage(tmp_path / "records.sqlite3", "alembic_version")

    with pytest.raises(StartError, match="säkerhetskopia"):
        migrate(settings)


@contextmanager
def no_file_may_grow_beyond(size):
    """Let the disk be full, as far as this process is concerned."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_on_a_full_disk_nothing_is_half_written_and_reading_goes_on(tmp_path):
    async with fresh_records(tmp_path) as records:
        await records.letters.add(letter())
        with no_file_may_grow_beyond((tmp_path / "records.sqlite3-wal").stat().st_size):
            with pytest.raises(RecordsAwayError):
                await records.letters.add(letter(b"x" * 500_000))
            assert await records.letters.count() == 1

        await records.letters.add(letter(b"x" * 500_000))
        assert await records.letters.count() == 2


async def test_a_mistake_of_ours_is_not_taken_for_a_database_that_is_away(records):
    ghost = StaffSession("a", 4711, EVENING, EVENING, EVENING)

    with pytest.raises(IntegrityError):
        await records.sessions.add(ghost)


async def test_the_largest_number_of_a_form_is_nobodys(records):
    largest = 10**15 - 1

    assert await records.accounts.find(largest) is None
    assert await records.letters.remove(largest) is False
    assert await records.shifts.find(largest) is None
    assert await records.talk_requests.remove(largest) is False
    assert await records.certification_items.of_accounts([largest]) == []
    await records.quarantines.remove(largest, largest)
    assert not await records.overrides.end(largest, EVENING)


async def test_names_that_a_database_cannot_hold_belong_to_nobody(records):
    await records.accounts.add(
        username="anna", role=Role.MENTOR, alias="A", password_hash="h", code_secret="s", at=EVENING
    )

    assert await records.accounts.named("an\0na") is None
    assert await records.accounts.named("\0") is None
    assert await records.certificates.find("\0") is None
    assert await records.certificates.requested("\0") is None
