"""Bells inside one process: a ring says that there may be news, never what the news is."""

import asyncio
from collections.abc import Callable


class MemoryBell:
    """A bell that follows topics of one `Belfry`. Any number of rings before a `wait` count as one."""

    __slots__ = ("_belfry", "_event", "_topics", "_wake")

    def __init__(self, belfry: "Belfry") -> None:
        self._belfry = belfry
        self._event: asyncio.Event | None = None
        self._wake: Callable[[], None] | None = None
        # A tuple, because there are one or two, and thousands of bells.
        self._topics: tuple[str, ...] = ()

    def follow(self, topic: str) -> None:
        """Ring for this topic too."""
        if topic not in self._topics:
            self._topics += (topic,)
            self._belfry.hang(topic, self)

    def unfollow(self, topic: str) -> None:
        """Ring for this topic no longer."""
        if topic in self._topics:
            self._topics = tuple(each for each in self._topics if each != topic)
            self._belfry.take_down(topic, self)

    def call(self, wake: Callable[[], None]) -> None:
        """Call this at each ring from now on; nobody waits for the bell then."""
        self._wake, self._event = wake, None

    async def wait(self) -> None:
        """Return once the bell has rung since the last return."""
        event = self._waiting()
        await event.wait()
        event.clear()

    def ring(self) -> None:
        """Ring this bell alone."""
        if self._wake is not None:
            self._wake()
        else:
            self._waiting().set()

    def close(self) -> None:
        """Follow nothing any more, and call nobody."""
        for topic in self._topics:
            self._belfry.take_down(topic, self)
        self._topics = ()
        self._wake = _nobody

    def _waiting(self) -> asyncio.Event:
        if self._event is None:
            self._event = asyncio.Event()
        return self._event


class Belfry:
    """All bells of one process, by topic."""

    __slots__ = ("_bells",)

    def __init__(self) -> None:
        # Tuples, because most topics have one bell; and a ring may go on while a bell is hung or taken down.
        self._bells: dict[str, tuple[MemoryBell, ...]] = {}

    def listen(self, *topics: str) -> MemoryBell:
        """Return a new bell that follows the topics."""
        bell = MemoryBell(self)
        for topic in topics:
            bell.follow(topic)
        return bell

    def ring(self, topic: str) -> None:
        """Ring every bell that follows a topic."""
        for bell in self._bells.get(topic, ()):
            bell.ring()

    def hang(self, topic: str, bell: MemoryBell) -> None:
        """Let a bell hear a topic."""
        self._bells[topic] = (*self._bells.get(topic, ()), bell)

    def take_down(self, topic: str, bell: MemoryBell) -> None:
        """Let a bell hear a topic no longer, and forget a topic that nobody follows."""
        bells = tuple(each for each in self._bells.get(topic, ()) if each is not bell)
        if bells:
            self._bells[topic] = bells
        else:
            self._bells.pop(topic, None)


def _nobody() -> None:
    """Stand for the one who is called no longer."""
