"""A whole evening for tests: mentors with accounts, signed in and on duty, visitors who wait and talk.

Everybody is a program of tools/participants, which does what the browsers do, with real keys over real sockets.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from argon2 import PasswordHasher

from chatservice.agreements import load_terms
from chatservice.domain.certification import Role
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases import accounts
from chatservice.usecases.certification_items import note_examples
from tests.running_service import EXAMPLE_PASSWORD, Credentials, RunningService
from tools.participants.mentor import Mentor
from tools.participants.participant import Participant
from tools.participants.service import Service
from tools.participants.visitor import Visitor

# Signing in is tested elsewhere with the real cost; here fifty mentors need passwords at once.
CHEAP_PASSWORDS = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class House(Protocol):
    """Whatever has records: a running service, or several processes of one."""

    data_dir: Path


@dataclass(frozen=True)
class Pair:
    """One conversation's two ends."""

    visitor: Visitor
    mentor: Mentor


async def add_mentors(
    service: House, count: int, *, role: Role = Role.MENTOR, name: str = "mentor"
) -> list[Credentials]:
    """Add mentors (or another role) straight to the records, as `account add` does, with passwords cheap to check."""
    settings = Settings.from_environment({"CHAT_DATA_DIR": str(service.data_dir)})
    clock = settings.make_clock()
    async with open_records(settings) as records:
        desk = make_desk(settings, records, clock, hasher=CHEAP_PASSWORDS)
        fresh = [
            await accounts.add_account(
                desk,
                username=f"{name}-{number}",
                role=role,
                alias=f"Exempel {number}",
                password=EXAMPLE_PASSWORD,
            )
            for number in range(count)
        ]
        for one in fresh:
            await note_examples(desk, load_terms(settings.content_dir), one.account)
    return [
        Credentials(
            one.account.username, EXAMPLE_PASSWORD, one.code_secret, datetime.now(UTC), time.monotonic()
        )
        for one in fresh
    ]


async def mentors_on_duty(
    stack: AsyncExitStack, service: RunningService, count: int, *, jitter_s: float = 0.2
) -> list[Mentor]:
    """Sign mentors in, open their dashboards and put them on duty; the stack closes them."""
    where = Service(service.base_url)
    mentors: list[Mentor] = []
    for credentials in await add_mentors(service, count):
        mentor = await Mentor.sign_in(
            where,
            username=credentials.username,
            password=credentials.password,
            code=credentials.code(),
            jitter_s=jitter_s,
        )
        mentors.append(await stack.enter_async_context(mentor))
    for mentor in mentors:
        await mentor.set_duty("on")
    return mentors


async def visitors_waiting(
    stack: AsyncExitStack, service: RunningService, pin: str, count: int, *, jitter_s: float = 0.2
) -> list[Visitor]:
    """Let visitors come one after the other; the stack closes them."""
    visitors: list[Visitor] = []
    for _ in range(count):
        visitor = Visitor(Service(service.base_url), pins=[pin], jitter_s=jitter_s)
        visitors.append(await stack.enter_async_context(visitor))
        await visitor.until_waiting()
    return visitors


async def pairs_talking(stack: AsyncExitStack, service: RunningService, pin: str, count: int) -> list[Pair]:
    """Bring visitors and mentors together until every pair can talk."""
    mentors = await mentors_on_duty(stack, service, count)
    visitors = await visitors_waiting(stack, service, pin, count)
    for mentor in mentors:
        await mentor.take()
    pairs = [Pair(visitor, mentor) for visitor, mentor in zip(visitors, mentors, strict=True)]
    for pair in pairs:
        await asyncio.gather(pair.visitor.until_talking(), pair.mentor.until_talking())
    return pairs


class Talker:
    """One end that talks on and on; `said` is every text in order."""

    def __init__(self, end: Participant, name: str) -> None:
        self.end = end
        self.name = name
        self.said: list[str] = []

    async def talk_until(self, enough: asyncio.Event) -> None:
        """Say line after line, each when the one before it was acknowledged."""
        while not enough.is_set():
            await self.say()

    async def say(self) -> None:
        """Say one line more and wait until the server has it."""
        self.said.append(f"{self.name} säger {len(self.said)}")
        await self.end.say(self.said[-1])


async def hear(end: Participant, count: int) -> list[str]:
    """Return the first texts that an end was shown."""
    return [await end.next_text() for _ in range(count)]
