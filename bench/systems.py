"""The systems that are measured in turns: the service, and the peers. Each adds pairs and says what it is worded like.

Knows how each is started; service.py, pairs.py and peer.py know the rest.
"""

import shutil
import tempfile
from collections.abc import Generator as Yields
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench.generator import Generator
from bench.pairs import add_pairs
from bench.peer import DIALECT, MeasuredPeer
from bench.plan import OURS
from bench.process import free_port
from bench.service import Home, MeasuredService

SERVER_CORE, CLIENT_CORE = 0, 1


class System(Protocol):
    """A running system under load."""

    name: str
    generator: Generator
    process_ids: list[int]

    async def add_pairs(self, count: int) -> None:
        """Let so many more pairs begin to talk."""
        ...


class OurSystem:
    """One process of the service."""

    def __init__(self, home: Home, service: MeasuredService, generator: Generator) -> None:
        self.name = OURS
        self.generator = generator
        self.process_ids = service.process_ids()
        self._home = home
        self._service = service
        self._pairs = 0

    async def add_pairs(self, count: int) -> None:
        """Let so many more pairs come through the real door."""
        mentors = self._home.mentors[self._pairs : self._pairs + count]
        self._pairs += count
        await add_pairs(self._service, self.generator, mentors)


class PeerSystem:
    """One of the peers."""

    def __init__(self, name: str, peer: MeasuredPeer, generator: Generator) -> None:
        self.name = name
        self.generator = generator
        self.process_ids = peer.process_ids()
        self._peer = peer
        generator.learn(DIALECT)

    async def add_pairs(self, count: int) -> None:
        """Let so many more pairs sign in."""
        await self._peer.add_pairs(self.generator, count)


@contextmanager
def started(name: str, home: Home, folder: Path, settings: Mapping[str, str]) -> Yields[System]:
    """Start a system on core 0 and its generator on core 1, and end both."""
    here = Path(tempfile.mkdtemp(dir=folder))
    port = free_port()
    try:
        if name == OURS:
            with (
                MeasuredService(home, here, core=SERVER_CORE, port=port, settings=settings) as service,
                Generator(service.process_ids(), core=CLIENT_CORE) as generator,
            ):
                yield OurSystem(home, service, generator)
        else:
            with (
                MeasuredPeer(name, here, core=SERVER_CORE, port=port) as peer,
                Generator(peer.process_ids(), core=CLIENT_CORE) as generator,
            ):
                yield PeerSystem(name, peer, generator)
    finally:
        shutil.rmtree(here, ignore_errors=True)
