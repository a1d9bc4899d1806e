"""What happens by itself: places that nobody came back to, mentors who were lost, conversations gone silent."""

from dataclasses import dataclass

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy
from chatservice.domain.seat import Side
from chatservice.errors import UnknownConversationError
from chatservice.ports import LiveStore


@dataclass(frozen=True, slots=True)
class GraceTimes:
    """How long an empty seat is kept: a place in the queue, a mentor's chair, a visitor's in a conversation."""

    visitor_grace_s: float
    mentor_grace_s: float
    silence_s: float


async def sweep(live: LiveStore, times: GraceTimes) -> None:
    """Free what has been empty for too long: a lost visitor's conversation is erased, a lost mentor's chair is freed.

    Both being gone is the visitor's case: her grace time alone decides when the conversation is forgotten.
    """
    overdue = await live.overdue(
        visitor_grace_s=times.visitor_grace_s,
        mentor_grace_s=times.mentor_grace_s,
        silence_s=times.silence_s,
    )
    for seat in overdue:
        if seat.side is Side.VISITOR:
            await live.erase(seat.conversation_id, EndedBy.SILENCE)
            continue
        try:
            await live.change(seat.conversation_id, rules.release)
        except UnknownConversationError:  # the visitor's own time ran out in the same sweep
            continue
