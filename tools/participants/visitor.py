"""A visitor as a program: makes the keys, waits, checks every offer, grants, talks, comes back, ends.

Steps 1 to 8 and 11 of the protocol, as the browser does them. Used by tests and by the load harness.
"""

import os
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal

from tools.participants import grant, identity
from tools.participants.connection import Frame
from tools.participants.encoding import to_base64url, write_json
from tools.participants.errors import OfferError, SealingError
from tools.participants.messages import new_root
from tools.participants.participant import Participant
from tools.participants.seat import Seat, read_body
from tools.participants.service import Service
from tools.participants.suite import SECRET_BYTES, SUITE
from tools.participants.work import solved

Answer = Literal["all", "new", "no"]


def _tell_everything(_alias: str) -> Answer:
    return "all"


class Visitor(Participant):
    """One visitor and her one conversation.

    ``pins`` are the organisation's public keys as b64, ``denied`` the mentor key ids of the deny-list. ``answer`` is
    asked about every mentor after the first, and about a colleague to whom the present one wants to hand over: may
    she read the earlier lines?
    """

    def __init__(
        self,
        service: Service,
        *,
        pins: Sequence[str],
        denied: Collection[str] = (),
        answer: Callable[[str], Answer] = _tell_everything,
        now_s: Callable[[], float] = time.time,
        jitter_s: float = 0.5,
        patience_s: float = 120.0,
    ) -> None:
        super().__init__(service, "visitor", jitter_s=jitter_s, patience_s=patience_s)
        self.identity = identity.ConversationIdentity.create()
        self.token = identity.server_token(os.urandom(SECRET_BYTES))
        self.place: int | None = None
        self.mentor_alias: str | None = None
        self.declined: list[str] = []
        self.ended: str | None = None
        self.errors: list[str] = []
        self._pins = pins
        self._denied = denied
        self._answer = answer
        self._now_s = now_s
        self._seat = Seat(self.identity.conversation, identity.VISITOR, peer=None)
        self._seat.reports = True
        self._roots = {0: new_root()}
        self._shares: dict[int, list[int]] = {}
        self._mentors: dict[int, str] = {}
        self._closed: dict[int, int] = {}
        self._answered: set[str] = set()
        self._consent: tuple[str, str, Answer] | None = None
        self._incarnation = ""
        self._ending: Literal["", "leave", "end"] = ""
        self._seat.keys.add_root(0, self._roots[0])

    # -- for whoever runs it

    @property
    def seat(self) -> Seat:
        """Give the visitor's seat."""
        return self._seat

    @property
    def is_talking(self) -> bool:
        """Tell whether the server knows of our grant and the mentor is there."""
        return self.phase == "talking" and bool(self._mentors)

    async def until_waiting(self, *, timeout_s: float | None = None) -> None:
        """Return when there is a place in the queue."""
        await self.until(lambda: self.phase == "waiting", timeout_s=timeout_s)

    async def until_ended(self, *, timeout_s: float | None = None) -> str:
        """Return when the conversation is over; give who ended it."""
        await self.until(lambda: self.ended is not None, timeout_s=timeout_s)
        return self.ended or ""

    async def leave(self) -> None:
        """Leave the queue."""
        self._end_by("leave")
        await self.until_ended()

    async def end(self) -> None:
        """Say how much there was, end the conversation for both, and return when the server has erased it."""
        if self.phase == "waiting":
            return await self.leave()
        if self._mentors:
            closing = self._seat.say_end()
            self._connection.wake()
            await self.until(lambda: closing.posted or self.ended is not None)
        self._end_by("end")
        await self.until_ended()

    def _end_by(self, word: Literal["leave", "end"]) -> None:
        self._ending = word
        self._command({"type": word})

    # -- for the connection

    def join(self, welcome: Frame) -> Frame:
        """Prove that the conversation is ours."""
        self._incarnation = welcome["incarnation"]
        return {
            "type": "join",
            "version": SUITE,
            "conversation": self.identity.conversation,
            "key": to_base64url(self.identity.public_key),
            "token": self.token,
            "proof": identity.ownership_proof(self.identity, welcome["challenge"]),
            **self._seat.join_point(),
        }

    def next_frame(self) -> Frame | None:
        """Give what may go out next: envelopes first, so that an end never overtakes what was said."""
        return self._seat.next_frame() or super().next_frame()

    def lost(self) -> None:
        """Keep everything until the connection is back."""
        self._seat.lost()
        self.phase = ""
        super().lost()

    def handle(self, frame: Frame) -> None:
        """Take one frame in."""
        match frame["type"]:
            case "work":
                self._command({"type": "work", "number": solved(frame)})
            case "joined":
                self.joins += 1
                self._seat.joined(self._incarnation, frame["have"])
                if self._ending:
                    self._end_by(self._ending)
            case "phase":
                self.phase, self.place = frame["phase"], frame["place"]
            case "ticket":
                self._seat.ticket = frame["ticket"]
            case "envelope":
                self._arrived(frame)
            case "posted":
                self._seat.posted(frame["sequence"])
            case "delivered":
                self._seat.note_delivered(frame["through"])
            case "peer":
                self.peer_present = frame["present"]
            case "ended":
                self.ended = frame["by"]
                self._seat.keys.forget()
            case "error":
                self.errors.append(frame["code"])
                self._seat.refused(frame["code"], frame["detail"])
            case _:
                pass

    # -- inside

    def _arrived(self, frame: Frame) -> None:
        if not self._seat.take(frame):
            return
        if frame["kind"] == "offer":
            self._consider(frame)
        elif frame["kind"] == "message":
            if self._may_speak(frame):
                self._heard(self._seat.show(frame))
            else:
                self._seat.alarms.append("stranger")

    def _heard(self, content: dict[str, Any]) -> None:
        """Answer a mentor who wants to hand over; what is agreed to goes to the server without a word of why."""
        if content.get("type") != "handover":
            return
        answer = self._answer(content["alias"])
        self._seat.tell({"type": "answer", "answer": answer})
        if answer != "no":
            self._consent = (identity.mentor_sender(content["key"]), content["alias"], answer)
            self._command({"type": "consent", "mentor": content["key"]})

    def _may_speak(self, frame: Frame) -> bool:
        epoch = frame["epoch"]
        closed = self._closed.get(epoch)
        return self._mentors.get(epoch) == frame["sender"] and (closed is None or frame["sequence"] < closed)

    def _consider(self, frame: Frame) -> None:
        """Let the first good mentor in at once, the same one again silently, every later one only when answered."""
        epoch, current = frame["epoch"], self._seat.epoch
        if epoch not in {current, current + 1}:
            return
        offer: Any = read_body(frame)
        try:
            facts = grant.verify_offer(
                offer,
                pins=self._pins,
                denied=self._denied,
                conversation=self.identity.conversation,
                epoch=epoch,
                now_s=self._now_s(),
            )
            if identity.mentor_sender(facts.key_id) != frame["sender"]:
                raise OfferError("other_sender")
        except SealingError as error:
            if epoch > current:
                self._decline(epoch, "certificate", error.code)
            return
        if offer["signature"] in self._answered:
            return
        if epoch == current:
            if self._mentors.get(epoch) == frame["sender"]:
                self._grant(epoch, offer)
            return
        answer = "all" if current == 0 else self._answer_to(frame["sender"], facts.alias)
        self._answered.add(offer["signature"])
        if answer == "no":
            self._decline(epoch, "visitor", "visitor")
            return
        self._open_epoch(epoch, frame["sender"], answer)
        self.mentor_alias = facts.alias
        self._grant(epoch, offer)

    def _answer_to(self, sender: str, alias: str) -> Answer:
        """Give the answer about a new mentor: the one given when the present mentor named her, or a new one."""
        if self._consent is not None and self._consent[:2] == (sender, alias):
            return self._consent[2]
        return self._answer(alias)

    def _open_epoch(self, epoch: int, sender: str, answer: Answer) -> None:
        """Make the new root; what the former mentor says from now on does not count."""
        former = self._mentors.get(epoch - 1)
        if former is not None:
            self._closed[epoch - 1] = self._seat.accepted(former)
        self._shares[epoch] = [*(self._roots if answer == "all" else ()), epoch]
        self._roots[epoch] = new_root()
        self._mentors[epoch] = sender
        self._seat.keys.add_root(epoch, self._roots[epoch])
        self._seat.epoch, self._seat.peer = epoch, sender

    def _grant(self, epoch: int, offer: Any) -> None:
        self._answered.add(offer["signature"])
        roots = {each: self._roots[each] for each in self._shares[epoch]}
        made = grant.make_grant(self.identity, epoch=epoch, offer=offer, roots=roots)
        self._seat.add("grant", epoch, write_json(made))

    def _decline(self, epoch: int, reason: Literal["certificate", "visitor"], code: str) -> None:
        self.declined.append(code)
        self._command({"type": "decline", "epoch": epoch, "reason": reason})
