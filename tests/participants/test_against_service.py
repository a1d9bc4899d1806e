"""Programs as visitor and mentor hold conversations through the running service, and lose nothing when it is lost."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.evening import add_mentors
from tests.running_service import RunningService, example_pin
from tools.participants.encoding import to_base64url
from tools.participants.identity import MentorIdentity
from tools.participants.mentor import Mentor, RefusedError
from tools.participants.participant import Participant
from tools.participants.service import Service
from tools.participants.suite import new_private_key, public_key_bytes
from tools.participants.visitor import Answer, Visitor


@dataclass(frozen=True)
class Pass:
    """What a mentor's browser keeps between two openings of her page."""

    cookie: str
    identity: MentorIdentity
    certificate: dict[str, str]


@pytest.fixture(scope="module")
def hasty(make_service: Callable[..., RunningService]) -> RunningService:
    """A service that gives a lost mentor's seat away within a second; the others wait for those who come back."""
    return make_service(mentor_grace_s=1)


async def signed_in(service: RunningService, count: int) -> list[Pass]:
    where = Service(service.base_url)
    passes: list[Pass] = []
    for credentials in await add_mentors(service, count):
        cookie = await where.sign_in(credentials.username, credentials.password, credentials.code())
        identity = MentorIdentity.create()
        certificate = await where.certify(cookie, identity)
        assert certificate is not None
        passes.append(Pass(cookie, identity, certificate))
    return passes


@pytest.fixture(scope="module")
def passes(service: RunningService) -> list[Pass]:
    return asyncio.run(signed_in(service, 3))


@pytest.fixture(scope="module")
def hasty_passes(hasty: RunningService) -> list[Pass]:
    return asyncio.run(signed_in(hasty, 2))


@pytest.fixture(scope="module")
def pin(example_home: Path, project: Path) -> str:
    """The key that every service of these tests is copied with."""
    return example_pin(project, example_home)


def mentor_with(service: RunningService, given: Pass) -> Mentor:
    return Mentor(
        Service(service.base_url),
        cookie=given.cookie,
        mentor_identity=given.identity,
        certificate=given.certificate,
        jitter_s=0.2,
    )


def visitor_with(service: RunningService, *pins: str, answer: Answer = "all") -> Visitor:
    return Visitor(Service(service.base_url), pins=pins, answer=lambda _: answer, jitter_s=0.2)


async def meet(visitor: Visitor, mentor: Mentor) -> None:
    """Bring a waiting visitor and a mentor together."""
    await mentor.set_duty("on")
    await visitor.until_waiting()
    assert await mentor.take() == visitor.conversation
    await asyncio.gather(visitor.until_talking(), mentor.until_talking())


async def on_duty(mentor: Mentor) -> None:
    await mentor.set_duty("on")


def texts(participant: Participant) -> list[str]:
    return [shown.text for shown in participant.shown]


async def test_a_mentor_whom_no_pinned_key_certified_reads_nothing_and_the_visitor_stands_first_again(
    service: RunningService, passes: list[Pass]
) -> None:
    other_pin = to_base64url(public_key_bytes(new_private_key()))
    async with mentor_with(service, passes[0]) as mentor:
        await on_duty(mentor)
        async with visitor_with(service, other_pin) as visitor:
            await visitor.say("Kan någon annan läsa detta?")
            await mentor.take()

            assert await mentor.until_ended() == "declined"

            await visitor.until(lambda: visitor.phase == "waiting" and visitor.place == 1)
            assert visitor.declined == ["unpinned"]
            assert visitor.mentor_alias is None
            assert texts(mentor) == []
            await visitor.leave()


async def test_a_mentor_who_finds_nobody_is_told_so(service: RunningService, passes: list[Pass]) -> None:
    async with mentor_with(service, passes[0]) as mentor:
        await on_duty(mentor)

        with pytest.raises(RefusedError, match="nobody_waiting"):
            await mentor.take()


async def test_a_visitor_who_says_no_to_a_second_mentor_is_not_read_by_her(
    hasty: RunningService, hasty_passes: list[Pass], pin: str
) -> None:
    async with mentor_with(hasty, hasty_passes[0]) as first, mentor_with(hasty, hasty_passes[1]) as second:
        await on_duty(first)
        async with visitor_with(hasty, pin, answer="no") as visitor:
            await visitor.say("bara till den första")
            await meet(visitor, first)
            first.cut(stay_away=True)
            await visitor.until_waiting()
            await second.set_duty("on")
            await second.take()

            assert await second.until_ended() == "declined"

            assert visitor.declined == ["visitor"]
            assert texts(second) == []
            await visitor.end()


async def test_a_second_mentor_reads_only_what_the_visitor_lets_her_read(
    hasty: RunningService, hasty_passes: list[Pass], pin: str
) -> None:
    async with mentor_with(hasty, hasty_passes[0]) as first, mentor_with(hasty, hasty_passes[1]) as second:
        await on_duty(first)
        async with visitor_with(hasty, pin, answer="new") as visitor:
            await visitor.say("tidigare rad")
            await meet(visitor, first)
            first.cut(stay_away=True)
            await visitor.until_waiting()

            await meet(visitor, second)
            await visitor.say("ny rad")

            assert await second.next_text() == "ny rad"
            await second.end()
            assert texts(second) == ["ny rad"]
            assert second.seat.alarms == []
            assert await visitor.until_ended() == "mentor"


