"""What waits for the coordinators, as records. Adapters: records/letters.py, feedback.py, talk_requests.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatservice.domain.feedback import SealedFeedback
from chatservice.domain.letter import SealedLetter


class Letters(Protocol):
    """What came in by the contact form, sealed to the coordinators. Numbers are never given twice."""

    async def add(self, letter: SealedLetter) -> None:
        """Add a letter; the records give it its number."""
        ...

    async def count(self) -> int:
        """Return how many letters are held."""
        ...

    async def everything(self) -> Sequence[SealedLetter]:
        """Return every letter, oldest first."""
        ...

    async def find(self, number: int) -> SealedLetter | None:
        """Return a letter, or None."""
        ...

    async def remove(self, number: int) -> bool:
        """Erase a letter; False when there is none."""
        ...

    async def remove_kept_until(self, now: datetime) -> int:
        """Erase the letters that are kept until now or an earlier instant; return how many they were."""
        ...


class FeedbackBox(Protocol):
    """What visitors answered after conversations, with no tie to any of them and in no order."""

    async def add(self, given: SealedFeedback) -> None:
        """Add feedback."""
        ...

    async def count(self) -> int:
        """Return how much is held, released or not."""
        ...

    async def released(self, now: datetime) -> Sequence[SealedFeedback]:
        """Return what may be shown now, in an order that says nothing."""
        ...

    async def remove_kept_until(self, now: datetime) -> int:
        """Erase what is kept until now or an earlier instant; return how much it was."""
        ...


@dataclass(frozen=True, slots=True)
class TalkRequest:
    """A mentor who needs to talk, and the day she said so (its first instant, UTC)."""

    account_id: int
    asked_on: datetime


class TalkRequests(Protocol):
    """Mentors who asked the coordinator to get in touch; at most one wish each."""

    async def keep(self, account_id: int, asked_on: datetime) -> None:
        """Keep a mentor's wish, with the day of the latest."""
        ...

    async def everything(self) -> Sequence[TalkRequest]:
        """Return all wishes, oldest first."""
        ...

    async def remove(self, account_id: int) -> bool:
        """Forget a wish; False when there is none."""
        ...

    async def remove_asked_before(self, day: datetime) -> int:
        """Forget the wishes of earlier days; return how many they were."""
        ...
