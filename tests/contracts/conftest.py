"""What the contract tests of this folder are run over: live stores, each with a clock moved by hand, and records.

The records are empty for each test, over SQLite and over PostgreSQL, one after the other.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatservice.live.memory import MemoryLiveStore
from chatservice.records import DatabaseRecords, open_records
from chatservice.settings import Settings
from tests.live_builders import HandClock
from tests.postgres_server import PostgresServer
from tests.staff_builders import emptied_postgres, example_settings, prepare_records


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that moves only when told to."""
    return HandClock()


@pytest.fixture(params=[MemoryLiveStore])
def live(request: pytest.FixtureRequest, clock: HandClock) -> MemoryLiveStore:
    """Give an empty live store, one kind after the other."""
    return request.param(clock)


@pytest.fixture(scope="session")
def postgres_records(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Make one database with our tables, which each test finds empty; return the settings that lead to it."""
    postgres.sql("CREATE DATABASE contracts")
    settings = example_settings(tmp_path_factory.mktemp("contracts"))
    settings = replace(settings, records_url=postgres.url("contracts"))
    prepare_records(settings)
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
async def records_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return settings that lead to an empty database with our tables, of one kind after the other."""
    if request.param == "sqlite":
        settings = example_settings(tmp_path)
        prepare_records(settings)
        return settings
    settings: Settings = request.getfixturevalue("postgres_records")
    await emptied_postgres(settings)
    return settings


@pytest.fixture
async def records(records_settings: Settings) -> AsyncIterator[DatabaseRecords]:
    """Give empty records, over one kind of database after the other."""
    async with open_records(records_settings) as records:
        yield records


@pytest.fixture
async def others(records_settings: Settings, records: DatabaseRecords) -> AsyncIterator[DatabaseRecords]:
    """Give the same records as another process of the service has them."""
    assert records is not None
    async with open_records(records_settings) as others:
        yield others
