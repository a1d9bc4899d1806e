"""The two seats of a conversation, and who sits in them."""

from dataclasses import dataclass
from enum import StrEnum

from chatservice.domain.envelope import VISITOR, Sender, mentor_sender


class Side(StrEnum):
    """Which of the two seats."""

    VISITOR = "visitor"
    MENTOR = "mentor"

    @property
    def other(self) -> "Side":
        """Return the opposite seat."""
        return Side.MENTOR if self is Side.VISITOR else Side.VISITOR


@dataclass(frozen=True, slots=True)
class MentorSeat:
    """A mentor in a conversation.

    `epoch` is the one she was taken for: her offer and everything she says is sealed under it. `account_id` is None
    after a restart until she has come back herself, because the visitor's ticket names only her key.
    """

    account_id: int | None
    key_id: str
    epoch: int

    @property
    def sender(self) -> Sender:
        """Return the name her envelopes carry."""
        return mentor_sender(self.key_id)


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant's claim to a conversation, checked when it was made; frames never say who sent them."""

    conversation_id: str
    side: Side
    sender: Sender


def key_of(mentor: MentorSeat | None) -> str | None:
    """Return the key of who sits or is asked, or None for nobody."""
    return None if mentor is None else mentor.key_id


def visitor_seat(conversation_id: str) -> Seat:
    """Return the visitor's seat of a conversation."""
    return Seat(conversation_id, Side.VISITOR, VISITOR)


def seat_of_mentor(conversation_id: str, mentor: MentorSeat) -> Seat:
    """Return the mentor's seat of a conversation."""
    return Seat(conversation_id, Side.MENTOR, mentor.sender)
