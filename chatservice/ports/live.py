"""What must vanish: conversations, queue, seats, duty, presence, blocks, and events that are counted.

Every method is atomic; nothing of it is ever on a disk. Adapters: live/.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chatservice.domain.conversation import Conversation, EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import Draft, Envelope, Sender
from chatservice.domain.seat import Seat, Side
from chatservice.domain.waiting import Wait
from chatservice.ports.bells import Bell
from chatservice.ports.blocks import Blocks


@dataclass(frozen=True, slots=True)
class Pulse:
    """A participant's sign of life: typing right now, and the page in front of her. It never says what."""

    typing: bool = False
    visible: bool = True


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Presence:
    """Whether a seat's browser is there. `connection` speaks for the seat; None while there is none.

    `changed_s` is when she came, went, or turned to another page, on the clock's monotonic seconds.
    """

    connection: str | None
    pulse: Pulse
    changed_s: float


@dataclass(frozen=True, slots=True)
class View:
    """A conversation as its two sockets need to see it at one moment.

    `place` counts from 1 and is None when not waiting. `received` says per sender how many of its envelopes the other
    browser has.
    """

    conversation: Conversation
    phase: Phase
    place: int | None
    received: Mapping[Sender, int]
    presence: Mapping[Side, Presence]


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue as a mentor sees it: how many wait, and since when the first of them (wall clock, ms)."""

    count: int
    since_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """A mentor as other mentors may know her: her page's key, and the name that visitors hear too."""

    key_id: str
    alias: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """A seat whose participant has been without a connection for longer than she may."""

    conversation_id: str
    side: Side


