"""What the use cases need from outside, as Protocols: time, what must vanish, what must last.

Knows domain types only. Adapters live in `live/` (memory) and `records/` (a database); the contract tests in
tests/contracts/ run the same tests over each of them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from chatservice.domain.certification import Account, Certificate, CertificateRequest, Role
from chatservice.domain.conversation import Conversation, EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import Draft, Envelope, Sender
from chatservice.domain.feedback import SealedFeedback
from chatservice.domain.letter import SealedLetter
from chatservice.domain.opening_hours import Override
from chatservice.domain.seat import Seat, Side
from chatservice.domain.statistics import Counter
from chatservice.domain.waiting import Wait


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never go backwards; only differences mean anything."""
        ...


def now_ms(clock: Clock) -> int:
    """Return the wall-clock time as whole milliseconds since 1970, in which places in the queue are counted."""
    return int(clock.now().timestamp() * 1000)


# -- live: what must vanish


@dataclass(frozen=True, slots=True)
class Pulse:
    """A participant's sign of life: typing right now, and the page in front of her. It never says what."""

    typing: bool = False
    visible: bool = True


@dataclass(frozen=True, slots=True)
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


class Bell(Protocol):
    """Says that something may have changed in what it follows; the log and the views say what."""

    def follow(self, topic: str) -> None:
        """Ring for this topic too."""
        ...

    def unfollow(self, topic: str) -> None:
        """Ring for this topic no longer."""
        ...

    async def wait(self) -> None:
        """Return once the bell has rung since the last return; many rings count as one."""
        ...

    def ring(self) -> None:
        """Ring this bell alone."""
        ...

    def close(self) -> None:
        """Follow nothing any more."""
        ...


QUEUE_TOPIC = "queue"


def seat_topic(conversation_id: str, side: Side) -> str:
    """Return the topic that rings when there is news for one seat."""
    return f"{side.value}:{conversation_id}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody comes from, hashed: (number of the key, digest) for every key in use, the newest last.

    Empty when it cannot be told from where everybody comes, as behind a server of ours.
    """

    digests: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """From one connection no new conversation begins until an instant. `label` is random and short."""

    label: str
    account_id: int
    since: datetime
    until: datetime


class Blocks(Protocol):
    """Blocks against abuse. No address is held, and what is hashed from one ends with the process."""

    async def origin_of(self, address: str) -> Origin:
        """Hash an address at once."""
        ...

    async def note(self, conversation_id: str, origin: Origin) -> None:
        """Remember where a conversation's visitor comes from, for as long as the conversation is there."""
        ...

    async def is_blocked(self, origin: Origin) -> bool:
        """Say whether no new conversation may begin from there now."""
        ...

    async def block(self, conversation_id: str, *, account_id: int, block_s: float) -> Block | None:
        """Block where a conversation's visitor comes from; None when that cannot be told from everybody else.

        Blocked again it holds for longer, under the same label.
        """
        ...

    async def in_force(self) -> Sequence[Block]:
        """Return every block that holds now, the oldest first."""
        ...

    async def lift(self, label: str, *, account_id: int | None = None) -> bool:
        """Lift a block; with an account, only one that this account set. False when there is none."""
        ...


class LiveStore(Protocol):
    """Conversations, queue, seats, duty and presence. Every method is atomic; nothing of it is ever on a disk."""

    @property
    def incarnation(self) -> str:
        """Name this life of the store; positions in the log hold within one incarnation."""
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
        """Return a conversation as its sockets see it, or None when it is erased."""
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


@dataclass(frozen=True, slots=True)
class LineNews:
    """What waits for a page of the line: something sealed, or, without a body, that `page` has got that number."""

    page: str
    number: int
    body: str | None


LINE_TOPIC = "line"
MOST_COORDINATORS = 8


def line_topic(page: str) -> str:
    """Return the topic that rings when there is something for one page of the line."""
    return f"line:{page}"


