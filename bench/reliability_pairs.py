"""Conversations that keep account of themselves: what was said, acknowledged and shown, and when each end was back.

Both ends are programs of tools/participants, which do what the browsers do with real keys, and wait between attempts
to come back as long as browsers do. Knows nothing of what is done to the service meanwhile. Read reliability_kill.py
next.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pyotp.totp import TOTP

from bench.service import PASSWORD, Account
from tools.participants.connection import Frame
from tools.participants.mentor import Mentor, RefusedError
from tools.participants.participant import Participant
from tools.participants.seat import Own
from tools.participants.service import Service
from tools.participants.visitor import Visitor

# theme/static/js/transport/socket.js: at random within half a second, then about so long.
FIRST_RETURN_S = 0.5
LATER_RETURNS_S = (1.0, 1.5, 2.0, 2.0, 2.0, 3.0, 5.0)
WITHIN_S = 120.0
AT_ONCE = 25
NEWS_WITHIN_S = 0.3
"""News of the line come five times a second, when it has changed."""


class Watched(Participant):
    """An end that notes when it was let in again after `expect_return`, and when it could talk again."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **(named | {"jitter_s": FIRST_RETURN_S}))
        self._connection.delays_s = LATER_RETURNS_S
        self.timeout_s = WITHIN_S
        self.restarts_heard = 0
        self.let_in_at: float | None = None
        self.talks_at: float | None = None
        self._joins_before = 0

    def expect_return(self) -> None:
        """Forget when this end came back the last time."""
        self.let_in_at = self.talks_at = None
        self._joins_before = self.joins

    def receive(self, frame: Frame) -> None:
        """Take a frame in, and look at the clock when it is the one that was waited for."""
        if frame["type"] == "restarting":
            self.restarts_heard += 1
        super().receive(frame)
        if self.let_in_at is None and self.joins > self._joins_before:
            self.let_in_at = time.monotonic()
        if self.talks_at is None and self.let_in_at is not None and self.is_talking and self.peer_present:
            self.talks_at = time.monotonic()


class WatchedVisitor(Watched, Visitor):
    """A visitor who is watched."""


class WatchedMentor(Watched, Mentor):
    """A mentor who is watched."""


@dataclass
class Line:
    """One thing said. ``must`` is False when all who held it were taken away at once, so that it may be gone."""

    text: str
    own: Own
    must: bool = True


@dataclass
class Faults:
    """What was wrong with what one end was shown."""

    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    foreign: int = 0
    alarms: int = 0

    def __add__(self, other: "Faults") -> "Faults":
        return Faults(*(a + b for a, b in zip(self.counts(), other.counts(), strict=True)))

    def counts(self) -> tuple[int, ...]:
        """Return the counts in their order."""
        return (self.lost, self.doubled, self.out_of_order, self.foreign, self.alarms)

    def __bool__(self) -> bool:
        return any(self.counts())


def compare(said: Sequence[Line], shown: Sequence[str], alarms: int = 0) -> Faults:
    """Hold what one end said against what the other was shown."""
    order = {line.text: number for number, line in enumerate(said)}
    counted = Counter(shown)
    numbers = [order[text] for text in dict.fromkeys(shown) if text in order]
    return Faults(
        lost=sum(line.must and not counted[line.text] for line in said),
        doubled=sum(count - 1 for count in counted.values()),
        out_of_order=sum(later < earlier for earlier, later in pairwise(numbers)),
        foreign=sum(text not in order for text in counted),
        alarms=alarms,
    )


@dataclass
class Talk:
    """One conversation: its two ends and everything that was said, by who said it."""

    visitor: WatchedVisitor
    mentor: WatchedMentor
    name: str
    said: dict[str, list[Line]] = field(default_factory=lambda: {"visitor": [], "mentor": []})
    is_over: bool = False

    @property
    def ends(self) -> tuple[WatchedVisitor, WatchedMentor]:
        """Return both ends."""
        return self.visitor, self.mentor

    def say(self, who: str) -> None:
        """Let one end say its next line, as soon as it knows its number."""
        end: Participant = self.visitor if who == "visitor" else self.mentor
        if self.is_over or end.stopped is not None or not self._may_speak(end):
            return
        text = f"{self.name} {who} {len(self.said[who])} {'·' * random.randrange(1, 160)}"
        self.said[who].append(Line(text, end.say_soon(text)))

    def is_whole(self) -> bool:
        """Say whether everything that was said has been shown."""
        return all(
            self._shown_count(who) >= sum(line.must for line in lines) for who, lines in self.said.items()
        )

    def faults(self) -> Faults:
        """Compare both directions."""
        return sum(
            (
                compare(self.said[who], [each.text for each in other.shown], len(other.seat.alarms))
                for who, other in (("visitor", self.mentor), ("mentor", self.visitor))
            ),
            Faults(),
        )

    def excuse_undelivered(self, who: str) -> int:
        """Note that this end is taken away at the same moment as the service; count what only those two held."""
        end = self.visitor if who == "visitor" else self.mentor
        excused = [line for line in self.said[who] if line.own.sequence >= end.seat.delivered]
        for line in excused:
            line.must = False
        return len(excused)

    def _shown_count(self, who: str) -> int:
        other = self.mentor if who == "visitor" else self.visitor
        wanted = {line.text for line in self.said[who] if line.must}
        return len(wanted.intersection(each.text for each in other.shown))

    def _may_speak(self, end: Participant) -> bool:
        try:
            return end.seat.is_numbered and end.seat.keys.has(end.seat.epoch)
        except LookupError:
            return False


