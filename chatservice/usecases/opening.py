"""Whether the chat is open: the one place that decides it, and every page, link and socket asks here.

Open means all of: the schedule has it open and does not end it too soon, no override closes it or stops the intake, a
cleared mentor is on duty, the queue has room. And the place where conversations live can be reached.
Knows domain and ports; the words for people are made in domain/opening_words.py, the pages in web/status.py.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatservice.domain.opening_hours import Override, Schedule
from chatservice.errors import ClosedError, FullError, LiveStoreAwayError
from chatservice.ports import Clock, LiveStore

Reason = Literal["open", "schedule", "override", "stopped", "last_entry", "no_mentor", "full", "away"]


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours as they are known: the schedule with coordinators' exceptions, and the overrides not ended."""

    schedule: Schedule
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningStatus:
    """The answer at one instant, and why.

    `next_opening` is known while schedule or override has the chat closed, ends it soon, or lets nobody new in;
    `closes` while they have it open, whether or not somebody is there to answer. Both are in the organisation's time
    zone. `at` is the instant of the answer.
    """

    reason: Reason
    at: datetime
    next_opening: datetime | None = None
    closes: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether a new conversation may begin now."""
        return self.reason == "open"


async def opening_status(*, hours: Hours, live: LiveStore, clock: Clock, queue_cap: int) -> OpeningStatus:
    """Answer whether the chat is open now."""
    at, schedule, known = clock.now(), hours.schedule, hours.overrides
    ruling = schedule.ruling(at, known)
    if not ruling.open:
        reason: Reason = "override" if ruling.source == "override" else "schedule"
        return OpeningStatus(reason, at, next_opening=schedule.next_entry(at, known))
    closes = schedule.closes(at, known)
    if schedule.is_past_last_entry(at, known):
        return OpeningStatus("last_entry", at, schedule.next_entry(at, known), closes)
    if schedule.stopped_until(at, known) is not None:
        return OpeningStatus("stopped", at, schedule.next_entry(at, known), closes)
    try:
        on_duty, waiting = await live.duty_count(), await live.waiting_count()
    except LiveStoreAwayError:
        return OpeningStatus("away", at, closes=closes)
    if on_duty < 1:
        return OpeningStatus("no_mentor", at, closes=closes)
    if waiting >= queue_cap:
        return OpeningStatus("full", at, closes=closes)
    return OpeningStatus("open", at, closes=closes)


def admit(status: OpeningStatus) -> None:
    """Let a new conversation begin. Raises `FullError` when the queue is at its cap, else `ClosedError`.

    Raises `LiveStoreAwayError` when nobody can say.
    """
    if status.reason == "away":
        raise LiveStoreAwayError
    if status.reason == "full":
        raise FullError
    if not status.open:
        raise ClosedError
