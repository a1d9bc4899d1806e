"""A conversation's life as pure transitions: waiting, offered, talking, and back to waiting if the mentor is lost.

Knows who may do what in which phase. Does not know texts, keys, sockets or time. The end is not a phase: an ended
conversation is erased, and nothing of it remains to have a phase. Read `usecases/` next.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from chatservice.domain.envelope import Draft
from chatservice.domain.seat import MentorSeat, Seat, Side
from chatservice.errors import OutOfTurnError, WrongEpochError


class Phase(StrEnum):
    """Where a conversation is. AWAY is OFFERED or TALKING seen while the mentor's connection is lost."""

    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    AWAY = "away"


class EndedBy(StrEnum):
    """Who ended a conversation."""

    VISITOR = "visitor"
    MENTOR = "mentor"
    SILENCE = "silence"
    DECLINED = "declined"
    ANOTHER = "another"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Conversation:
    """What the server knows of a conversation: no text, no key, no name.

    `id` is base64url of 32 bytes, `token_hash` SHA-256 of the visitor's token, `since_ms` the wall-clock time of the
    place in the queue, `epoch` the newest epoch that the visitor has opened, `share` the server's half of what lets a
    reloaded visitor page go on (32 bytes, base64url). `avoids` are the keys of mentors whom the visitor asked to be
    spared. `next` is the colleague who is asked to take over, while she is: she may offer for the next epoch and
    nothing else. It is not restored after a restart, when the present mentor simply goes on.
    """

    id: str
    token_hash: bytes
    since_ms: int
    share: str
    epoch: int = 0
    mentor: MentorSeat | None = None
    avoids: frozenset[str] = frozenset()
    next: MentorSeat | None = None

    @property
    def phase(self) -> Phase:
        """Return the phase as it is when both are connected."""
        if self.mentor is None:
            return Phase.WAITING
        return Phase.TALKING if self.epoch >= self.mentor.epoch else Phase.OFFERED


def seen_phase(conversation: Conversation, *, mentor_present: bool) -> Phase:
    """Return the phase that people are shown: a seated mentor without a connection is away."""
    if conversation.mentor is not None and not mentor_present:
        return Phase.AWAY
    return conversation.phase


def since(conversation: Conversation, since_ms: int) -> Conversation:
    """Return the conversation with another place in the queue's time."""
    return conversation if conversation.since_ms == since_ms else replace(conversation, since_ms=since_ms)


def take(conversation: Conversation, *, account_id: int, key_id: str) -> Conversation:
    """Seat a mentor for the next epoch. Raises `OutOfTurnError` if somebody sits there or it may not be her."""
    if conversation.mentor is not None or key_id in conversation.avoids:
        raise OutOfTurnError
    return replace(conversation, mentor=MentorSeat(account_id, key_id, conversation.epoch + 1))


def release(conversation: Conversation) -> Conversation:
    """Empty the mentor's seat; the visitor waits again, in the place of her first arrival."""
    return replace(conversation, mentor=None, next=None)


def ask_colleague(conversation: Conversation, *, account_id: int, key_id: str) -> Conversation:
    """Ask a colleague to take over, to whom the visitor has agreed; an earlier asking gives way.

    Raises `OutOfTurnError` when nobody talks here, or when it is the present mentor or one who is to be spared.
    """
    mentor = conversation.mentor
    if mentor is None or conversation.phase is not Phase.TALKING:
        raise OutOfTurnError
    if key_id in conversation.avoids or mentor.key_id == key_id or mentor.account_id == account_id:
        raise OutOfTurnError
    return replace(conversation, next=MentorSeat(account_id, key_id, conversation.epoch + 1))


def turn_down(conversation: Conversation, *, account_id: int) -> Conversation:
    """Let the present mentor go on: the colleague does not take over. Raises `OutOfTurnError` if she was not asked."""
    if conversation.next is None or conversation.next.account_id != account_id:
        raise OutOfTurnError
    return replace(conversation, next=None)


def decline(conversation: Conversation, epoch: int) -> Conversation:
    """Refuse the mentor offered for an epoch. Raises `OutOfTurnError` when there is no such offer.

    Of a colleague who was asked to take over only the asking ends, and the present mentor stays.
    """
    if conversation.next is not None and conversation.next.epoch == epoch:
        return replace(conversation, next=None)
    mentor = conversation.mentor
    if mentor is None or mentor.epoch != epoch or conversation.phase is not Phase.OFFERED:
        raise OutOfTurnError
    return release(conversation)


def ask_for_another(conversation: Conversation) -> Conversation:
    """Empty the seat of a mentor whom the visitor does not want; she is not seated here again.

    Raises `OutOfTurnError` when nobody sits there.
    """
    mentor = conversation.mentor
    if mentor is None:
        raise OutOfTurnError
    return replace(release(conversation), avoids=conversation.avoids | {mentor.key_id})


def reclaim(conversation: Conversation, *, account_id: int, key_id: str) -> Conversation:
    """Let a mentor back into her own seat. Raises `OutOfTurnError` if the seat is not hers."""
    mentor = conversation.mentor
    if mentor is None or mentor.key_id != key_id or mentor.account_id not in (None, account_id):
        raise OutOfTurnError
    return replace(conversation, mentor=replace(mentor, account_id=account_id))


def newer(present: Conversation, restored: Conversation) -> Conversation:
    """Choose between what we hold and what a ticket says: the higher epoch wins, then the one with a mentor.

    Only the visitor opens epochs, so a higher epoch is always the later word. Both must have the same id.
    """

    def rank(conversation: Conversation) -> tuple[int, int]:
        mentor = conversation.mentor
        return max(conversation.epoch, mentor.epoch if mentor else 0), conversation.epoch

    return restored if rank(restored) > rank(present) else present


def after_post(conversation: Conversation, seat: Seat, draft: Draft) -> Conversation:
    """Check that a seat may post a draft now, and return the conversation after it.

    A visitor's grant for the next epoch opens that epoch, with or without a mentor in the seat: the grant may have
    crossed the mentor's loss, and the visitor's page counts it as opened. With it the colleague who was asked to take
    over sits down; a mentor of an earlier epoch has left her seat, whoever was asked. Everything posted before is
    allowed again, because browsers post their envelopes anew after a restart. A colleague who is asked may offer, and
    a mentor who has lost her seat may nothing. Raises `OutOfTurnError` or `WrongEpochError`.
    """
    if seat.side is Side.VISITOR:
        return _after_visitor_post(conversation, draft)
    mentor = conversation.mentor
    asked = conversation.next
    if asked is not None and asked.sender == seat.sender and draft.kind == "offer":
        mentor = asked
    if mentor is None or mentor.sender != seat.sender or draft.kind == "grant":
        raise OutOfTurnError
    if draft.epoch != mentor.epoch:
        raise WrongEpochError(mentor.epoch)
    return conversation


def _after_visitor_post(conversation: Conversation, draft: Draft) -> Conversation:
    if draft.kind == "offer":
        raise OutOfTurnError
    if draft.epoch <= conversation.epoch:
        return conversation
    if draft.kind == "grant" and draft.epoch == conversation.epoch + 1:
        mentor = conversation.mentor
        if mentor is not None and mentor.epoch < draft.epoch:
            mentor = conversation.next
        return replace(conversation, epoch=draft.epoch, mentor=mentor, next=None)
    raise WrongEpochError(conversation.epoch)