class Evening:
    """Everybody who is there tonight. Use it as an async context; it lets everybody go at the end."""

    def __init__(self, base_url: str, pin: str, *, origin: str = "") -> None:
        self._where = Service(base_url, origin)
        self._pin = pin
        self._made = 0
        self.present: set[Participant] = set()
        self.talks: list[Talk] = []

    async def __aenter__(self) -> "Evening":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(self.leave(each) for each in tuple(self.present)), return_exceptions=True)

    async def leave(self, end: Participant) -> None:
        """Take one end away, as a browser that is killed."""
        self.present.discard(end)
        end.cut(stay_away=True)
        await end.__aexit__(None, None, None)

    async def begin(self, accounts: Sequence[Account]) -> None:
        """Sign these mentors in and give each of them a visitor to talk with."""
        for first in range(0, len(accounts), AT_ONCE):
            batch = accounts[first : first + AT_ONCE]
            self.talks += await self.meet(await self.on_duty(batch))

    async def meet(self, mentors: Sequence[WatchedMentor]) -> list[Talk]:
        """Let as many new visitors come, and let these mentors take them."""
        visitors: dict[str, WatchedVisitor] = {}
        for _ in mentors:
            visitor = WatchedVisitor(self._where, pins=[self._pin], patience_s=600.0)
            await self._enter(visitor)
            await visitor.until_waiting()
            visitors[visitor.identity.conversation] = visitor
        talks: list[Talk] = []
        for mentor in mentors:
            self._made += 1
            talks.append(Talk(visitors[await mentor.take()], mentor, f"samtal {self._made}"))
        for talk in talks:
            for end in talk.ends:
                await end.until_talking()
        return talks

    async def on_duty(self, accounts: Sequence[Account]) -> list[WatchedMentor]:
        """Sign these mentors in and put them on duty."""
        mentors = await asyncio.gather(*(self._mentor(account) for account in accounts))
        for mentor in mentors:
            await mentor.set_duty("on")
        return mentors

    async def take_whoever_comes(self, mentors: Sequence[WatchedMentor]) -> dict[str, Mentor]:
        """Let each of these mentors take somebody who came by herself; return them by conversation."""
        taken: dict[str, Mentor] = {}
        for mentor in mentors:
            conversation = None
            while conversation is None:
                await mentor.until(lambda mentor=mentor: bool(mentor.waiting))
                seen = mentor.waiting
                try:
                    conversation = await mentor.take()
                except RefusedError:
                    # News of the line come a few times a second: whom she sees, a colleague may have taken. She looks
                    # again before she presses again, because many refusals end her connection.
                    with contextlib.suppress(TimeoutError):
                        await mentor.until(
                            lambda mentor=mentor, seen=seen: mentor.waiting is not seen,
                            timeout_s=NEWS_WITHIN_S,
                        )
            taken[conversation] = mentor
        for mentor in mentors:
            await mentor.until_talking()
        return taken

    async def chatter(self, every_s: float) -> None:
        """Let everybody say something about every so many seconds, until cancelled."""
        while True:
            talks = len(self.talks) or 1
            await asyncio.sleep(every_s / (2 * talks) * (0.5 + random.random()))
            random.choice(self.talks).say(random.choice(("visitor", "mentor")))

    async def settle(self, within_s: float = WITHIN_S) -> bool:
        """Wait until everything that was said is shown; say whether it came to that."""
        deadline = time.monotonic() + within_s
        while not all(talk.is_whole() for talk in self.talks):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.2)
        return True

    def faults(self) -> Faults:
        """Compare everything said with everything shown, in every conversation."""
        return sum((talk.faults() for talk in self.talks), Faults())

    async def _mentor(self, account: Account) -> WatchedMentor:
        mentor = await WatchedMentor.sign_in(
            self._where, username=account.username, password=PASSWORD, code=TOTP(account.code_secret).now()
        )
        await self._enter(mentor)
        return mentor

    async def _enter(self, end: Participant) -> None:
        await end.__aenter__()
        self.present.add(end)
