"""Bells inside one process: a ring says that there may be news, never what the news is."""

import asyncio
from collections import defaultdict


class MemoryBell:
    """A bell that follows topics of one `Belfry`. Any number of rings before a `wait` count as one."""

    __slots__ = ("_belfry", "_event", "_topics")

    def __init__(self, belfry: "Belfry") -> None:
        self._belfry = belfry
        self._event = asyncio.Event()
        self._topics: set[str] = set()

    def follow(self, topic: str) -> None:
        """Ring for this topic too."""
        if topic not in self._topics:
            self._topics.add(topic)
            self._belfry.hang(topic, self)

    def unfollow(self, topic: str) -> None:
        """Ring for this topic no longer."""
        if topic in self._topics:
            self._topics.discard(topic)
            self._belfry.take_down(topic, self)

    async def wait(self) -> None:
        """Return once the bell has rung since the last return."""
        await self._event.wait()
        self._event.clear()

    def ring(self) -> None:
        """Ring this bell alone."""
        self._event.set()

    def close(self) -> None:
        """Follow nothing any more."""
        for topic in list(self._topics):
            self.unfollow(topic)


class Belfry:
    """All bells of one process, by topic."""

    __slots__ = ("_bells",)

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[MemoryBell]] = defaultdict(set)

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
        self._bells[topic].add(bell)

    def take_down(self, topic: str, bell: MemoryBell) -> None:
        """Let a bell hear a topic no longer, and forget a topic that nobody follows."""
        bells = self._bells.get(topic)
        if bells is not None:
            bells.discard(bell)
            if not bells:
                del self._bells[topic]