class Lines(Protocol):
    """The line between mentors and coordinators: whose pages are there, and what has not been handed to them yet.

    Every method is atomic. Nothing is kept beyond delivery, and what waits for a page that goes is forgotten.
    """

    async def arrive(self, page: str, *, account_id: int, connection: str, key: str | None = None) -> None:
        """Let a connection speak for a page; a page with a key is a coordinator's. An earlier connection loses it.

        Raises `NotOwnerError` when the name is another account's, `FullError` beyond `MOST_COORDINATORS`.
        """
        ...

    async def depart(self, page: str, connection: str) -> None:
        """Forget a page and what waits for it; a connection that lost it earlier changes nothing."""
        ...

    async def connection(self, page: str) -> str | None:
        """Return the connection that speaks for a page, or None when it is not there."""
        ...

    async def coordinator_keys(self) -> Sequence[str]:
        """Return the keys of the coordinators' pages that are there."""
        ...

    async def send(self, page: str, to: str, number: int, body: str | None) -> bool:
        """Let a mentor's page reach a coordinator's, or the other way round.

        False when that page is not there or has read too little of what it was sent: then nothing is kept.
        """
        ...

    async def take(self, page: str, connection: str) -> Sequence[LineNews]:
        """Hand over what waits for a page, and forget it; nothing for a connection that does not speak for it."""
        ...

    def listen(self, *topics: str) -> Bell:
        """Return a bell that follows the topics; close it when done."""
        ...


class Tally(Protocol):
    """Counts events, by name only. Never waits and never fails."""

    def count(self, name: str) -> None:
        """Count one event of this name now."""
        ...


# -- records: what must last


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against. `last_code_step` is the 30-second step of the newest one-time code used."""

    account: Account
    password_hash: str
    code_secret: str
    last_code_step: int


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A signed-in browser. `id` is a hash of the random number in its cookie: who reads it here cannot use it."""

    id: str
    account_id: int
    created_at: datetime
    seen_at: datetime


class Accounts(Protocol):
    """Everybody who may sign in."""

    async def add(
        self, *, username: str, role: Role, alias: str, password_hash: str, code_secret: str, at: datetime
    ) -> Account:
        """Add an active account. Raises `UsernameTakenError`."""
        ...

    async def find(self, account_id: int) -> Account | None:
        """Return an account, or None."""
        ...

    async def named(self, username: str) -> Account | None:
        """Return the account with this username, or None."""
        ...

    async def credentials(self, username: str) -> Credentials | None:
        """Return what a sign-in with this username is checked against, or None."""
        ...

    async def everybody(self) -> Sequence[Account]:
        """Return all accounts by username."""
        ...

    async def use_code_step(self, account_id: int, step: int) -> bool:
        """Note that a one-time code was used; False when this step or a later one was used before. Atomic."""
        ...

    async def renew(self, account_id: int, *, password_hash: str, code_secret: str) -> None:
        """Replace password and one-time-code secret."""
        ...

    async def set_active(self, account_id: int, *, active: bool) -> None:
        """Let an account sign in, or no longer."""
        ...


class StaffSessions(Protocol):
    """Who is signed in."""

    async def add(self, session: StaffSession) -> None:
        """Add a session."""
        ...

    async def find(self, session_id: str) -> StaffSession | None:
        """Return a session, or None."""
        ...

    async def held(self, session_ids: Collection[str]) -> Sequence[StaffSession]:
        """Return those of the sessions that exist and belong to an active account."""
        ...

    async def touch(self, session_ids: Collection[str], seen_at: datetime) -> None:
        """Note that sessions were used."""
        ...

    async def remove(self, session_id: str) -> None:
        """End a session; an unknown one is left alone."""
        ...

    async def remove_all(self, account_id: int) -> None:
        """End every session of an account."""
        ...

    async def remove_dead(self, *, created_before: datetime, seen_before: datetime) -> None:
        """Forget the sessions that are too old or were idle for too long."""
        ...


