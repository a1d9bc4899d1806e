"""What both ends of a conversation do alike: number, seal, keep and post; take in once and in order; say how far.

Steps 5 to 7 of the protocol. Knows no phases, offers or grants: visitor.py and mentor.py do. Next: participant.py.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tools.participants.connection import Frame
from tools.participants.encoding import EncodingError, read_json
from tools.participants.errors import SealingError
from tools.participants.messages import MessageKeys

WINDOW = 16
"""How many envelopes may be on their way at once."""

Kind = Literal["message", "offer", "grant"]
Alarm = Literal["gap", "altered", "unreadable", "stranger", "cut"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A text of the other side, as it would stand on the screen."""

    sender: str
    sequence: int
    epoch: int
    text: str


@dataclass(slots=True)
class Own:
    """One of our envelopes, kept until the end. ``content`` is what a new epoch would seal anew."""

    sequence: int
    epoch: int
    kind: Kind
    body: str
    content: dict[str, Any] | None = None
    posted: bool = False

    def frame(self) -> Frame:
        """Give the frame that posts it: the same bytes each time."""
        return {
            "type": "post",
            "sequence": self.sequence,
            "epoch": self.epoch,
            "kind": self.kind,
            "body": self.body,
        }


class Seat:
    """One end of one conversation. ``peer`` is the sender whose messages are read now."""

    def __init__(self, conversation: str, sender: str, *, peer: str | None) -> None:
        self.conversation = conversation
        self.sender = sender
        self.peer = peer
        self.keys = MessageKeys(conversation)
        self.epoch = 0
        self.ticket: str | None = None
        self.incarnation: str | None = None
        self.position = 0
        self.shown: list[Shown] = []
        self.read = 0
        self.alarms: list[Alarm] = []
        self.refusals: list[str] = []
        self.acknowledged: set[int] = set()
        self.delivered = 0
        self.reports = False
        self._own: list[Own] = []
        self._heard: dict[str, int] = {}
        self._connected = False
        self._have = 0
        self._next = 0
        self._adopting = 0
        self._reported = 0

    # -- the connection

    def join_point(self) -> Frame:
        """Say where this seat is in the server's log."""
        return {"ticket": self.ticket, "incarnation": self.incarnation, "after": self.position}

    def joined(self, incarnation: str, have: int) -> None:
        """The server has let us in and has ``have`` of our envelopes; another incarnation tells its log anew."""
        if incarnation != self.incarnation:
            self.position = 0
        if not self._own or incarnation != self.incarnation:
            # What an earlier life of the service had not told yet will never be told.
            self._adopting = have
        self.incarnation = incarnation
        for own in self._own[:have]:
            self._mark_posted(own)
        self._have = self._next = have
        self._reported = 0
        self._connected = True

    def lost(self) -> None:
        """Keep everything and post nothing until the connection is back."""
        self._connected = False

    def next_frame(self) -> Frame | None:
        """Give what may go out next: our envelopes in order, then how much of the other side is here."""
        if not self._connected:
            return None
        if self._next < min(len(self._own), self._have + WINDOW):
            self._next += 1
            return self._own[self._next - 1].frame()
        seen = self.seen()
        if self.reports and self.peer is not None and seen > self._reported:
            self._reported = seen
            return {"type": "received", "sender": self.peer, "through": seen}
        return None

    def posted(self, sequence: int) -> None:
        """The server has this envelope of ours."""
        self._have = max(self._have, sequence + 1)
        self._mark_posted(self._own[sequence])

    def refused(self, code: str, detail: Frame) -> None:
        """Note a refusal; after a gap go back to what the server expects, after others stop until the next join."""
        self.refusals.append(code)
        if code == "gap":
            self._next = self._have = int(detail["expected"])
        else:
            self._next = len(self._own)

    # -- our own

    @property
    def is_numbered(self) -> bool:
        """Tell whether the next number is known: not before a server's log gave earlier envelopes back."""
        return len(self._own) >= self._adopting

    @property
    def count(self) -> int:
        """Say how many envelopes we have made."""
        return len(self._own)

    def say(self, text: str) -> Own:
        """Seal a text under the present epoch."""
        return self._add_message({"type": "text", "text": text, "seen": self.seen()})

    def tell(self, content: dict[str, Any]) -> Own:
        """Seal a content that is no text, such as a handover or the answer to it."""
        return self._add_message({**content, "seen": self.seen()})

    def say_end(self) -> Own:
        """Seal the closing message, which says how much there should have been."""
        counts = {self.sender: len(self._own) + 1}
        if self.peer is not None:
            counts[self.peer] = self.seen()
        return self._add_message({"type": "end", "counts": counts, "seen": self.seen()})

    def add(self, kind: Kind, epoch: int, body: str) -> Own:
        """Number and keep an envelope."""
        own = Own(len(self._own), epoch, kind, body)
        self._own.append(own)
        return own

    def seal_anew(self, have: int) -> None:
        """Seal under the present epoch what the server never got: it refuses a mentor's older epochs for ever."""
        kept, lost = self._own[:have], self._own[have:]
        self._own = kept
        for own in lost:
            if own.content is None:
                continue
            own.sequence, own.epoch = len(self._own), self.epoch
            own.body = self._sealed(own.sequence, own.content)
            self._own.append(own)

    # -- the other side

    def seen(self) -> int:
        """Say how many envelopes of the other side have been accepted."""
        return self.accepted(self.peer) if self.peer is not None else 0

    def accepted(self, sender: str) -> int:
        """Say how many envelopes of a sender have been accepted."""
        return self._heard.get(sender, 0)

    def take(self, frame: Frame) -> bool:
        """Count an envelope from the log; True when it is new and somebody else's."""
        if frame["position"] <= self.position:
            return False
        self.position = frame["position"]
        sender, sequence = frame["sender"], frame["sequence"]
        if sender == self.sender:
            self._compare(frame)
            return False
        expected = self.accepted(sender)
        if sequence < expected:
            return False
        if sequence > expected:
            self.alarms.append("gap")
        self._heard[sender] = sequence + 1
        return True

    def show(self, frame: Frame) -> dict[str, Any]:
        """Open a message, show it and give its content; what does not open is an alarm and never shown."""
        sender, sequence, epoch = frame["sender"], frame["sequence"], frame["epoch"]
        try:
            content = self.keys.open(frame["body"], epoch=epoch, sender=sender, sequence=sequence)
        except SealingError:
            self.alarms.append("unreadable")
            return {}
        seen: Any = content["seen"]
        self.note_delivered(seen)
        counts: Any = content.get("counts", {})
        if content["type"] == "text":
            self.shown.append(Shown(sender, sequence, epoch, str(content["text"])))
        elif counts.get(sender, 0) > self.accepted(sender):
            self.alarms.append("cut")
        return content

    def note_delivered(self, through: int) -> None:
        """The other side has our envelopes below ``through``; it never has more than there are."""
        self.delivered = max(self.delivered, min(through, len(self._own)))

    # -- inside

    def _add_message(self, content: dict[str, Any]) -> Own:
        own = self.add("message", self.epoch, self._sealed(len(self._own), content))
        own.content = content
        return own

    def _sealed(self, sequence: int, content: dict[str, Any]) -> str:
        return self.keys.seal(content, epoch=self.epoch, sender=self.sender, sequence=sequence)

    def _mark_posted(self, own: Own) -> None:
        own.posted = True
        self.acknowledged.add(own.sequence)

    def _compare(self, frame: Frame) -> None:
        """Hold our own envelope from the server's log against what we sent, or adopt it after a reload."""
        sequence: int = frame["sequence"]
        if sequence < len(self._own):
            if self._own[sequence].body != frame["body"]:
                self.alarms.append("altered")
        elif sequence == len(self._own) and sequence < self._adopting:
            self._mark_posted(self.add(frame["kind"], frame["epoch"], frame["body"]))
        else:
            self.alarms.append("altered")


def read_body(frame: Frame) -> object:
    """Read the JSON of an offer or grant; None when it is none, which no check accepts."""
    try:
        return read_json(frame["body"])
    except EncodingError:
        return None
