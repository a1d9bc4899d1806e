"""The live stores that the contract tests of this folder are run over, each with a clock moved by hand."""

import pytest

from chatservice.live.memory import MemoryLiveStore
from tests.live_builders import HandClock


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that moves only when told to."""
    return HandClock()


@pytest.fixture(params=[MemoryLiveStore])
def live(request: pytest.FixtureRequest, clock: HandClock) -> MemoryLiveStore:
    """Give an empty live store, one kind after the other."""
    return request.param(clock)
