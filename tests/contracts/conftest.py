"""The live stores that the contract tests of this folder are run over, each with a clock moved by hand."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest

from chatservice.live.memory import MemoryLiveStore
from chatservice.live.valkey.store import open_valkey_store
from chatservice.ports import LiveStore, Tally
from tests.live_builders import HandClock
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


@pytest.fixture
async def open_stores() -> AsyncIterator[AsyncExitStack]:
    """Give a stack for stores that a test opens itself."""
    async with AsyncExitStack() as stack:
        yield stack
