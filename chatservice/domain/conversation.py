"""A conversation's life as pure transitions: waiting, offered, talking, and back to waiting if the mentor is lost.

Knows who may do what in which phase. Does not know texts, keys, sockets or time. The end is not a phase: an ended
conversation is erased, and nothing of it remains to have a phase. Read `usecases/` next.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from chatservice.domain.envelope import Draft
from chatservice.domain.seat import MentorSeat, Side
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


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the server knows of a conversation: no text, no key, no name.

    `id` is base64url of 32 bytes, `token_hash` SHA-256 of the visitor's token, `since_ms` the wall-clock time of the
    place in the queue, `epoch` the newest epoch that the visitor has opened, `share` the server's half of what lets a
    reloaded visitor page go on (32 bytes, base64url). `avoids` are the keys of mentors whom the visitor asked to be
    spared.
    """

    id: str
    token_hash: bytes
    since_ms: int
    share: str
    epoch: int = 0
    mentor: MentorSeat | None = None
    avoids: frozenset[str] = frozenset()

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
    return replace(conversation, mentor=None)


def decline(conversation: Conversation, epoch: int) -> Conversation:
    """Refuse the mentor offered for an epoch. Raises `OutOfTurnError` when there is no such offer."""
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
    return replace(conversation, mentor=None, avoids=conversation.avoids | {mentor.key_id})


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


def after_post(conversation: Conversation, side: Side, draft: Draft) -> Conversation:
    """Check that a seat may post a draft now, and return the conversation after it.

    A visitor's grant for the next epoch opens that epoch, with or without a mentor in the seat: the grant may have
    crossed the mentor's loss, and the visitor's page counts it as opened. Everything posted before is allowed again,
    because browsers post their envelopes anew after a restart. Raises `OutOfTurnError` or `WrongEpochError`.
    """
    if side is Side.VISITOR:
        return _after_visitor_post(conversation, draft)
    mentor = conversation.mentor
    if mentor is None or draft.kind == "grant":
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
        return replace(conversation, epoch=draft.epoch)
    raise WrongEpochError(conversation.epoch)
