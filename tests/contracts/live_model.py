"""What a live store should be, as plain dictionaries without an index: every answer is looked for anew.

The stateful test of this folder puts the same questions to this and to each adapter. It knows the words of `ports.live`
and nothing of how an adapter keeps what it knows; slow and obvious on purpose.
"""

from dataclasses import dataclass, field, replace
from operator import attrgetter

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation, EndedBy
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import VISITOR, Draft, Sender
from chatservice.domain.seat import Seat, Side
from chatservice.errors import (
    AlreadyTalkingError,
    ColleagueAwayError,
    ConflictError,
    FullError,
    GapError,
    NobodyWaitingError,
    UnknownConversationError,
)

REMEMBERED_S = 1800


@dataclass
class Talk:
    """One conversation with all that hangs on it."""

    conversation: Conversation
    log: list[tuple[Sender, Draft]] = field(default_factory=list)
    received: dict[Sender, int] = field(default_factory=dict)
    connected: dict[Side, str | None] = field(default_factory=lambda: dict.fromkeys(Side))
    empty_since_s: dict[Side, float] = field(default_factory=dict)

    def own(self, sender: Sender) -> list[Draft]:
        return [draft for who, draft in self.log if who == sender]


@dataclass
class Mentor:
    """One mentor's word about duty, and her page."""

    duty: DutyState = DutyState.OFF
    connection: str | None = None
    key_id: str | None = None


