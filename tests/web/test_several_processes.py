"""Two processes behind a real nginx share one evening: queue, seats, envelopes, duty, the line, limits and blocks.

Both ends are programs that do what the browsers do; service, Valkey and nginx are the real ones. The records are one
SQLite file, which two processes of one machine may share; PostgreSQL is for several machines.
"""

import asyncio
import os
import re
import shutil
import signal
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from pyotp.totp import TOTP

from chatservice.domain.certification import Role
from tests.evening import Pair, Talker, add_mentors, hear
from tests.running_service import RunningService, example_pin
from tests.several_processes import SeveralProcesses
from tests.staff_browser import StaffBrowser
from tests.web.test_blocking import HERE, block, is_refused
from tests.web.test_line import coordinator_page, mentor_page, new_key, new_page, page_of, until_open
from tests.web.test_socket_rules import mentor_socket, next_frame, send
from tools.participants import identity
from tools.participants.mentor import Mentor, RefusedError
from tools.participants.service import Service
from tools.participants.visitor import Visitor

PAIRS = 4
MENTORS = 50


@pytest.fixture(scope="module")
def pin(project, example_home):
    return example_pin(project, example_home)


@pytest.fixture(scope="module")
def house(project, example_home, built_site, tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("several") / "var"
    shutil.copytree(example_home, data_dir)
    os.chmod(data_dir, 0o700)
    house = SeveralProcesses(
        project, data_dir=data_dir, site_dir=built_site, settle_s=0.2, silence_s=60, queue_cap=100
    )
    try:
        house.start()
        yield house
    finally:
        house.stop()


@dataclass
class Colleague:
    """A mentor who is signed in, to open her page again and again."""

    cookie: str
    known: identity.MentorIdentity
    certificate: dict[str, str] | None

    def page(self, where: Service) -> Mentor:
        return Mentor(
            where,
            cookie=self.cookie,
            mentor_identity=self.known,
            certificate=self.certificate,
            jitter_s=0.1,
        )


@pytest.fixture(scope="module")
def colleagues(house: SeveralProcesses) -> list[Colleague]:
    """Sign fifty mentors in through the one address: password here, certificate there."""

    async def sign_in() -> list[Colleague]:
        where, found = Service(house.base_url), []
        for credentials in await add_mentors(house, MENTORS):
            cookie = await where.sign_in(credentials.username, credentials.password, credentials.code())
            known = identity.MentorIdentity.create()
            found.append(Colleague(cookie, known, await where.certify(cookie, known)))
        return found

    return asyncio.run(sign_in())


def directly(process: RunningService) -> Service:
    return Service(process.base_url)


async def on_duty(stack: AsyncExitStack, colleague: Colleague, where: Service) -> Mentor:
    mentor = await stack.enter_async_context(colleague.page(where))
    await mentor.set_duty("on")
    return mentor


async def come(stack: AsyncExitStack, where: Service, pin: str) -> Visitor:
    visitor = await stack.enter_async_context(Visitor(where, pins=[pin], jitter_s=0.1))
    await visitor.until_waiting()
    return visitor


@asynccontextmanager
async def talking(
    house: SeveralProcesses, colleagues: list[Colleague], pin: str
) -> AsyncIterator[list[Pair]]:
    """Bring pairs together through the one address, and let them part at the end."""
    where = Service(house.base_url)
    async with AsyncExitStack() as stack:
        pairs = []
        for colleague in colleagues[:PAIRS]:
            mentor = await on_duty(stack, colleague, where)
            visitor = await come(stack, where, pin)
            await mentor.take()
            await asyncio.gather(visitor.until_talking(), mentor.until_talking())
            pairs.append(Pair(visitor, mentor))
        yield pairs
        for pair in pairs:
            await pair.visitor.end()
            assert await pair.mentor.until_ended() == "visitor"


async def test_a_visitor_at_one_process_talks_with_a_mentor_at_the_other(house, colleagues, pin):
    here, there = (directly(process) for process in house.processes)
    async with AsyncExitStack() as stack:
        mentor = await on_duty(stack, colleagues[0], here)
        visitor = await come(stack, there, pin)

        await mentor.take()

        await asyncio.gather(visitor.until_talking(), mentor.until_talking())
        await visitor.say("hör du mig?")
        assert await hear(mentor, 1) == ["hör du mig?"]
        await mentor.say("ja")
        assert await hear(visitor, 1) == ["ja"]
        await visitor.end()
        assert await mentor.until_ended() == "visitor"


async def test_fifty_mentors_racing_at_two_processes_give_one_winner(house, colleagues, pin):
    async with AsyncExitStack() as stack:
        mentors = [
            await on_duty(stack, colleague, directly(house.processes[number % 2]))
            for number, colleague in enumerate(colleagues)
        ]
        visitor = await come(stack, Service(house.base_url), pin)

        answers = await asyncio.gather(*(mentor.take() for mentor in mentors), return_exceptions=True)

        winners = [mentor for mentor, answer in zip(mentors, answers, strict=True) if isinstance(answer, str)]
        assert len(winners) == 1
        assert [str(answer) for answer in answers if isinstance(answer, RefusedError)] == [
            "nobody_waiting"
        ] * 49
        await visitor.until_talking()
        await visitor.end()


async def test_a_valkey_that_comes_back_empty_is_told_everything_by_the_browsers(house, colleagues, pin):
    async with talking(house, colleagues, pin) as pairs:
        for pair in pairs:
            await pair.visitor.say("innan")
            await pair.mentor.say("innan")
        waiting = [await come_to_wait(house, pin) for _ in range(2)]
        joins = {
            end: end.joins
            for end in (
                *(end for pair in pairs for end in (pair.visitor, pair.mentor)),
                *(v for v, _ in waiting),
            )
        }

        await asyncio.to_thread(house.valkey.stop)
        await asyncio.to_thread(until_away, house.processes[0])
        await asyncio.to_thread(house.valkey.start)

        for end, before in joins.items():
            await end.until_back(before)
        for pair in pairs:
            await asyncio.gather(pair.visitor.until_talking(), pair.mentor.until_talking())
            await asyncio.gather(pair.visitor.say("efter"), pair.mentor.say("efter"))
            assert await hear(pair.mentor, 2) == await hear(pair.visitor, 2) == ["innan", "efter"]
            assert len(pair.mentor.seat.shown) == len(pair.visitor.seat.shown) == 2
        for place, (visitor, _) in enumerate(waiting, 1):
            await visitor.until(lambda visitor=visitor, place=place: visitor.place == place)
        for visitor, stack in waiting:
            await visitor.leave()
            await stack.aclose()


async def come_to_wait(house: SeveralProcesses, pin: str) -> tuple[Visitor, AsyncExitStack]:
    stack = AsyncExitStack()
    return await come(stack, Service(house.base_url), pin), stack


def until_away(process: RunningService) -> None:
    """Return when a process says that the chat cannot be reached."""
    while True:
        with urllib.request.urlopen(f"{process.base_url}/chatt/status", timeout=30) as answer:
            if b'"reason":"away"' in answer.read().replace(b" ", b""):
                return


async def said_more(talkers: list[Talker], lines: int) -> None:
    """Return when everybody has said so many lines more."""
    wanted = {talker: len(talker.said) + lines for talker in talkers}
    async with asyncio.timeout(60):
        while any(len(talker.said) < count for talker, count in wanted.items()):
            await asyncio.sleep(0.01)


async def test_what_was_begun_at_one_process_is_finished_at_the_other(house, colleagues):
    here, there = (StaffBrowser(process.base_url) for process in house.processes)
    here.cookie = there.cookie = colleagues[0].cookie

    page = here.form("/konto/kodapp")
    secret = "".join(re.findall(r"<code[^>]*>([A-Z2-7 ]{32,})</code>", page)[0].split())
    there.press("/konto/kodapp/klar", code=TOTP(secret).now())

    names = await asyncio.to_thread(house.valkey.keys)
    assert b"chat:brief:setups:" not in names, "it was used up"


async def test_guesses_at_one_process_slow_the_next_one_down_at_the_other(house):
    here, there = (StaffBrowser(process.base_url) for process in house.processes)
    for _ in range(3):
        assert here.try_to_sign_in("marker-gissning", "fel", "000000") == 401

    began_s = asyncio.get_running_loop().time()
    assert await asyncio.to_thread(there.try_to_sign_in, "marker-gissning", "fel", "000000") == 401

    assert asyncio.get_running_loop().time() - began_s >= 0.5
    names = await asyncio.to_thread(house.valkey.keys)
    assert b"chat:brief:sign-in:" in names
    assert b"marker" not in names


async def test_who_is_blocked_at_one_process_is_blocked_at_the_other_until_it_is_lifted(house, colleagues):
    here, there = house.processes
    mentor = StaffBrowser(here.base_url)
    mentor.cookie = colleagues[1].cookie
    mentor.certify()
    async with mentor_socket(here, mentor) as hers:
        label = await block(here, hers, HERE)

        assert await is_refused(there, HERE)
        await send(hers, type="unblock", label=label)
        await next_frame(hers, "unblocked")
        assert not await is_refused(there, HERE)


async def test_the_line_leads_from_a_mentor_at_one_process_to_a_coordinator_at_the_other(house, colleagues):
    here, there = house.processes
    coordinator, mentor = StaffBrowser(here.base_url), StaffBrowser(there.base_url)
    [credentials] = await add_mentors(house, 1, role=Role.COORDINATOR, name="samordnare")
    await asyncio.to_thread(coordinator.sign_in, credentials)
    mentor.cookie = colleagues[2].cookie
    key, page = new_key(), new_page()
    async with coordinator_page(here, coordinator, key) as hers, mentor_page(there, mentor, page) as his:
        await until_open(his, key)
        await send(his, type="line", page=page_of(key), number=0, body="sealed")

        assert (await next_frame(hers, "line")) == {
            "type": "line", "page": page, "number": 0, "body": "sealed",
        }  # fmt: skip


# -- last, because one process is gone then


async def test_who_was_at_a_process_that_is_killed_goes_on_at_the_other(house, colleagues, pin):
    async with talking(house, colleagues, pin) as pairs:
        talkers = [
            (Talker(pair.visitor, f"besökare {number}"), Talker(pair.mentor, f"mentor {number}"))
            for number, pair in enumerate(pairs)
        ]
        everybody = [talker for both in talkers for talker in both]
        enough = asyncio.Event()
        joins = {talker.end: talker.end.joins for talker in everybody}

        async with asyncio.TaskGroup() as tasks:
            for talker in everybody:
                tasks.create_task(talker.talk_until(enough))
            await said_more(everybody, 2)
            house.processes[0].stop(signal.SIGKILL)
            await said_more(everybody, 3)
            enough.set()

        came_back = sum(end.joins > before for end, before in joins.items())
        assert 0 < came_back < len(joins), "some were at the process that was killed, and some were not"
        for visitor, mentor in talkers:
            assert await hear(mentor.end, len(visitor.said)) == visitor.said
            assert await hear(visitor.end, len(mentor.said)) == mentor.said
            assert len(mentor.end.seat.shown) == len(visitor.said)
            assert len(visitor.end.seat.shown) == len(mentor.said)
