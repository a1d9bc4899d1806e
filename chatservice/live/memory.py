"""The live store in the memory of one process: the default, and what the contract tests measure others by.

Every method runs without a pause from its first line to its last, so each is atomic on the event loop. Conversations
are erased by dropping the only reference to their envelopes. Nothing here touches a disk.
"""

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation, EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import VISITOR, Draft, Envelope, Sender
from chatservice.domain.queue import Queue
from chatservice.domain.seat import Seat, Side, seat_of_mentor
from chatservice.domain.statistics import LEFT, QUEUED, TAKEN, length_name, wait_name
from chatservice.domain.waiting import Wait
from chatservice.errors import (
    AlreadyTalkingError,
    ColleagueAwayError,
    ConflictError,
    FullError,
    GapError,
    NobodyWaitingError,
    UnknownConversationError,
)
from chatservice.live.bells import Belfry, MemoryBell
from chatservice.live.blocks import MemoryBlocks
from chatservice.live.duty import DutyBoard
from chatservice.ports import (
    QUEUE_TOPIC,
    Clock,
    Colleague,
    Overdue,
    Presence,
    Pulse,
    QueueView,
    Tally,
    View,
    seat_topic,
)

_TOMBSTONE_LIFE_S = 30 * 60
_TOMBSTONES = 10_000
_WAITS_LIFE_S = 12 * 3600
_MOST_WAITS = 50
_VISITOR_SIDE = Side.VISITOR


@dataclass(slots=True)
class _Entry:
    """A conversation with what hangs on it. `own` keeps each sender's envelopes by number."""

    conversation: Conversation
    log: list[Envelope] = field(default_factory=list[Envelope])
    own: dict[Sender, list[Envelope]] = field(default_factory=dict[Sender, list[Envelope]])
    received: dict[Sender, int] = field(default_factory=dict[Sender, int])
    presence: dict[Side, Presence] = field(default_factory=dict[Side, Presence])
    first_place: int | None = None
    taken_s: float | None = None
    view: View | None = None
    """What its sockets see, while that has not changed and nobody's place in the queue is in it."""

    visitor_topic: str = ""
    mentor_topic: str = ""

    def __post_init__(self) -> None:
        self.visitor_topic = seat_topic(self.conversation.id, Side.VISITOR)
        self.mentor_topic = seat_topic(self.conversation.id, Side.MENTOR)

    def topic_beside(self, side: Side) -> str:
        """Return what rings for the other seat; made once, because every message asks."""
        return self.mentor_topic if side is _VISITOR_SIDE else self.visitor_topic

    def sit(self, side: Side, presence: Presence) -> None:
        """Note who is in a seat."""
        self.presence[side] = presence
        self.view = None


