"""The database file itself: private, migrated, of the documented shape, without a trace of what was erased."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from chatservice.domain.letter import SealedLetter
from chatservice.errors import StartError
from chatservice.ports import StaffSession
from chatservice.records import migrate, open_records
from chatservice.records.database import RecordsAheadError, RecordsBehindError, open_engine
from chatservice.records.migrations import head
from chatservice.records.migrations.run import upgrade
from chatservice.records.tables import metadata
from tests.live_builders import EVENING
from tests.staff_builders import Role, example_settings, fresh_records

WORDS_OF_CONVERSATIONS = re.compile(
    "conversation|message|envelope|visitor|queue|transcript|chat|ticket|text|grant|offer|address",
    re.IGNORECASE,
)


def columns(file: Path) -> dict[str, list[str]]:
    with sqlite3.connect(file) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
        ]
        return {
            table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] for table in tables
        }


@pytest.fixture
def file(tmp_path):
    migrate(example_settings(tmp_path))
    return tmp_path / "records.sqlite3"


def test_no_table_or_field_is_about_a_conversation(file):
    names = [name for table, fields in columns(file).items() for name in (table, *fields)]

    assert names
    assert [name for name in names if WORDS_OF_CONVERSATIONS.search(name)] == []


def test_what_we_hold_names_every_table_and_field_and_no_other(file, project):
    told: dict[str, list[str]] = {}
    fields: list[str] = []
    for line in (project / "docs/what_we_hold.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = re.match(r"## ([a-z_]+) —", line)
            fields = told.setdefault(heading[1], []) if heading else []
        elif field := re.match(r"\| `([a-z_]+)` \|", line):
            fields.append(field[1])

    assert told == columns(file)


async def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path):
    async with fresh_records(tmp_path):
        pass

    async with open_engine(example_settings(tmp_path)) as engine, engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )

    assert differences == []


async def test_tables_of_another_version_are_refused_with_the_remedy(tmp_path):
    settings = example_settings(tmp_path)
    with pytest.raises(RecordsBehindError, match="migrate"):
        async with open_records(settings):
            pass

    async with fresh_records(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "records.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsAheadError, match=r"9999.*nyare programmet"):
        async with open_records(settings):
            pass


async def test_processes_that_start_at_once_migrate_one_after_the_other(tmp_path):
    settings = example_settings(tmp_path)

    await asyncio.gather(*(upgrade(settings) for _ in range(3)))

    async with open_records(settings) as records:
        assert await records.accounts.find(1) is None


async def test_a_file_that_another_process_is_writing_is_waited_for(tmp_path):
    writer = sqlite3.connect(tmp_path / "records.sqlite3", isolation_level=None)
    writer.execute("CREATE TABLE alembic_version (version_num TEXT)")
    writer.execute("BEGIN IMMEDIATE")
    starting = asyncio.create_task(upgrade(example_settings(tmp_path)))

    # A refusal would come within the first attempt, which is a matter of milliseconds.
    finished, _ = await asyncio.wait({starting}, timeout=0.3)
    writer.execute("COMMIT")
    writer.close()

    assert not finished
    await starting


def test_migrating_twice_changes_nothing(file, tmp_path):
    before = columns(file)

    migrate(example_settings(tmp_path))

    assert columns(file) == before
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(head(),)]


@pytest.mark.parametrize(
    "content", [b"this is no database at all, however long it may be" * 100, b"SQLite format 3\0"]
)
async def test_a_damaged_file_is_told_in_one_line(tmp_path, content):
    (tmp_path / "records.sqlite3").write_bytes(content)

    with pytest.raises(StartError) as refused:
        async with open_records(example_settings(tmp_path)):
            pass

    assert "\n" not in str(refused.value)
    assert "säkerhetskopia" in str(refused.value)


async def test_the_files_are_private_and_journalled(tmp_path):
    async with fresh_records(tmp_path) as records:
        await records.overrides.remove_ended(EVENING)
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert modes.keys() >= {"records.sqlite3", "records.sqlite3-wal"}
    assert set(modes.values()) == {0o600}


async def test_an_ended_session_leaves_no_trace_in_the_file(tmp_path):
    marker = "f00d" * 16
    async with fresh_records(tmp_path) as records:
        account = await records.accounts.add(
            username="a", role=Role.MENTOR, alias="A", password_hash="h", code_secret="s", at=EVENING
        )
        await records.sessions.add(StaffSession(marker, account.id, EVENING, EVENING, EVENING))
        await records.sessions.remove(marker)

    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert marker.encode() not in held


async def test_an_erased_letter_leaves_no_trace_in_the_file(tmp_path):
    marker = b"f00d" * 256
    async with fresh_records(tmp_path) as records:
        await records.letters.add(SealedLetter("key", marker, EVENING, EVENING))
        assert await records.letters.remove_kept_until(EVENING) == 1

    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert marker[:64] not in held


async def test_many_writers_at_once_all_succeed(tmp_path):
    async with fresh_records(tmp_path) as records:
        await asyncio.gather(
            *(
                records.accounts.add(
                    username=f"a{number}",
                    role=Role.MENTOR,
                    alias="A",
                    password_hash="h",
                    code_secret="s",
                    at=EVENING,
                )
                for number in range(30)
            )
        )

        assert len(await records.accounts.everybody()) == 30


async def test_one_code_signs_in_once_however_many_try(tmp_path):
    async with fresh_records(tmp_path) as records:
        account = await records.accounts.add(
            username="a", role=Role.MENTOR, alias="A", password_hash="h", code_secret="s", at=EVENING
        )

        answers = await asyncio.gather(*(records.accounts.use_code_step(account.id, 7) for _ in range(20)))

    assert sum(answers) == 1


def test_a_start_with_current_tables_needs_no_alembic(project):
    program = "import sys, chatservice.records, chatservice.app, chatservice.server; print('alembic' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"
