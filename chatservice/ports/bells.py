"""Bells: a ring says that there may be news of a topic, never what it is. Adapters: live/bells.py, live/valkey/."""

from collections.abc import Callable
from typing import Protocol

from chatservice.domain.seat import Side


class Bell(Protocol):
    """Says that something may have changed in what it follows; the log and the views say what."""

    def follow(self, topic: str) -> None:
        """Ring for this topic too."""
        ...

    def unfollow(self, topic: str) -> None:
        """Ring for this topic no longer."""
        ...

    def call(self, wake: Callable[[], None]) -> None:
        """Call this at each ring from now on; nobody waits for the bell then."""
        ...

    async def wait(self) -> None:
        """Return once the bell has rung since the last return; many rings count as one."""
        ...

    def ring(self) -> None:
        """Ring this bell alone."""
        ...

    def close(self) -> None:
        """Follow nothing any more."""
        ...


QUEUE_TOPIC = "queue"
STORE_TOPIC = "store"
"""Rings when the store has lost everything; its `incarnation` is another one then."""


def seat_topic(conversation_id: str, side: Side) -> str:
    """Return the topic that rings when there is news for one seat."""
    return f"{side}:{conversation_id}"