async def test_what_is_written_while_waiting_is_the_first_that_the_mentor_reads(
    service: RunningService, passes: list[Pass], pin: str
) -> None:
    async with mentor_with(service, passes[0]) as mentor:
        await on_duty(mentor)
        async with visitor_with(service, pin) as visitor:
            await visitor.say("Hej, jag väntar 😀")
            await meet(visitor, mentor)

            assert await mentor.next_text() == "Hej, jag väntar 😀"
            answer = await mentor.say("Välkommen")

            assert await visitor.next_text() == "Välkommen"
            await mentor.until_delivered(answer)
            await visitor.end()
            assert await mentor.until_ended() == "visitor"
            assert visitor.mentor_alias is not None
            assert visitor.seat.alarms == mentor.seat.alarms == []


async def test_lines_cut_on_both_sides_lose_nothing_and_double_nothing(
    service: RunningService, passes: list[Pass], pin: str
) -> None:
    said = [f"rad {number}" for number in range(30)]
    async with mentor_with(service, passes[0]) as mentor:
        await on_duty(mentor)
        async with visitor_with(service, pin) as visitor:
            await meet(visitor, mentor)

            for number, text in enumerate(said):
                visitor.say_soon(text)
                mentor.say_soon(text)
                if number % 10 == 5:
                    visitor.cut()
                if number % 10 == 8:
                    mentor.cut()
                await asyncio.sleep(0)
            await visitor.until(lambda: len(visitor.shown) >= len(said))
            await mentor.until(lambda: len(mentor.shown) >= len(said))

            assert texts(visitor) == texts(mentor) == said
            assert visitor.seat.alarms == mentor.seat.alarms == []
            await mentor.end()


async def test_a_reloaded_mentor_page_is_let_in_again_and_reads_everything(
    service: RunningService, passes: list[Pass], pin: str
) -> None:
    async with mentor_with(service, passes[0]) as mentor:
        await on_duty(mentor)
        async with visitor_with(service, pin) as visitor:
            await visitor.say("före")
            await meet(visitor, mentor)
            await mentor.say("ett svar")
            await visitor.next_text()

            mentor.reload()
            await mentor.until_talking()
            await visitor.say("efter")

            assert [await mentor.next_text(), await mentor.next_text()] == ["före", "efter"]
            await mentor.say("ännu ett svar")
            assert await visitor.next_text() == "ännu ett svar"
            assert visitor.seat.alarms == mentor.seat.alarms == []
            await visitor.end()


async def test_conversations_go_on_after_the_service_was_killed(
    service: RunningService, passes: list[Pass], pin: str
) -> None:
    async with AsyncExitStack() as stack:
        pairs: list[tuple[Visitor, Mentor]] = []
        for given in passes:
            mentor = await stack.enter_async_context(mentor_with(service, given))
            await on_duty(mentor)
            visitor = await stack.enter_async_context(visitor_with(service, pin))
            await meet(visitor, mentor)
            pairs.append((visitor, mentor))
        waiting = await stack.enter_async_context(visitor_with(service, pin))
        await waiting.say("jag väntar")

        for visitor, mentor in pairs:
            await visitor.say("före")
            mentor.say_soon("på väg")
        await asyncio.to_thread(service.restart)
        for visitor, mentor in pairs:
            await asyncio.gather(visitor.until_talking(), mentor.until_talking())
            await visitor.say("efter")
            await mentor.say("svar")

        for visitor, mentor in pairs:
            await mentor.until(lambda mentor=mentor: len(mentor.shown) >= 2)
            await visitor.until(lambda visitor=visitor: len(visitor.shown) >= 2)
            assert texts(mentor) == ["före", "efter"]
            assert texts(visitor) == ["på väg", "svar"]
            assert visitor.seat.alarms == mentor.seat.alarms == []
            await visitor.end()
        await waiting.until(lambda: waiting.place == 1)
        await waiting.leave()


async def test_a_line_that_came_before_the_visitor_was_back_is_shown_although_the_log_began_anew(
    service: RunningService, passes: list[Pass], pin: str
) -> None:
    async with mentor_with(service, passes[0]) as mentor:
        await on_duty(mentor)
        async with visitor_with(service, pin) as visitor:
            await meet(visitor, mentor)
            for number in range(10):
                await visitor.say(f"rad {number}")
            await mentor.say("före")
            await visitor.next_text()

            visitor.cut(stay_away=True)
            joins = mentor.joins
            await asyncio.to_thread(service.restart)
            await mentor.until_back(joins)
            await mentor.say("medan du var borta")
            visitor.come_back()

            assert await visitor.next_text() == "medan du var borta"
            await mentor.until(lambda: len(mentor.shown) == 10)
            assert visitor.seat.alarms == mentor.seat.alarms == []
            await visitor.end()
