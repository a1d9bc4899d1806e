"""Shifts as records. Adapter: records/shifts.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chatservice.domain.shift import Shift, Stretch


class Shifts(Protocol):
    """Who has which evening. Every method is atomic: of two at once, one comes after the other."""

    async def add(self, account_id: int, stretch: Stretch) -> Shift | None:
        """Give a mentor a shift; None when she has one at that time."""
        ...

    async def find(self, number: int) -> Shift | None:
        """Return a shift, or None."""
        ...

    async def coming(self, after: datetime) -> Sequence[Shift]:
        """Return everybody's shifts that have not ended, in order."""
        ...

    async def of_account(self, account_id: int, after: datetime) -> Sequence[Shift]:
        """Return the shifts of one mentor that have not ended, in order."""
        ...

    async def offer(self, number: int, account_id: int, *, up_for_swap: bool) -> bool:
        """Ask colleagues to take a mentor's own shift, or no longer; False when it is not hers."""
        ...

    async def hand_over(self, shift: Shift, account_id: int) -> bool:
        """Make an offered shift another mentor's, no longer offered.

        False when it is no longer offered by the same mentor, or when the other one has a shift at that time.
        """
        ...

    async def remove(self, number: int, account_id: int) -> bool:
        """Erase a mentor's shift; False when it is not hers."""
        ...

    async def free(self, account_id: int, starts_at: datetime, ends_at: datetime | None = None) -> int:
        """Erase a mentor's shifts that touch a time (None: without an end); return how many they were."""
        ...

    async def remove_ended(self, before: datetime) -> int:
        """Erase the shifts that ended before an instant; return how many they were."""
        ...
