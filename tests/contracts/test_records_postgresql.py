"""PostgreSQL as docs/operations.md sets it up: what the service may there, its tables, and two who migrate at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chatservice.domain.certification import Role
from chatservice.domain.letter import SealedLetter
from chatservice.errors import StartError
from chatservice.records import migrate, open_records
from chatservice.records.database import RecordsBehindError, open_engine, version
from chatservice.records.migrations import head
from chatservice.records.tables import metadata
from tests.contracts.test_records_file import WORDS_OF_CONVERSATIONS
from tests.live_builders import EVENING
from tests.staff_builders import example_settings, prepare_records


@pytest.fixture(scope="module")
def roles(postgres, project):
    """Run the file that an operator runs."""
    given = {"owner_password": "example", "service_password": "example"}
    postgres.sql((project / "deploy/postgresql/roles.sql").read_text("utf-8"), variables=given)
    return postgres


@pytest.fixture
def owner(roles, tmp_path):
    return replace(example_settings(tmp_path), records_url=roles.url("chat", "chat_owner"))


@pytest.fixture
def service(roles, owner):
    prepare_records(owner)
    return replace(owner, records_url=roles.url("chat", "chat_service"))


async def test_the_role_of_the_service_reads_and_writes_rows_and_can_do_nothing_to_tables(service):
    async with open_records(service) as records:
        account = await records.accounts.add(
            username="exempel",
            role=Role.MENTOR,
            alias="Mentor",
            password_hash="h",
            code_secret="s",
            at=EVENING,
        )
        await records.letters.add(SealedLetter("key", b"sealed", EVENING, EVENING))
        assert await records.letters.remove_kept_until(EVENING) == 1
        assert await records.accounts.find(account.id) == account

    for statement in (
        "DROP TABLE letters",
        "CREATE TABLE notes (words text)",
        "ALTER TABLE letters ADD words text",
    ):
        async with open_engine(service) as engine:
            with pytest.raises(ProgrammingError):
                async with engine.begin() as connection:
                    await connection.execute(text(statement))


async def test_the_role_of_the_service_cannot_migrate_and_is_told_in_one_line(roles, owner, service):
    roles.sql("UPDATE alembic_version SET version_num = '0004'", "chat")
    try:
        with pytest.raises(RecordsBehindError, match="migrate"):
            async with open_records(service):
                pass
        with ThreadPoolExecutor(1) as pool, pytest.raises(StartError, match="får använda databasen"):
            pool.submit(migrate, service).result()
    finally:
        roles.sql("UPDATE alembic_version SET version_num = :'head'", "chat", {"head": head()})


async def test_the_migrations_make_the_tables_that_the_code_knows_here_too(postgres_records):
    async with open_engine(postgres_records) as engine, engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
        columns = await connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            )
        )
        names = [name for row in columns for name in row]

    assert differences == []
    assert names
    assert [name for name in names if re.search(WORDS_OF_CONVERSATIONS, name)] == []


async def test_of_two_processes_that_migrate_at_once_one_waits(postgres, tmp_path):
    postgres.sql("CREATE DATABASE twice")
    settings = replace(example_settings(tmp_path), records_url=postgres.url("twice"))

    with ThreadPoolExecutor(2) as pool:
        for migrating in [pool.submit(migrate, settings) for _ in range(2)]:
            migrating.result()

    async with open_engine(settings) as engine:
        assert await version(engine) == head()


async def test_what_the_server_logs_quotes_no_name(roles, service):
    async with open_engine(service) as engine, engine.connect() as connection:
        said = [
            (await connection.execute(text(f"SHOW {name}"))).scalar_one()
            for name in ("log_statement", "log_min_error_statement", "log_error_verbosity")
        ]

    assert said == ["none", "panic", "terse"]
