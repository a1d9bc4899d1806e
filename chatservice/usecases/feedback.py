"""What happens to feedback: its line is sealed as it comes in, it is shown from the day after, and erased in time.

Knows the records as a port and the clock that is handed in. Knows of no conversation: nothing of one comes here.
"""

from dataclasses import dataclass

from chatservice.domain.feedback import Feedback, keep_feedback
from chatservice.domain.letter_sealing import inbox_key_id, seal_line
from chatservice.ports import Clock, FeedbackBox

MOST_FEEDBACK = 5000
"""Twelve megabytes of the longest ones: a flood does not fill the disk."""


@dataclass(frozen=True, slots=True)
class FeedbackDesk:
    """Where feedback goes. Without an inbox key (`public_key`, 65 bytes) only the face is kept."""

    box: FeedbackBox
    clock: Clock
    public_key: bytes | None


async def give_feedback(desk: FeedbackDesk, feedback: Feedback) -> bool:
    """Keep feedback; False when there is no room for more."""
    if await desk.box.count() >= MOST_FEEDBACK:
        return False
    key_id, sealed = "", b""
    if feedback.line and desk.public_key is not None:
        key_id, sealed = inbox_key_id(desk.public_key), seal_line(feedback.line, desk.public_key)
    await desk.box.add(keep_feedback(feedback.face, key_id=key_id, sealed=sealed, now=desk.clock.now()))
    return True


async def forget_old_feedback(box: FeedbackBox, clock: Clock) -> int:
    """Erase the feedback whose time is over; return how much it was."""
    return await box.remove_kept_until(clock.now())
