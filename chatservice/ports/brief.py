"""What is remembered for minutes or hours and shared by every process of the service. Adapters: live/.

Nothing of it is ever on a disk, and no adapter holds an address or a username: what is counted, is counted under a
hash of it, whose key is gone with the counts.
"""

from typing import Protocol


class BriefMemory(Protocol):
    """Values by name, each for the time that the memory was made for, and only so many of them: the oldest goes."""

    async def keep(self, name: str, value: str) -> None:
        """Remember a value from now on; a former one of the same name is replaced."""
        ...

    async def find(self, name: str) -> str | None:
        """Return the value, or None when there is none (any longer)."""
        ...

    async def take(self, name: str) -> str | None:
        """Return the value and forget it: nobody gets it twice."""
        ...


class BriefCounts(Protocol):
    """Counts of what `parts` name, held under a keyed hash. Each is forgotten some time after its latest addition.

    The key is replaced now and then, and then all counts are gone at once.
    """

    async def count(self, *parts: str) -> int:
        """Return how often this was added."""
        ...

    async def add(self, *parts: str) -> int:
        """Count one more; return the count."""
        ...

    async def forget(self, *parts: str) -> None:
        """Count from nothing again."""
        ...

    async def left_s(self) -> float:
        """Return how long it takes at most until everything is forgotten with the key."""
        ...


class Settling(Protocol):
    """The moment after the live store was lost: nobody is taken from the queue until it has its old order back."""

    async def begin(self) -> None:
        """Note that a visitor came back by ticket; only the first one starts the time."""
        ...

    async def settled(self) -> None:
        """Return when the queue has its order; at once on an ordinary day."""
        ...


class Turns(Protocol):
    """What one process does for all of them: whoever asks first has the turn."""

    async def is_mine(self, task: str, for_s: float) -> bool:
        """Take the turn of a task for so long; False when another process has it."""
        ...
