"""Pairs of a visitor and a mentor who talk, made through the service's real door, and then handed to the generator.

Everybody is a program of tools/participants, on a bare socket, until both ends hold the key: sign-in, certificate,
duty, a join with proof, take, offer, grant. Then the open socket goes to the load generator, which posts in their
place. Done so, and not with frames made beforehand, because a join answers a challenge that the server makes for each
connection. Many pairs are made at once, so that neither core waits for the other.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pyotp.totp import TOTP

from bench.bare_socket import BareSocket
from bench.generator import Generator, Line
from bench.service import PASSWORD, Account, MeasuredService
from tools.participants.connection import Frame
from tools.participants.encoding import write_json
from tools.participants.identity import MentorIdentity
from tools.participants.mentor import Mentor
from tools.participants.participant import Participant
from tools.participants.service import SeatName, Service, ServiceError
from tools.participants.visitor import Visitor

AT_ONCE = 32
"""Pairs that are made at the same time."""
WITHIN_S = 120.0
BUSY = 503
AGAIN_S = (1.0, 3.0, 10.0)

Waiting = defaultdict[str, asyncio.Future["End[Visitor]"]]
Who = TypeVar("Who", bound=Participant)


class End(Generic[Who]):
    """A participant on a bare socket."""

    def __init__(self, who: Who, line: BareSocket) -> None:
        self.who = who
        self._line = line

    @classmethod
    async def join(cls, who: Who, port: int, seat: SeatName, cookie: str = "") -> "End[Who]":
        """Open the seat's socket and join."""
        headers = {"Origin": f"http://127.0.0.1:{port}"} | ({"Cookie": cookie} if cookie else {})
        line = await BareSocket.connect(port, f"/chatt/ws/{seat}", headers)
        await line.send(write_json(who.join(json.loads(await line.receive()))))
        return cls(who, line)

    async def ask(self, frame: Frame) -> None:
        """Send a frame that is not an envelope."""
        await self._line.send(write_json(frame))

    async def until(self, claim: Callable[[], bool]) -> None:
        """Listen, and say what there is to say, until a claim is true."""
        while not claim():
            await self._speak()
            self._hear(json.loads(await self._line.receive()))
        await self._speak()

    async def until_heard(self, kind: str) -> Frame:
        """Listen until a frame of this type has come, and return it. Raises RuntimeError for a refusal."""
        while True:
            frame: Frame = json.loads(await self._line.receive())
            self._hear(frame)
            if frame["type"] == kind:
                return frame
            if frame["type"] == "error":
                raise RuntimeError(f"refused: {frame['code']}")

    async def give_away(self, who: str) -> Line:
        """Return the socket and the frames this end would send, cut where the numbers and the body go."""
        seat = self.who.seat
        post = json.dumps(
            {"type": "post", "sequence": 0, "epoch": seat.epoch, "kind": "message", "body": ""},
            separators=(",", ":"),
        )
        received = json.dumps({"type": "received", "sender": seat.peer, "through": 0}, separators=(",", ":"))
        head, _, rest = post.partition("0,")
        received_head, _, received_tail = received.rpartition("0")
        parts = (head, f",{rest[:-2]}", '"}', received_head, received_tail)
        return Line(await self._line.give_away(), who, 1 + max(self.who.acknowledged), parts)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _hear(self, frame: Frame) -> None:
        if frame["type"] != "beat":
            self.who.receive(frame)

    async def _speak(self) -> None:
        while (frame := self.who.next_frame()) is not None:
            await self._line.send(write_json(frame))


@dataclass(frozen=True)
class Pair:
    """Two who talk, and the cookie of the mentor's session."""

    visitor: End[Visitor]
    mentor: End[Mentor]
    cookie: str


async def add_pairs(service: MeasuredService, generator: Generator, mentors: tuple[Account, ...]) -> None:
    """Let so many pairs begin to talk, and hand their lines to the generator."""

    async def hand_over(pair: Pair) -> None:
        visitor = await pair.visitor.give_away("v")
        generator.adopt_pair(visitor, await pair.mentor.give_away("m"))

    await make_pairs((service,), mentors, hand_over)


async def make_pairs(
    doors: Sequence[MeasuredService],
    mentors: tuple[Account, ...],
    begin: Callable[[Pair], Awaitable[None]],
    *,
    at_once: int = AT_ONCE,
) -> None:
    """Let so many pairs begin to talk; `begin` is awaited with each.

    Of several processes mentors take one door after the other, and visitors so that half of the pairs use two.
    """
    waiting: Waiting = defaultdict(asyncio.get_running_loop().create_future)
    places = asyncio.Semaphore(at_once)

    async def make(number: int, account: Account) -> None:
        theirs, hers = doors[number % len(doors)], doors[number // len(doors) % len(doors)]
        async with places, asyncio.timeout(WITHIN_S):
            pair = await _make_pair(theirs, hers, account, waiting)
            await begin(pair)

    async with asyncio.TaskGroup() as tasks:
        for number, account in enumerate(mentors):
            tasks.create_task(make(number, account))


async def _make_pair(
    mentors_door: MeasuredService,
    visitors_door: MeasuredService,
    account: Account,
    waiting: Waiting,
) -> Pair:
    """Make a pair of a mentor and whoever has waited longest: as many come as are taken."""
    # Without somebody on duty the door is closed.
    mentor, cookie = await go_on_duty(mentors_door, account)
    own = await wait_in_line(visitors_door)
    waiting[own.who.conversation].set_result(own)
    await mentor.ask({"type": "take"})
    taken = await mentor.until_heard("taken")
    # She may be taken before her own page has heard that she waits.
    visitor = await waiting[taken["conversation"]]
    del waiting[taken["conversation"]]
    await asyncio.gather(visitor.until(lambda: _talks(visitor.who)), mentor.until(lambda: _talks(mentor.who)))
    return Pair(visitor, mentor, cookie)


async def wait_in_line(service: MeasuredService) -> End[Visitor]:
    """Let a visitor come and return when she waits, or has been taken already."""
    visitor = Visitor(Service(service.base_url), pins=[service.pin])
    end = await End[Visitor].join(visitor, service.port, "visitor")
    await end.until(lambda: visitor.phase != "")
    return end


async def go_on_duty(service: MeasuredService, account: Account) -> tuple[End[Mentor], str]:
    """Let a mentor sign in, have her key certified and go on duty; return her and her cookie."""
    where = Service(service.base_url)
    cookie = await _sign_in(where, account)
    who = MentorIdentity.create()
    mentor = Mentor(where, cookie=cookie, mentor_identity=who, certificate=await where.certify(cookie, who))
    end = await End[Mentor].join(mentor, service.port, "mentor", cookie)
    await end.until_heard("ready")
    await end.ask({"type": "duty", "state": "on"})
    await end.until(lambda: mentor.duty == "on")
    return end, cookie


async def _sign_in(where: Service, account: Account) -> str:
    """Sign in; a service that has too much to do at the moment says so, and is asked again."""
    for again_s in AGAIN_S:
        try:
            return await where.sign_in(account.username, PASSWORD, TOTP(account.code_secret).now())
        except ServiceError as refusal:
            if refusal.status != BUSY:
                raise
            await asyncio.sleep(again_s)
    return await where.sign_in(account.username, PASSWORD, TOTP(account.code_secret).now())


def _talks(who: Participant) -> bool:
    return who.is_talking and who.peer_present and 0 in who.acknowledged
