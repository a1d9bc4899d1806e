"""What a visitor does around the conversation: comes, comes back, leaves the queue, declines an offer.

Knows tickets and the live store through its port. Does not know frames or sockets (`web/visitor.py`), nor whether the
chat is open: the caller hands in that question.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chatservice.domain import conversation as rules
from chatservice.domain import sealing
from chatservice.domain.conversation import Conversation, EndedBy, Phase
from chatservice.domain.seat import Seat, Side, visitor_seat
from chatservice.errors import (
    EndedError,
    NotOwnerError,
    OutOfTurnError,
    TicketError,
    UnknownConversationError,
)
from chatservice.ports import Clock, LiveStore, Settling, now_ms
from chatservice.usecases.tickets import TicketBook, new_share

Admission = Callable[[], Awaitable[None]]
"""Raises `ClosedError`, `FullError` or `BlockedError` when no new conversation may begin now."""


@dataclass(frozen=True, slots=True)
class VisitorJoin:
    """A visitor's claim to a conversation, all values base64url as on the wire.

    `proof` answers our `challenge` (32 bytes). `ticket` is the newest one the page has. `returning` says that the
    page has been in this conversation before.
    """

    conversation: str
    key: str
    token: str
    proof: str
    ticket: str | None
    returning: bool


@dataclass(frozen=True, slots=True)
class VisitorJoined:
    """The seat a visitor got; `new` when the conversation began now."""

    seat: Seat
    conversation: Conversation
    new: bool


def hash_token(token: str) -> bytes:
    """Return what the server keeps of a visitor's token."""
    return hashlib.sha256(token.encode()).digest()


async def join(
    live: LiveStore,
    tickets: TicketBook,
    clock: Clock,
    settling: Settling,
    join: VisitorJoin,
    *,
    challenge: bytes,
    admit: Admission,
    queue_cap: int,
) -> VisitorJoined:
    """Give a visitor her seat: in a conversation we hold, in one that her ticket brings back, or in a new one.

    Raises `NotOwnerError`, `MalformedError`, `EndedError`, `UnknownConversationError`, and for a new conversation
    what `admit` raises and `FullError`.
    """
    sealing.verify_ownership(
        sealing.from_base64url(join.key),
        sealing.from_base64url(join.conversation),
        challenge,
        sealing.from_base64url(join.proof),
    )
    token_hash = hash_token(join.token)
    held = await live.find(join.conversation)
    if held is None:
        ended_by = await live.ended_by(join.conversation)
        if ended_by is not None:
            raise EndedError(ended_by.value)
        if join.ticket is None:
            return await _begin(live, clock, join, token_hash, admit, queue_cap)
    if join.ticket is not None:
        if held is None:
            await settling.begin()
        held = await _restore(live, tickets, clock, join, token_hash, held)
    if held is None or not hmac.compare_digest(held.token_hash, token_hash):
        raise NotOwnerError
    return VisitorJoined(visitor_seat(held.id), held, new=False)


async def _begin(
    live: LiveStore, clock: Clock, join: VisitorJoin, token_hash: bytes, admit: Admission, queue_cap: int
) -> VisitorJoined:
    if join.returning:
        raise UnknownConversationError
    await admit()
    # Letting in takes time: another page of the same visitor's may have been faster.
    held = await live.find(join.conversation)
    if held is not None:
        if not hmac.compare_digest(held.token_hash, token_hash):
            raise NotOwnerError
        return VisitorJoined(visitor_seat(held.id), held, new=False)
    conversation = Conversation(join.conversation, token_hash, now_ms(clock), new_share())
    await live.open(conversation, queue_cap=queue_cap)
    return VisitorJoined(visitor_seat(conversation.id), conversation, new=True)


async def _restore(
    live: LiveStore,
    tickets: TicketBook,
    clock: Clock,
    join: VisitorJoin,
    token_hash: bytes,
    held: Conversation | None,
) -> Conversation | None:
    """Merge what a ticket says. A ticket that is no good matters only when we hold nothing ourselves."""
    try:
        restored = tickets.read(join.ticket or "", Side.VISITOR, now_ms=now_ms(clock))
    except TicketError:
        if held is None:
            raise UnknownConversationError from None
        return held
    if restored.id != join.conversation or not hmac.compare_digest(restored.token_hash, token_hash):
        raise NotOwnerError
    return await live.restore(restored)


async def leave(live: LiveStore, seat: Seat) -> None:
    """Leave the queue. Raises `OutOfTurnError` once a mentor has come, `UnknownConversationError` if it is gone."""
    conversation = await live.find(seat.conversation_id)
    if conversation is None:
        raise UnknownConversationError
    if conversation.phase is not Phase.WAITING:
        raise OutOfTurnError
    await live.erase(seat.conversation_id, EndedBy.VISITOR)


async def decline(live: LiveStore, seat: Seat, *, epoch: int) -> None:
    """Refuse the mentor who was offered for an epoch; the visitor stands first in line again.

    When it is a colleague of the present mentor, who was asked to take over, the present one stays.
    """
    await live.change(seat.conversation_id, lambda conversation: rules.decline(conversation, epoch))


async def agree_to_handover(live: LiveStore, seat: Seat, *, key_id: str) -> None:
    """Agree that the present mentor hands over to a colleague, who is asked now.

    Raises `ColleagueAwayError` when she cannot be asked, `OutOfTurnError`, `UnknownConversationError`.
    """
    await live.ask_colleague(seat.conversation_id, key_id)


async def ask_for_another(live: LiveStore, seat: Seat) -> None:
    """Spare the visitor the present mentor; she stands first in line for somebody else."""
    await live.change(seat.conversation_id, rules.ask_for_another)


async def leave_at_once(live: LiveStore, *, conversation_id: str, token: str) -> None:
    """End a conversation on the word of a page that is closing. A wrong token ends nothing and learns nothing."""
    conversation = await live.find(conversation_id)
    if conversation is not None and hmac.compare_digest(conversation.token_hash, hash_token(token)):
        await live.erase(conversation_id, EndedBy.VISITOR)