class Certificates(Protocol):
    """The identity keys of mentors' browsers: those that wait to be signed, and those that are."""

    async def request(self, request: CertificateRequest) -> None:
        """Keep a key that waits for the coordinator; the same key again changes nothing. The oldest give way."""
        ...

    async def requested(self, key_id: str) -> CertificateRequest | None:
        """Return a waiting key, or None."""
        ...

    async def requests(self) -> Sequence[CertificateRequest]:
        """Return every waiting key, oldest first."""
        ...

    async def keep(self, certificate: Certificate) -> None:
        """Keep a signed certificate in place of the key's request and of an older certificate of the same key."""
        ...

    async def find(self, key_id: str) -> Certificate | None:
        """Return the certificate of a key, or None."""
        ...

    async def of_account(self, account_id: int) -> Sequence[Certificate]:
        """Return an account's certificates, the one that is valid longest first."""
        ...

    async def revoke(self, key_id: str) -> None:
        """Withdraw a certificate."""
        ...


class Overrides(Protocol):
    """Temporary states of the opening hours."""

    async def add(self, override: Override) -> None:
        """Add an override."""
        ...

    async def active(self, now: datetime) -> Sequence[Override]:
        """Return the overrides that have not ended: those in force, and those to come."""
        ...

    async def extend_example(self, override: Override) -> None:
        """Put an example override in the place of every earlier example override."""
        ...

    async def remove_ended(self, before: datetime) -> None:
        """Forget the overrides that ended before an instant."""
        ...


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


class Counters(Protocol):
    """How often something happened in an hour. Tied to nobody."""

    async def add(self, counts: Mapping[Counter, int]) -> None:
        """Add to the counters, all of them or none."""
        ...

    async def between(self, first: date, last: date) -> Mapping[Counter, int]:
        """Return the counters from one day to another, both included."""
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

    async def remove(self, account_id: int) -> None:
        """Forget a wish; an unknown one is left alone."""
        ...

    async def remove_asked_before(self, day: datetime) -> None:
        """Forget the wishes of earlier days."""
        ...


class Records(Protocol):
    """What must last. There is no table for conversations, on purpose."""

    @property
    def accounts(self) -> Accounts:
        """Everybody who may sign in."""
        ...

    @property
    def sessions(self) -> StaffSessions:
        """Who is signed in."""
        ...

    @property
    def certificates(self) -> Certificates:
        """The keys of mentors' browsers."""
        ...

    @property
    def overrides(self) -> Overrides:
        """Temporary states of the opening hours."""
        ...

    @property
    def letters(self) -> Letters:
        """What came in by the contact form."""
        ...

    @property
    def counters(self) -> Counters:
        """How often something happened."""
        ...

    @property
    def talk_requests(self) -> TalkRequests:
        """Mentors who need to talk."""
        ...

    @property
    def feedback(self) -> FeedbackBox:
        """What visitors answered after conversations."""
        ...


# -- end records


# -- credentials


class PasswordHasher(Protocol):
    """Turns passwords into hashes that are slow to guess from. Never blocks the loop."""

    async def hash(self, password: str) -> str:
        """Return a salted hash."""
        ...

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether the password is right. For None the answer is False and takes the same time."""
        ...


class OneTimeCodes(Protocol):
    """The six digits that a phone shows for half a minute."""

    def new_secret(self) -> str:
        """Return a fresh secret in the form that code apps take."""
        ...

    def matching_step(self, secret: str | None, code: str) -> int | None:
        """Return the step that a code belongs to, one step of clock error allowed, or None.

        For None as secret the answer is None and takes the same time.
        """
        ...


@dataclass(frozen=True, slots=True)
class SignedBody:
    """A certificate's body as it was signed, and the signature (raw, 64 bytes)."""

    body: bytes
    signature: bytes


class CertificateSigner(Protocol):
    """The organisation key, where it may be used without a person: in the example set-up only."""

    def certify(
        self, *, alias: str, public_key: bytes, not_before: datetime, not_after: datetime
    ) -> SignedBody:
        """Sign a certificate."""
        ...


# -- end credentials
