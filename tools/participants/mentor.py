"""A mentor as a program: signs in, goes on duty, takes, offers, opens the grant, talks, comes back, ends.

Steps 3 to 8 and 11 of the protocol, as the browser does them. Used by tests and by the load harness.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from tools.participants import grant, identity
from tools.participants.connection import Frame
from tools.participants.encoding import write_json
from tools.participants.errors import SealingError
from tools.participants.participant import Participant
from tools.participants.seat import Seat, read_body
from tools.participants.service import Service
from tools.participants.suite import SUITE, PrivateKey

TAKE_REFUSALS = frozenset({"nobody_waiting", "already_talking", "not_on_duty", "not_cleared"})

DutyState = Literal["off", "on", "paused"]


class RefusedError(Exception):
    """The server refused what the mentor asked for; the code is the first argument."""


@dataclass(frozen=True)
class _Offered:
    epoch: int
    secret: PrivateKey
    offer: dict[str, object]


class Mentor(Participant):
    """One mentor's page: one connection, one conversation at a time, nothing stored."""

    def __init__(
        self,
        service: Service,
        *,
        cookie: str,
        mentor_identity: identity.MentorIdentity,
        certificate: Mapping[str, str] | None,
        jitter_s: float = 0.5,
        patience_s: float = 120.0,
    ) -> None:
        super().__init__(service, "mentor", cookie=cookie, jitter_s=jitter_s, patience_s=patience_s)
        self.identity = mentor_identity
        self.duty: DutyState = "off"
        self.missing: list[str] = []
        self.waiting: list[int] = []
        self.ended: str | None = None
        self.errors: list[str] = []
        self.colleagues: list[Frame] = []
        self.asked: Frame | None = None
        self.answers: list[str] = []
        self._certificate = certificate
        self._seat: Seat | None = None
        self._last_seat: Seat | None = None
        self._offers: list[_Offered] = []
        self._held: list[Frame] = []
        self._incarnation = ""
        self._ending = False
        self._asks: Frame | None = None
        self._answers = 0
        self._refusal: str | None = None

    @classmethod
    async def sign_in(
        cls,
        service: Service,
        *,
        username: str,
        password: str,
        code: str,
        mentor_identity: identity.MentorIdentity | None = None,
        jitter_s: float = 0.5,
    ) -> Self:
        """Sign in with a one-time code and have the page's key certified, as the dashboard does when it opens."""
        cookie = await service.sign_in(username, password, code)
        known = mentor_identity or identity.MentorIdentity.create()
        certificate = await service.certify(cookie, known)
        return cls(service, cookie=cookie, mentor_identity=known, certificate=certificate, jitter_s=jitter_s)

    # -- for whoever runs it

    @property
    def seat(self) -> Seat:
        """Give the seat of the present conversation, or of the last one."""
        seat = self._seat or self._last_seat
        if seat is None:
            raise LookupError("no conversation yet")
        return seat

    @property
    def is_talking(self) -> bool:
        """Tell whether the grant is opened and the connection is up."""
        return self._seat is not None and self.phase == "talking" and self._seat.keys.has(self._seat.epoch)

    async def set_duty(self, state: DutyState) -> None:
        """Go on duty, pause, or end it; raises RefusedError."""
        await self.until(lambda: self.joins > 0)
        await self._ask({"type": "duty", "state": state})

    async def take(self) -> str:
        """Take whoever has waited longest; give the conversation's id. Raises RefusedError."""
        await self._ask({"type": "take"})
        return self.conversation

    def bring(self, conversation: str, ticket: str) -> None:
        """Have a seat that a ticket speaks of, as a page that comes back after a restart; before we connect."""
        seat = Seat(conversation, identity.mentor_sender(self.identity.key_id), peer=identity.VISITOR)
        seat.ticket = ticket
        self._seat = seat

    def propose(self, colleague: Frame) -> None:
        """Ask the visitor whether a colleague, one of `colleagues`, may take over."""
        self.seat.tell({"type": "handover", "key": colleague["key"], "alias": colleague["alias"]})
        self._connection.wake()

    async def take_over(self) -> None:
        """Offer for the conversation we are asked to take over, and return when it is ours."""
        await self.until(lambda: self.asked is not None)
        asked, self.asked = self.asked, None
        self._taken({**(asked or {}), "have": 0})
        self._connection.wake()
        await self.until(lambda: self.is_talking)

    async def turn_down(self) -> None:
        """Say no to the conversation we are asked to take over."""
        await self.until(lambda: self.asked is not None)
        self._command({"type": "turn_down"})
        await self.until(lambda: self.asked is None)

    async def end(self) -> None:
        """Say how much there was, end the conversation for both, and return when the server has erased it."""
        seat = self._seat
        if seat is None:
            return
        if seat.keys.has(seat.epoch):
            closing = seat.say_end()
            self._connection.wake()
            await self.until(lambda: closing.posted or self._seat is not seat)
        self._ending = True
        self._command({"type": "end"})
        await self.until_ended()

    async def until_ended(self, *, timeout_s: float | None = None) -> str:
        """Return when the present conversation is over; give who ended it."""
        await self.until(lambda: self._seat is None, timeout_s=timeout_s)
        return self.ended or ""

    def reload(self) -> None:
        """Forget what a page's memory holds, as a reload does, and come back to the seat."""
        self._stand_up()
        self.cut()

    async def _ask(self, frame: Frame) -> None:
        """Send a request and wait for its answer: `duty`, `taken`, a refusal, or the loss of the connection."""
        answers = self._answers
        self._asks = frame
        self._command(frame)
        await self.until(lambda: self._answers > answers)
        self._asks = None
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            raise RefusedError(refusal)

    # -- for the connection

    def join(self, welcome: Frame) -> Frame:
        """Say which key is here, and which seat it had."""
        self._incarnation = welcome["incarnation"]
        nothing: Frame = {"ticket": None, "incarnation": None, "after": 0}
        key = self.identity.key_id if self._certificate is not None else None
        point = self._seat.join_point() if self._seat else nothing
        return {"type": "join", "version": SUITE, "key": key, **point}

    def next_frame(self) -> Frame | None:
        """Give what may go out next: envelopes first, so that an end never overtakes what was said."""
        return (self._seat.next_frame() if self._seat else None) or super().next_frame()

    def lost(self) -> None:
        """Keep everything until the connection is back."""
        if self._seat is not None:
            self._seat.lost()
        if self._asks is not None:
            self._refusal = "lost"
            self._answers += 1
        self.phase = ""
        super().lost()

    def handle(self, frame: Frame) -> None:
        """Take one frame in."""
        match frame["type"]:
            case "ready":
                self._ready(frame)
            case "duty":
                self.duty, self.missing = frame["state"], frame["missing"]
                self._answer({"type": "duty", "state": frame["state"]})
            case "queue":
                self.waiting = frame["waiting"]
            case "taken":
                self._taken(frame)
                self._answer({"type": "take"})
            case "colleagues":
                self.colleagues = frame["colleagues"]
            case "asked":
                self.asked = frame
            case "unasked":
                self.asked = None
            case "phase":
                self.phase = frame["phase"]
            case "peer":
                self.peer_present = frame["present"]
            case "ended":
                self.ended = frame["by"]
                self._stand_up()
            case "error":
                self._refused(frame)
            case _:
                if self._seat is not None:
                    self._handle_seated(self._seat, frame)

    # -- inside

    def _handle_seated(self, seat: Seat, frame: Frame) -> None:
        match frame["type"]:
            case "ticket":
                seat.ticket = frame["ticket"]
            case "envelope":
                self._arrived(seat, frame)
            case "posted":
                seat.posted(frame["sequence"])
            case "delivered":
                seat.note_delivered(frame["through"])
                self._catch_up(seat, frame["through"])
            case _:
                pass

    def _catch_up(self, seat: Seat, through: int) -> None:
        """Repeat the offer up to the number that the visitor waits for, when we and the service have both forgotten."""
        body = next((write_json(each.offer) for each in self._offers if each.epoch == seat.epoch), None)
        if body is None or seat.keys.has(seat.epoch):
            return
        while seat.count <= through:
            seat.add("offer", seat.epoch, body)

    def _ready(self, frame: Frame) -> None:
        self.joins += 1
        self.duty, self.missing = frame["state"], frame["missing"]
        if self._seat is not None and frame["conversation"] != self._seat.conversation:
            self.ended = "lost"
            self._stand_up()

    def _taken(self, frame: Frame) -> None:
        conversation, epoch, have = frame["conversation"], frame["epoch"], frame["have"]
        seat = self._seat
        if seat is None or seat.conversation != conversation:
            self._stand_up()
            seat = Seat(conversation, identity.mentor_sender(self.identity.key_id), peer=identity.VISITOR)
            self._seat, self.ended, self._ending = seat, None, False
        anew = 0 < seat.epoch < epoch
        seat.epoch = epoch
        if anew:
            seat.seal_anew(have)
        seat.joined(self._incarnation, have)
        if self._ending:
            self._command({"type": "end"})
        else:
            self._offer(seat)

    def _offer(self, seat: Seat) -> None:
        """Offer for the present epoch, unless its root is here or an offer is on its way."""
        has_offered = any(offered.epoch == seat.epoch for offered in self._offers)
        if seat.keys.has(seat.epoch) or has_offered or not seat.is_numbered or self._certificate is None:
            return
        secret, offer = grant.make_offer(
            self.identity, self._certificate, conversation=seat.conversation, epoch=seat.epoch
        )
        self._offers.append(_Offered(seat.epoch, secret, offer))
        seat.add("offer", seat.epoch, write_json(offer))

    def _arrived(self, seat: Seat, frame: Frame) -> None:
        fresh = seat.take(frame)
        self._offer(seat)
        if not fresh or frame["sender"] != identity.VISITOR:
            return
        if frame["kind"] == "grant":
            self._granted(seat, frame)
        elif seat.keys.has(frame["epoch"]):
            content = seat.show(frame)
            if content.get("type") == "answer":
                self.answers.append(content["answer"])
        else:
            self._held.append(frame)

    def _granted(self, seat: Seat, frame: Frame) -> None:
        """Open a grant with the secret of the offer it answers; one for an offer before a reload opens with none."""
        made = read_body(frame)
        for offered in self._offers:
            if offered.epoch != frame["epoch"] or seat.keys.has(offered.epoch):
                continue
            try:
                roots = grant.open_grant(
                    offered.secret,
                    made,
                    conversation=seat.conversation,
                    epoch=offered.epoch,
                    offer=offered.offer,
                )
            except SealingError:
                continue
            for epoch, root in roots.items():
                seat.keys.add_root(epoch, root)
            seat.reports = True
            held, self._held = self._held, []
            for each in held:
                # Without its root an earlier line is not ours to read: the visitor said "from now on".
                if seat.keys.has(each["epoch"]):
                    seat.show(each)

    def _answer(self, asked: Frame) -> None:
        """Note an answer, if it is one to what we asked: the service also tells by itself how it stands with duty."""
        if asked == self._asks:
            self._answers += 1

    def _refused(self, frame: Frame) -> None:
        code = frame["code"]
        self.errors.append(code)
        if code in TAKE_REFUSALS:
            self._refusal = code
            self._answers += 1
        elif self._seat is not None:
            self._seat.refused(code, frame["detail"])

    def _stand_up(self) -> None:
        if self._seat is not None:
            self._seat.lost()
            self._seat.keys.forget()
            self._last_seat = self._seat
        self._seat = None
        self._offers = []
        self._held = []
        self.phase = ""
