"""What either seat does inside a conversation: posts sealed envelopes, says what arrived, ends it.

The server carries envelopes and cannot open them: nothing here has a type for a text.
"""

from chatservice.domain.conversation import EndedBy
from chatservice.domain.envelope import Draft, Sender
from chatservice.domain.seat import Seat, Side
from chatservice.ports import LiveStore, Pulse


async def post_envelope(live: LiveStore, seat: Seat, draft: Draft) -> None:
    """Post an envelope; posting the same one again is no error and changes nothing.

    Raises `UnknownConversationError`, `GapError`, `ConflictError`, `OutOfTurnError` or `WrongEpochError`.
    """
    await live.post(seat, draft)


async def note_received(live: LiveStore, seat: Seat, *, sender: Sender, through: int) -> None:
    """Pass on that this seat's browser has a sender's envelopes below `through`."""
    await live.note_received(seat, sender, through)


async def send_pulse(live: LiveStore, seat: Seat, pulse: Pulse) -> None:
    """Pass on that somebody types or turned away; without content, and forgotten at once."""
    await live.pulse(seat, pulse)


async def end(live: LiveStore, seat: Seat) -> None:
    """End the conversation for both and forget it."""
    await live.erase(seat.conversation_id, EndedBy.VISITOR if seat.side is Side.VISITOR else EndedBy.MENTOR)