@dataclass
class LiveModel:
    """Everything, with a clock of its own that is moved together with the store's."""

    now_s: float
    talks: dict[str, Talk] = field(default_factory=dict)
    mentors: dict[int, Mentor] = field(default_factory=dict)
    ended: dict[str, tuple[EndedBy, float]] = field(default_factory=dict)
    newest_since_ms: int = 0

    def line(self) -> list[Conversation]:
        """Return who waits, in order."""
        waiting = [talk.conversation for talk in self.talks.values() if talk.conversation.mentor is None]
        return sorted(waiting, key=attrgetter("since_ms", "id"))

    def talk(self, name: str) -> Talk:
        if name not in self.talks:
            raise UnknownConversationError
        return self.talks[name]

    def mentor(self, account_id: int) -> Mentor:
        return self.mentors.setdefault(account_id, Mentor())

    def seated(self, account_id: int, key_id: str | None = None) -> str | None:
        for talk in self.talks.values():
            mentor = talk.conversation.mentor
            if mentor is not None and mentor.account_id == account_id:
                return talk.conversation.id
        for talk in self.talks.values():
            mentor = talk.conversation.mentor
            if mentor is not None and mentor.key_id == key_id:
                return talk.conversation.id
        return None

    def asked(self, account_id: int) -> str | None:
        for talk in self.talks.values():
            if talk.conversation.next is not None and talk.conversation.next.account_id == account_id:
                return talk.conversation.id
        return None

    def is_free(self, account_id: int, key_id: str) -> bool:
        return self.seated(account_id, key_id) is None and self.asked(account_id) is None

    def colleagues(self, account_id: int) -> set[str]:
        """Return the keys of those who could take over from this mentor."""
        return {
            mentor.key_id
            for other, mentor in self.mentors.items()
            if other != account_id
            and mentor.duty is DutyState.ON
            and mentor.connection is not None
            and mentor.key_id is not None
            and self.is_free(other, mentor.key_id)
        }

    def open(self, conversation: Conversation, queue_cap: int) -> None:
        if len(self.line()) >= queue_cap:
            raise FullError
        self.newest_since_ms = max(self.newest_since_ms + 1, conversation.since_ms)
        self._put(replace(conversation, since_ms=self.newest_since_ms))

    def restore(self, conversation: Conversation) -> None:
        if conversation.id in self.talks:
            self.become(rules.newer(self.talks[conversation.id].conversation, conversation))
        else:
            self._put(conversation)

    def _put(self, conversation: Conversation) -> None:
        talk = self.talks[conversation.id] = Talk(conversation, empty_since_s={Side.VISITOR: self.now_s})
        self.ended.pop(conversation.id, None)
        if conversation.mentor is not None:
            talk.empty_since_s[Side.MENTOR] = self.now_s

    def become(self, conversation: Conversation) -> None:
        """Let a conversation be as a rule made it; whoever sits down is there if her page is connected."""
        talk = self.talk(conversation.id)
        before, now = talk.conversation.mentor, conversation.mentor
        talk.conversation = conversation
        if now is None:
            talk.connected[Side.MENTOR] = None
            talk.empty_since_s.pop(Side.MENTOR, None)
        elif before is None or before.key_id != now.key_id:
            there = None if now.account_id is None else self.mentor(now.account_id).connection
            talk.connected[Side.MENTOR] = there
            talk.empty_since_s.pop(Side.MENTOR, None)
            if there is None:
                talk.empty_since_s[Side.MENTOR] = self.now_s

    def take(self, account_id: int, key_id: str) -> str:
        if not self.is_free(account_id, key_id):
            raise AlreadyTalkingError
        for conversation in self.line():
            if key_id not in conversation.avoids:
                self.become(rules.take(conversation, account_id=account_id, key_id=key_id))
                return conversation.id
        raise NobodyWaitingError

    def ask_colleague(self, name: str, key_id: str) -> None:
        talk = self.talk(name)
        account_id = next((who for who, each in self.mentors.items() if each.key_id == key_id), None)
        if account_id is None or key_id not in self.colleagues(-1):
            raise ColleagueAwayError
        self.become(rules.ask_colleague(talk.conversation, account_id=account_id, key_id=key_id))

    def post(self, seat: Seat, draft: Draft) -> bool:
        talk = self.talk(seat.conversation_id)
        own = talk.own(seat.sender)
        if draft.sequence < len(own):
            if own[draft.sequence] == draft:
                return False
            raise ConflictError
        if draft.sequence > len(own):
            raise GapError(len(own))
        after = rules.after_post(talk.conversation, seat, draft)
        talk.log.append((seat.sender, draft))
        if after is not talk.conversation:
            self.become(after)
        return True

    def note_received(self, seat: Seat, sender: Sender, through: int) -> None:
        talk = self.talk(seat.conversation_id)
        mentor = talk.conversation.mentor
        is_seated = mentor is not None and mentor.sender == sender
        has_been_here = sender == VISITOR or bool(talk.own(sender)) or is_seated
        if has_been_here and sender != seat.sender:
            talk.received[sender] = max(through, talk.received.get(sender, 0))

    def erase(self, name: str, by: EndedBy) -> None:
        if self.talks.pop(name, None) is not None:
            self.ended[name] = by, self.now_s

    def ended_by(self, name: str) -> EndedBy | None:
        """Say who ended it, for half an hour."""
        by, at_s = self.ended.get(name, (None, self.now_s))
        return by if self.now_s - at_s <= REMEMBERED_S else None

    def arrive(self, seat: Seat, connection: str) -> None:
        talk = self.talk(seat.conversation_id)
        talk.connected[seat.side] = connection
        talk.empty_since_s.pop(seat.side, None)

    def depart(self, seat: Seat, connection: str) -> None:
        talk = self.talks.get(seat.conversation_id)
        if talk is not None and talk.connected[seat.side] == connection:
            talk.connected[seat.side] = None
            talk.empty_since_s.setdefault(seat.side, self.now_s)

    def mentor_departs(self, account_id: int, connection: str) -> None:
        mentor = self.mentor(account_id)
        if mentor.connection == connection:
            mentor.connection = None
        seated = self.seated(account_id)
        if seated is not None:
            self.depart(Seat(seated, Side.MENTOR, ""), connection)
        asked = self.asked(account_id)
        if asked is not None and mentor.connection is None:
            self.become(rules.turn_down(self.talks[asked].conversation, account_id=account_id))

    def overdue(
        self, *, visitor_grace_s: float, mentor_grace_s: float, silence_s: float
    ) -> set[tuple[str, Side]]:
        """Return the seats that have been empty for too long."""
        found: set[tuple[str, Side]] = set()
        for name, talk in self.talks.items():
            waits = talk.conversation.mentor is None
            grace_s = {Side.MENTOR: mentor_grace_s, Side.VISITOR: visitor_grace_s if waits else silence_s}
            for side, since_s in talk.empty_since_s.items():
                if self.now_s - since_s >= grace_s[side]:
                    found.add((name, side))
        return found
