"""What the tests of this folder are run over: live stores, each with a clock moved by hand; records with patience."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from chatservice.live.memory import MemoryLiveStore
from chatservice.live.valkey.store import open_valkey_store
from chatservice.ports import LiveStore, Tally
from chatservice.records import database, engines
from tests.live_builders import HandClock
from tests.valkey_server import ValkeyServer

PATIENT_S = 60.0

OpenStore = Callable[[HandClock, Tally | None], AbstractAsyncContextManager[LiveStore]]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be told off for waiting: whoever waits in a circle is found out by PostgreSQL itself, not by time."""
    for module in (database, engines):
        monkeypatch.setattr(module, "PATIENCE_S", PATIENT_S)


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that moves only when told to."""
    return HandClock()


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
