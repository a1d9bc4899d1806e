"""Temporary states of the opening hours, as records. Adapter: records/overrides.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chatservice.domain.opening_hours import Override


class Overrides(Protocol):
    """Temporary states of the opening hours."""

    async def add(self, override: Override) -> None:
        """Add an override."""
        ...

    async def active(self, now: datetime) -> Sequence[Override]:
        """Return the overrides that have not ended: those in force, and those to come."""
        ...

    async def extend_example(self, override: Override) -> None:
        """Put an example override in the place of every earlier example override."""
        ...

    async def remove_ended(self, before: datetime) -> int:
        """Forget the overrides that ended before an instant; return how many they were."""
        ...