class MemoryLiveStore:
    """See `ports.LiveStore`."""

    answers_at_once: bool = True

    def __init__(self, clock: Clock, tally: Tally | None = None) -> None:
        self.incarnation = secrets.token_urlsafe(9)
        self.blocks = MemoryBlocks(clock)
        self._clock = clock
        self._tally = tally
        self._entries: dict[str, _Entry] = {}
        self._queue = Queue()
        self._seat_by_key: dict[str, str] = {}
        self._seat_by_account: dict[int, str] = {}
        self._asked_by_account: dict[int, str] = {}
        self._absent_since_s: OrderedDict[tuple[str, Side], float] = OrderedDict()
        self._tombstones: OrderedDict[str, tuple[EndedBy, float]] = OrderedDict()
        self._duty = DutyBoard()
        self._unseated: dict[int, Colleague] = {}
        """Those on duty who sit nowhere and are asked nothing, kept up to date: a rush of arrivals asks every time."""
        self._free: dict[int, Colleague] | None = None
        self._free_in_order: tuple[Colleague, ...] = ()
        self._belfry = Belfry()
        self._newest_since_ms = 0
        self._waits: deque[tuple[float, Wait]] = deque(maxlen=_MOST_WAITS)

    # -- conversations

    async def find(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""
        entry = self._entries.get(conversation_id)
        return entry.conversation if entry else None

    async def ended_by(self, conversation_id: str) -> EndedBy | None:
        """Say who ended a conversation that was erased a short while ago."""
        tombstone = self._tombstones.get(conversation_id)
        return tombstone[0] if tombstone else None

    async def open(self, conversation: Conversation, *, queue_cap: int) -> None:
        """Add a new waiting conversation. Raises `FullError` when `queue_cap` wait already."""
        if len(self._queue) >= queue_cap:
            raise FullError
        # Neither a clock that is set back nor the same millisecond lets a newcomer stand before an earlier one.
        self._newest_since_ms = max(self._newest_since_ms + 1, conversation.since_ms)
        entry = self._put(rules.since(conversation, self._newest_since_ms))
        entry.first_place = self._queue.place(conversation.id)
        self._count(QUEUED)

    async def restore(self, conversation: Conversation) -> Conversation:
        """Bring a conversation back from a ticket, or merge it with the one we hold."""
        entry = self._entries.get(conversation.id)
        if entry is None:
            self._put(conversation)
            return conversation
        chosen = rules.newer(entry.conversation, conversation)
        self._replace(entry, chosen)
        return chosen

    async def change(
        self, conversation_id: str, transition: Callable[[Conversation], Conversation]
    ) -> Conversation:
        """Apply a pure transition."""
        entry = self._entry(conversation_id)
        changed = transition(entry.conversation)
        self._replace(entry, changed)
        return changed

    async def take_oldest(self, *, account_id: int, key_id: str) -> Conversation:
        """Seat a mentor with whoever has waited longest."""
        if not self._is_free(account_id, key_id):
            raise AlreadyTalkingError
        for conversation_id in self._queue.in_order():
            entry = self._entries[conversation_id]
            if key_id not in entry.conversation.avoids:
                break
        else:
            raise NobodyWaitingError
        is_first = entry.taken_s is None and entry.conversation.epoch == 0
        self._replace(entry, rules.take(entry.conversation, account_id=account_id, key_id=key_id))
        if is_first:
            self._count(TAKEN)
            self._count(wait_name(self._waited_s(entry)))
        self._note_wait(entry)
        return entry.conversation

    async def colleagues(self, account_id: int) -> Sequence[Colleague]:
        """Return the other mentors who could take over now."""
        free = self._free_colleagues()
        if account_id not in free:
            # The same for all who are not free themselves: they are told again only when it is another.
            return self._free_in_order
        return [colleague for other, colleague in free.items() if other != account_id]

    async def colleague(self, account_id: int) -> Colleague | None:
        """Return who a mentor is to her colleagues, while she is connected."""
        return self._duty.colleague(account_id)

    async def ask_colleague(self, conversation_id: str, key_id: str) -> Conversation:
        """Ask one of the colleagues to take a conversation over."""
        entry = self._entry(conversation_id)
        free = self._free_colleagues().items()
        account_id = next((who for who, each in free if each.key_id == key_id), None)
        if account_id is None:
            raise ColleagueAwayError
        self._replace(entry, rules.ask_colleague(entry.conversation, account_id=account_id, key_id=key_id))
        return entry.conversation

    async def asked(self, account_id: int) -> Conversation | None:
        """Return the conversation that a mentor is asked to take over, or None."""
        conversation_id = self._asked_by_account.get(account_id)
        return None if conversation_id is None else self._entries[conversation_id].conversation

    async def seated(self, *, account_id: int, key_id: str | None) -> str | None:
        """Return the conversation in which this account or key has the mentor's seat."""
        by_account = self._seat_by_account.get(account_id)
        if by_account is not None or key_id is None:
            return by_account
        return self._seat_by_key.get(key_id)

    async def erase(self, conversation_id: str, by: EndedBy) -> None:
        """Forget a conversation and all its envelopes, and ring both seats."""
        entry = self._entries.pop(conversation_id, None)
        if entry is None:
            return
        self._count(LEFT if entry.conversation.epoch == 0 else length_name(self._lasted_s(entry)))
        self.blocks.forget(conversation_id)
        self._vacate(entry.conversation)
        self._queue.leave(conversation_id)
        for side in Side:
            self._absent_since_s.pop((conversation_id, side), None)
        self._bury(conversation_id, by)
        self._ring_house()
        self._ring_both(entry)

    # -- envelopes

    async def post(self, seat: Seat, draft: Draft) -> bool:
        """Append an envelope; False when this very envelope was there already."""
        entry = self._entry(seat.conversation_id)
        own = entry.own.get(seat.sender, [])
        if draft.sequence < len(own):
            if own[draft.sequence].holds_same(draft):
                return False
            raise ConflictError
        if draft.sequence > len(own):
            raise GapError(len(own))
        changed = rules.after_post(entry.conversation, seat, draft)
        envelope = Envelope(
            len(entry.log) + 1, seat.sender, draft.sequence, draft.epoch, draft.kind, draft.body
        )
        entry.log.append(envelope)
        own.append(envelope)
        entry.own[seat.sender] = own
        if changed is not entry.conversation:
            self._replace(entry, changed)
        self._belfry.ring(entry.topic_beside(seat.side))
        return True

    async def envelopes_after(self, conversation_id: str, position: int, *, limit: int) -> Sequence[Envelope]:
        """Return at most `limit` envelopes with a higher position, in order."""
        entry = self._entries.get(conversation_id)
        return entry.log[position : position + limit] if entry else ()

    async def have(self, seat: Seat) -> int:
        """Return how many envelopes of this seat's sender are held."""
        entry = self._entries.get(seat.conversation_id)
        return len(entry.own.get(seat.sender, ())) if entry else 0

    async def note_received(self, seat: Seat, sender: Sender, through: int) -> None:
        """Note that a seat's browser has a sender's envelopes below `through`."""
        entry = self._entry(seat.conversation_id)
        mentor = entry.conversation.mentor
        # Of nobody who was never here: the names are the browser's, and each of them would be kept.
        is_known = (
            sender == VISITOR or sender in entry.own or (mentor is not None and mentor.sender == sender)
        )
        if is_known and sender != seat.sender and through > entry.received.get(sender, 0):
            entry.received[sender] = through
            self._belfry.ring(entry.topic_beside(seat.side))

    # -- presence

    async def arrive(self, seat: Seat, connection: str) -> None:
        """Let a connection speak for a seat; an earlier one loses it."""
        entry = self._entry(seat.conversation_id)
        entry.sit(seat.side, Presence(connection, Pulse(), self._clock.monotonic_s()))
        self._absent_since_s.pop((seat.conversation_id, seat.side), None)
        self._ring_both(entry)

    async def pulse(self, seat: Seat, pulse: Pulse) -> None:
        """Note a sign of life and ring the other seat."""
        entry = self._entry(seat.conversation_id)
        known = entry.presence[seat.side]
        turned = known.pulse.visible != pulse.visible
        changed_s = self._clock.monotonic_s() if turned else known.changed_s
        entry.sit(seat.side, Presence(known.connection, pulse, changed_s))
        self._belfry.ring(entry.topic_beside(seat.side))

    async def depart(self, seat: Seat, connection: str) -> None:
        """Note that a connection is gone; one that lost its seat earlier changes nothing."""
        entry = self._entries.get(seat.conversation_id)
        if entry is not None and entry.presence[seat.side].connection == connection:
            entry.sit(seat.side, self._nobody())
            self._note_absence(seat.conversation_id, seat.side)
            self._belfry.ring(entry.topic_beside(seat.side))

    async def view(self, conversation_id: str) -> View | None:
        """Return a conversation as its sockets see it, or None when it is erased."""
        entry = self._entries.get(conversation_id)
        if entry is None or entry.view is not None:
            return entry and entry.view
        present = entry.presence[Side.MENTOR].connection is not None
        place = self._queue.place(conversation_id)
        view = View(
            entry.conversation,
            rules.seen_phase(entry.conversation, mentor_present=present),
            place,
            entry.received,
            entry.presence,
        )
        if place is None:
            entry.view = view
        return view

    async def overdue(
        self, *, visitor_grace_s: float, mentor_grace_s: float, silence_s: float
    ) -> list[Overdue]:
        """Return the seats that have been empty for too long, and let old tombstones go."""
        now_s = self._clock.monotonic_s()
        while self._tombstones and next(iter(self._tombstones.values()))[1] < now_s - _TOMBSTONE_LIFE_S:
            self._tombstones.popitem(last=False)
        overdue: list[Overdue] = []
        shortest_s = min(visitor_grace_s, mentor_grace_s, silence_s)
        for (conversation_id, side), since_s in self._absent_since_s.items():
            if now_s - since_s < shortest_s:
                break
            waiting = self._entries[conversation_id].conversation.phase is Phase.WAITING
            grace_s = mentor_grace_s if side is Side.MENTOR else visitor_grace_s if waiting else silence_s
            if now_s - since_s >= grace_s:
                overdue.append(Overdue(conversation_id, side))
        return overdue

    async def ring_waiting(self, count: int) -> None:
        """Ring the first `count` waiting visitors, whose place may have changed."""
        for conversation_id, _ in self._queue.first(count):
            self._belfry.ring(seat_topic(conversation_id, Side.VISITOR))

    # -- duty

    async def set_duty(self, account_id: int, state: DutyState) -> None:
        """Set a mentor's duty state."""
        self._duty.set(account_id, state, self._clock.monotonic_s())
        self._note_unseated(account_id)
        self._ring_house()

    async def duty_of(self, account_id: int) -> DutyState:
        """Return a mentor's duty state."""
        return self._duty.state(account_id)

    async def on_duty_s(self, account_id: int) -> int:
        """Return for how long a mentor has been on duty without a pause."""
        return self._duty.on_for_s(account_id, self._clock.monotonic_s())

    async def taken_s(self, conversation_id: str) -> int:
        """Return how long ago a conversation was first taken."""
        entry = self._entries.get(conversation_id)
        return int(self._lasted_s(entry)) if entry else 0

    async def settle_outcome(self, account_id: int) -> bool:
        """Let a mentor say once how her latest conversation went."""
        return account_id not in self._seat_by_account and self._duty.settle_outcome(account_id)

    async def mentor_arrives(
        self, account_id: int, connection: str, colleague: Colleague | None = None
    ) -> None:
        """Note a mentor's connection; an earlier one of the same account loses its place."""
        self._duty.arrive(account_id, connection, colleague, self._clock.monotonic_s())
        self._note_unseated(account_id)
        self._ring_house()

    async def mentor_departs(self, account_id: int, connection: str) -> None:
        """Note that a mentor's connection is gone; what she was asked to take over stays where it is."""
        self._duty.depart(account_id, connection, self._clock.monotonic_s())
        self._note_unseated(account_id)
        seated = self._seat_by_account.get(account_id)
        if seated is not None and (mentor := self._entries[seated].conversation.mentor) is not None:
            # She may have sat down by being connected, without a word of her own.
            await self.depart(seat_of_mentor(seated, mentor), connection)
        asked = self._asked_by_account.get(account_id)
        if asked is not None and self._duty.connection(account_id) is None:
            entry = self._entries[asked]
            self._replace(entry, rules.turn_down(entry.conversation, account_id=account_id))
        self._ring_house()

    async def mentor_connection(self, account_id: int) -> str | None:
        """Return the connection that speaks for a mentor."""
        return self._duty.connection(account_id)

    async def duty_count(self) -> int:
        """Return how many connected mentors are on duty."""
        return self._duty.count()

    async def on_duty(self) -> Sequence[int]:
        """Return the accounts of the connected mentors on duty."""
        return list(self._duty.on())

    async def paused_count(self) -> int:
        """Return how many connected mentors have paused their duty."""
        return self._duty.paused()

    async def talking_count(self) -> int:
        """Return how many visitors have a mentor."""
        return len(self._seat_by_key)

    async def waiting_count(self) -> int:
        """Return how many visitors wait."""
        return len(self._queue)

    async def waits(self) -> Sequence[Wait]:
        """Return how long those took who were taken lately."""
        since_s = self._clock.monotonic_s() - _WAITS_LIFE_S
        return [wait for taken_s, wait in self._waits if taken_s >= since_s]

    async def queue_view(self, *, limit: int) -> QueueView:
        """Return the queue with the waiting times of its first `limit`."""
        return QueueView(len(self._queue), tuple(since_ms for _, since_ms in self._queue.first(limit)))

    def listen(self, *topics: str) -> MemoryBell:
        """Return a bell that follows the topics."""
        return self._belfry.listen(*topics)

    # -- inside

    def _entry(self, conversation_id: str) -> _Entry:
        entry = self._entries.get(conversation_id)
        if entry is None:
            raise UnknownConversationError
        return entry

    def _put(self, conversation: Conversation) -> _Entry:
        entry = _Entry(conversation, presence={side: self._nobody() for side in Side})
        self._entries[conversation.id] = entry
        self._note_absence(conversation.id, Side.VISITOR)
        self._tombstones.pop(conversation.id, None)
        self._place(entry)
        return entry

    def _replace(self, entry: _Entry, conversation: Conversation) -> None:
        previous = entry.conversation
        self._vacate(previous)
        entry.conversation, entry.view = conversation, None
        if (
            conversation.mentor is None
            or previous.mentor is None
            or (conversation.mentor.key_id != previous.mentor.key_id)
        ):
            entry.sit(Side.MENTOR, self._sitting_down(conversation))
            # Who sits down has her own time; how long her predecessor was away is none of it.
            self._absent_since_s.pop((conversation.id, Side.MENTOR), None)
        self._place(entry)

    def _place(self, entry: _Entry) -> None:
        """Put a conversation where its phase belongs: in the queue, or in a mentor's hands."""
        conversation, mentor = entry.conversation, entry.conversation.mentor
        if mentor is None:
            self._queue.add(conversation.id, conversation.since_ms)
            self._absent_since_s.pop((conversation.id, Side.MENTOR), None)
        else:
            self._queue.leave(conversation.id)
            if conversation.next is not None and conversation.next.account_id is not None:
                self._asked_by_account[conversation.next.account_id] = conversation.id
                self._unseated.pop(conversation.next.account_id, None)
            self._seat_by_key[mentor.key_id] = conversation.id
            if entry.taken_s is None:
                entry.taken_s = self._clock.monotonic_s()
            if mentor.account_id is not None:
                self._seat_by_account[mentor.account_id] = conversation.id
                self._unseated.pop(mentor.account_id, None)
                self._duty.owe_outcome(mentor.account_id)
            if entry.presence[Side.MENTOR].connection is None:
                self._note_absence(conversation.id, Side.MENTOR)
        self._ring_house()
        self._ring_both(entry)

    def _vacate(self, conversation: Conversation) -> None:
        if conversation.next is not None and conversation.next.account_id is not None:
            self._asked_by_account.pop(conversation.next.account_id, None)
            self._note_unseated(conversation.next.account_id)
        mentor = conversation.mentor
        if mentor is not None:
            self._seat_by_key.pop(mentor.key_id, None)
            if mentor.account_id is not None:
                self._seat_by_account.pop(mentor.account_id, None)
                self._note_unseated(mentor.account_id)

    def _note_absence(self, conversation_id: str, side: Side) -> None:
        if (conversation_id, side) not in self._absent_since_s:
            self._absent_since_s[conversation_id, side] = self._clock.monotonic_s()

    def _is_free(self, account_id: int, key_id: str) -> bool:
        return not (
            account_id in self._seat_by_account
            or account_id in self._asked_by_account
            or key_id in self._seat_by_key
        )

    def _note_unseated(self, account_id: int) -> None:
        colleague = self._duty.available(account_id)
        if colleague is None or account_id in self._seat_by_account or account_id in self._asked_by_account:
            self._unseated.pop(account_id, None)
        else:
            self._unseated[account_id] = colleague

    def _free_colleagues(self) -> dict[int, Colleague]:
        """Return who could take over now; found once, until somebody's duty or seat changes."""
        if self._free is None:
            self._free = {
                account_id: colleague
                for account_id, colleague in self._unseated.items()
                if colleague.key_id not in self._seat_by_key
            }
            self._free_in_order = tuple(self._free.values())
        return self._free

    def _sitting_down(self, conversation: Conversation) -> Presence:
        """Return the presence of somebody who sits down this moment: her page is there if she is connected at all."""
        mentor = conversation.mentor
        if mentor is None or mentor.account_id is None:
            return self._nobody()
        return Presence(self._duty.connection(mentor.account_id), Pulse(), self._clock.monotonic_s())

    def _nobody(self) -> Presence:
        return Presence(None, Pulse(), self._clock.monotonic_s())

    def _note_wait(self, entry: _Entry) -> None:
        """Remember the wait of somebody who is taken for the first time and came in this life of the store."""
        if entry.first_place is not None:
            self._waits.append((self._clock.monotonic_s(), Wait(entry.first_place, self._waited_s(entry))))
            entry.first_place = None

    def _waited_s(self, entry: _Entry) -> float:
        return max(0.0, self._clock.now().timestamp() - entry.conversation.since_ms / 1000)

    def _lasted_s(self, entry: _Entry) -> float:
        """Return the time since it was first taken, or since it came back after a restart."""
        return 0.0 if entry.taken_s is None else self._clock.monotonic_s() - entry.taken_s

    def _count(self, name: str) -> None:
        if self._tally is not None:
            self._tally.count(name)

    def _bury(self, conversation_id: str, by: EndedBy) -> None:
        self._tombstones[conversation_id] = (by, self._clock.monotonic_s())
        if len(self._tombstones) > _TOMBSTONES:
            self._tombstones.popitem(last=False)

    def _ring_house(self) -> None:
        self._free = None
        self._belfry.ring(QUEUE_TOPIC)

    def _ring_both(self, entry: _Entry) -> None:
        self._belfry.ring(entry.visitor_topic)
        self._belfry.ring(entry.mentor_topic)
