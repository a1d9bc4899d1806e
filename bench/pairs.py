"""Pairs of a visitor and a mentor who talk, made through the service's real door, and then handed to the generator.

Everybody is a program of tools/participants until both ends hold the key: sign-in, certificate, duty, a join with
proof, take, offer, grant. Then the open socket goes to the load generator, which posts in their place. Done so, and not
with precomputed frames, because a join answers a challenge that the server makes for each connection.
"""

import asyncio
import json
import socket
from contextlib import AsyncExitStack

from pyotp.totp import TOTP

from bench.generator import Generator, Line
from bench.service import PASSWORD, Account, MeasuredService
from tools.participants.mentor import Mentor
from tools.participants.participant import Participant
from tools.participants.service import Service
from tools.participants.visitor import Visitor

AT_ONCE = 50
# Nothing is on its way any more: receipts are in, and the queue is as everybody was told.
SETTLED_S = 0.3
WITHIN_S = 120.0


async def add_pairs(service: MeasuredService, generator: Generator, mentors: tuple[Account, ...]) -> None:
    """Let so many pairs begin to talk, and hand their lines to the generator."""
    for first in range(0, len(mentors), AT_ONCE):
        await _add_batch(service, generator, mentors[first : first + AT_ONCE])


async def _add_batch(service: MeasuredService, generator: Generator, batch: tuple[Account, ...]) -> None:
    where = Service(service.base_url)
    async with AsyncExitStack() as stack:
        mentors = [await stack.enter_async_context(await _signed_in(where, account)) for account in batch]
        visitors: list[Visitor] = []
        for mentor in mentors:
            await mentor.set_duty("on")
        for _ in batch:
            visitor = await stack.enter_async_context(Visitor(where, pins=[service.pin]))
            await visitor.until_waiting(timeout_s=WITHIN_S)
            visitors.append(visitor)
        for mentor in mentors:
            await mentor.take()
        ends: list[Participant] = [*visitors, *mentors]
        for end in ends:
            await end.until_talking(timeout_s=WITHIN_S)
            await end.until(lambda end=end: end.peer_present and 0 in end.acknowledged, timeout_s=WITHIN_S)
        await asyncio.sleep(SETTLED_S)
        for visitor, mentor in zip(visitors, mentors, strict=True):
            await asyncio.to_thread(generator.adopt_pair, _line(visitor, "v"), _line(mentor, "m"))


async def _signed_in(where: Service, account: Account) -> Mentor:
    mentor = await Mentor.sign_in(
        where, username=account.username, password=PASSWORD, code=TOTP(account.code_secret).now()
    )
    mentor.timeout_s = WITHIN_S
    return mentor


def _line(end: Participant, who: str) -> Line:
    """Return an end's socket and the frames it would send, cut where the numbers and the body go."""
    seat = end.seat
    post = json.dumps(
        {"type": "post", "sequence": 0, "epoch": seat.epoch, "kind": "message", "body": ""},
        separators=(",", ":"),
    )
    received = json.dumps({"type": "received", "sender": seat.peer, "through": 0}, separators=(",", ":"))
    head, _, rest = post.partition("0,")
    received_head, _, received_tail = received.rpartition("0")
    line: socket.socket = end.hand_over()
    return Line(
        line, who, 1 + max(end.acknowledged), (head, f",{rest[:-2]}", '"}', received_head, received_tail)
    )
