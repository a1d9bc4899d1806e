"""Bells between processes: a ring is published, and every process rings its own bells that follow the topic.

A process subscribes to a topic when its first bell follows it. What rang before the server knew of that may have been
missed, so the bell is rung once when the subscription is confirmed; it is rung too when a lost connection is back.
"""

from collections.abc import Callable

from chatservice.live.bells import Belfry, MemoryBell


class ValkeyBelfry(Belfry):
    """All bells of one process, by topic; `subscribe` and `unsubscribe` tell the server which topics they are."""

    __slots__ = ("_subscribe", "_unsubscribe")

    def __init__(self, subscribe: Callable[[str], None], unsubscribe: Callable[[str], None]) -> None:
        super().__init__()
        self._subscribe = subscribe
        self._unsubscribe = unsubscribe

    def topics(self) -> list[str]:
        """Return the topics that somebody follows."""
        return list(self._bells)

    def ring_all(self) -> None:
        """Ring every bell: anything may have changed."""
        for topic in self.topics():
            self.ring(topic)

    def hang(self, topic: str, bell: MemoryBell) -> None:
        """Let a bell hear a topic, here and at the server."""
        is_new = topic not in self._bells
        super().hang(topic, bell)
        if is_new:
            self._subscribe(topic)

    def take_down(self, topic: str, bell: MemoryBell) -> None:
        """Let a bell hear a topic no longer."""
        super().take_down(topic, bell)
        if topic not in self._bells:
            self._unsubscribe(topic)
