"""The queue: first come, first served, by the time of arrival and nothing else."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

_Place = tuple[int, str]


@dataclass(slots=True)
class Queue:
    """Waiting conversations in order of `since_ms`; ties go by conversation id.

    A visitor whose mentor was lost came before everybody who still waits, so her old `since_ms` alone puts her first.
    Adding and leaving cost a binary search and one move of pointers; taking the oldest costs the move only.
    """

    _places: list[_Place] = field(default_factory=list[_Place])
    _since_ms: dict[str, int] = field(default_factory=dict[str, int])

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, conversation_id: str) -> bool:
        return conversation_id in self._since_ms

    def add(self, conversation_id: str, since_ms: int) -> None:
        """Put a conversation in its place; adding it again changes nothing."""
        if conversation_id not in self._since_ms:
            self._since_ms[conversation_id] = since_ms
            insort(self._places, (since_ms, conversation_id))

    def leave(self, conversation_id: str) -> None:
        """Take a conversation out, if it is there."""
        since_ms = self._since_ms.pop(conversation_id, None)
        if since_ms is not None:
            del self._places[bisect_left(self._places, (since_ms, conversation_id))]

    def place(self, conversation_id: str) -> int | None:
        """Return the place in the queue, 1 for the next to be taken, or None."""
        since_ms = self._since_ms.get(conversation_id)
        if since_ms is None:
            return None
        return bisect_left(self._places, (since_ms, conversation_id)) + 1

    def in_order(self) -> Iterator[str]:
        """Go through the conversations from the head; the queue may not change meanwhile."""
        return (conversation_id for _, conversation_id in self._places)

    def first(self, count: int) -> list[tuple[str, int]]:
        """Return at most `count` conversations from the head with their `since_ms`."""
        return [(conversation_id, since_ms) for since_ms, conversation_id in self._places[:count]]