class LiveStore(Protocol):
    """Conversations, queue, seats, duty and presence. Every method is atomic; nothing of it is ever on a disk."""

    @property
    def incarnation(self) -> str:
        """Name this life of the store; positions in the log hold within one incarnation."""
        ...

    @property
    def answers_at_once(self) -> bool:
        """Say whether no method ever waits: then a frame is handled where it is read, without a task."""
        ...

    @property
    def blocks(self) -> Blocks:
        """Blocks against abuse."""
        ...

    async def find(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""
        ...

    async def ended_by(self, conversation_id: str) -> EndedBy | None:
        """Say who ended a conversation that was erased a short while ago, or None."""
        ...

    async def open(self, conversation: Conversation, *, queue_cap: int) -> None:
        """Add a new waiting conversation. Raises `FullError` when `queue_cap` wait already."""
        ...

    async def restore(self, conversation: Conversation) -> Conversation:
        """Bring a conversation back from a ticket, or merge it with the one we hold (`domain.conversation.newer`)."""
        ...

    async def change(
        self, conversation_id: str, transition: Callable[[Conversation], Conversation]
    ) -> Conversation:
        """Apply a pure transition. Raises `UnknownConversationError`, or what the transition raises."""
        ...

    async def take_oldest(self, *, account_id: int, key_id: str) -> Conversation:
        """Seat a mentor with whoever has waited longest and has not asked to be spared her.

        Raises `NobodyWaitingError`, or `AlreadyTalkingError` when this account or key has a seat or is asked for one.
        """
        ...

    async def colleagues(self, account_id: int) -> Sequence[Colleague]:
        """Return the other mentors who could take over now: on duty, connected, with neither seat nor question."""
        ...

    async def colleague(self, account_id: int) -> Colleague | None:
        """Return who a mentor is to her colleagues, while she is connected."""
        ...

    async def ask_colleague(self, conversation_id: str, key_id: str) -> Conversation:
        """Ask one of the colleagues to take a conversation over.

        Raises `ColleagueAwayError`, `UnknownConversationError` or `OutOfTurnError`.
        """
        ...

    async def asked(self, account_id: int) -> Conversation | None:
        """Return the conversation that a mentor is asked to take over, or None."""
        ...

    async def seated(self, *, account_id: int, key_id: str | None) -> str | None:
        """Return the conversation in which this account or key has the mentor's seat, or None."""
        ...

    async def erase(self, conversation_id: str, by: EndedBy) -> None:
        """Forget a conversation and all its envelopes, and ring both seats. Unknown ones are left alone."""
        ...

    async def post(self, seat: Seat, draft: Draft) -> bool:
        """Append an envelope; False when this very envelope was there already.

        Raises `UnknownConversationError`, `GapError`, `ConflictError`, `OutOfTurnError` or `WrongEpochError`.
        """
        ...

    async def envelopes_after(self, conversation_id: str, position: int, *, limit: int) -> Sequence[Envelope]:
        """Return at most `limit` envelopes with a higher position, in order; none for an unknown conversation."""
        ...

    async def have(self, seat: Seat) -> int:
        """Return how many envelopes of this seat's sender are held."""
        ...

    async def note_received(self, seat: Seat, sender: Sender, through: int) -> None:
        """Note that a seat's browser has a sender's envelopes below `through`, for senders who have been here.

        After a restart that may be more than the store has: the sender's page hears it and numbers on from there.
        """
        ...

    async def arrive(self, seat: Seat, connection: str) -> None:
        """Let a connection speak for a seat; an earlier one loses it."""
        ...

    async def pulse(self, seat: Seat, pulse: Pulse) -> None:
        """Note a sign of life and ring the other seat. Raises `UnknownConversationError`."""
        ...

    async def depart(self, seat: Seat, connection: str) -> None:
        """Note that a connection is gone; one that lost its seat earlier changes nothing."""
        ...

    async def view(self, conversation_id: str) -> View | None:
        """Return a conversation as its sockets see it, or None when it is erased.

        While nothing but the log and `received` has changed, it may be the same object: then there is nothing to tell
        but those. `received` and `presence` are those of the moment when they are looked at.
        """
        ...

    async def overdue(
        self, *, visitor_grace_s: float, mentor_grace_s: float, silence_s: float
    ) -> list[Overdue]:
        """Return the seats that have been empty for too long.

        A waiting visitor has `visitor_grace_s`, a visitor in a conversation `silence_s`, a mentor `mentor_grace_s`.
        """
        ...

    async def ring_waiting(self, count: int) -> None:
        """Ring the first `count` waiting visitors, whose place may have changed."""
        ...

    async def set_duty(self, account_id: int, state: DutyState) -> None:
        """Set a mentor's duty state."""
        ...

    async def duty_of(self, account_id: int) -> DutyState:
        """Return a mentor's duty state."""
        ...

    async def on_duty_s(self, account_id: int) -> int:
        """Return for how long a mentor has been on duty without a pause; 0 when she is not."""
        ...

    async def taken_s(self, conversation_id: str) -> int:
        """Return how long ago a conversation was first taken; 0 for one that is unknown or waits."""
        ...

    async def settle_outcome(self, account_id: int) -> bool:
        """Let a mentor say once how her latest conversation went; False when there is none, or it goes on."""
        ...

    async def mentor_arrives(
        self, account_id: int, connection: str, colleague: Colleague | None = None
    ) -> None:
        """Note a mentor's connection; an earlier one of the same account loses its place.

        Without a `colleague`, as when her page has no key yet, nobody can hand a conversation over to her.
        """
        ...

    async def mentor_departs(self, account_id: int, connection: str) -> None:
        """Note that a mentor's connection is gone; what she was asked to take over stays where it is."""
        ...

    async def mentor_connection(self, account_id: int) -> str | None:
        """Return the connection that speaks for a mentor."""
        ...

    async def duty_count(self) -> int:
        """Return how many connected mentors are on duty; paused ones are not."""
        ...

    async def on_duty(self) -> Sequence[int]:
        """Return the accounts of the connected mentors on duty."""
        ...

    async def paused_count(self) -> int:
        """Return how many connected mentors have paused their duty."""
        ...

    async def talking_count(self) -> int:
        """Return how many visitors have a mentor."""
        ...

    async def waiting_count(self) -> int:
        """Return how many visitors wait."""
        ...

    async def waits(self) -> Sequence[Wait]:
        """Return how long those took who were taken lately: at most the last 50 of the last twelve hours."""
        ...

    async def queue_view(self, *, limit: int) -> QueueView:
        """Return the queue with the waiting times of its first `limit`."""
        ...

    def listen(self, *topics: str) -> Bell:
        """Return a bell that follows the topics; close it when done."""
        ...
