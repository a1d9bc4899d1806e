"""What the contract tests of this folder are run over: live stores, each with a clock moved by hand, and records.

Live stores are in memory and on Valkey; records are empty for each test, over SQLite and over PostgreSQL.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from chatservice.live.memory import MemoryLiveStore
from chatservice.live.valkey.store import open_valkey_store
from chatservice.ports import LiveStore, Tally
from chatservice.records import DatabaseRecords, open_records
from chatservice.settings import Settings
from tests.live_builders import HandClock
from tests.postgres_server import PostgresServer
from tests.staff_builders import emptied_postgres, example_settings, prepare_records
from tests.valkey_server import ValkeyServer

OpenStore = Callable[[HandClock, Tally | None], AbstractAsyncContextManager[LiveStore]]


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that moves only when told to."""
    return HandClock()


@pytest.fixture(scope="session")
def session_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """Start one server for all tests."""
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(session_valkey: ValkeyServer) -> ValkeyServer:
    """Give a server that runs and is empty."""
    session_valkey.clear()
    return session_valkey


@pytest.fixture(params=["memory", "valkey"])
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """Give a function that opens an empty live store, one kind after the other."""
    if request.param == "memory":

        @asynccontextmanager
        async def in_memory(clock: HandClock, tally: Tally | None) -> AsyncGenerator[LiveStore]:
            yield MemoryLiveStore(clock, tally)

        return in_memory
    server: ValkeyServer = request.getfixturevalue("valkey")

    @asynccontextmanager
    async def on_valkey(clock: HandClock, tally: Tally | None) -> AsyncGenerator[LiveStore]:
        server.clear()
        async with open_valkey_store(server.url, clock, tally) as store:
            yield store

    return on_valkey


@pytest.fixture
async def live(open_store: OpenStore, clock: HandClock) -> AsyncIterator[LiveStore]:
    """Give an empty live store that counts nothing."""
    async with open_store(clock, None) as store:
        yield store


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
