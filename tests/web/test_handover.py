"""Handing a conversation over, over real sockets: the visitor agrees, the colleague comes, the former mentor is out."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.evening import mentors_on_duty
from tests.running_service import RunningService, example_pin
from tools.participants.mentor import Mentor
from tools.participants.service import Service
from tools.participants.visitor import Answer, Visitor


@dataclass
class Evening:
    """One visitor who talks with the first of two mentors."""

    visitor: Visitor
    anna: Mentor
    bo: Mentor
    service: RunningService


@pytest.fixture
def talking(make_service: Callable[..., RunningService], project: Path):
    """Give a maker of evenings whose visitor gives one answer."""

    @asynccontextmanager
    async def make(answer: Answer) -> AsyncGenerator[Evening]:
        service = make_service()
        pin = example_pin(project, service.data_dir)
        async with AsyncExitStack() as stack:
            anna, bo = await mentors_on_duty(stack, service, 2)
            visitor = Visitor(Service(service.base_url), pins=[pin], answer=lambda _: answer, jitter_s=0.2)
            await stack.enter_async_context(visitor)
            await visitor.say("före")
            await visitor.until_waiting()
            await anna.take()
            await asyncio.gather(visitor.until_talking(), anna.until_talking())
            await shown(anna, 1)
            yield Evening(visitor, anna, bo, service)

    return make


async def propose(evening: Evening) -> None:
    await evening.anna.until(lambda: bool(evening.anna.colleagues))
    evening.anna.propose(evening.anna.colleagues[0])


async def shown(participant: Mentor | Visitor, count: int) -> None:
    await participant.until(lambda: len(participant.shown) >= count)


def texts(mentor: Mentor | Visitor) -> list[str]:
    return [shown.text for shown in mentor.shown]


async def test_without_the_visitors_yes_nobody_is_asked_and_nothing_changes(talking):
    async with talking("no") as evening:
        await propose(evening)
        await evening.anna.until(lambda: evening.anna.answers == ["no"])

        await evening.anna.say("Då fortsätter vi.")
        await shown(evening.visitor, 1)

        assert evening.bo.asked is None
        assert texts(evening.visitor) == ["Då fortsätter vi."]


async def test_a_colleague_who_says_no_leaves_the_conversation_with_the_first(talking):
    async with talking("all") as evening:
        await propose(evening)

        await evening.bo.turn_down()

        await evening.anna.say("Du får hålla till godo med mig.")
        await shown(evening.visitor, 1)
        assert evening.anna.ended is None
        assert evening.visitor.mentor_alias == "Exempel 0"


@pytest.mark.parametrize(("answer", "read"), [("all", ["före"]), ("new", [])])
async def test_the_colleague_reads_what_the_visitor_allowed_and_the_former_mentor_is_out(
    talking, answer, read
):
    async with talking(answer) as evening:
        await propose(evening)
        await evening.bo.take_over()

        assert await evening.anna.until_ended() == "handover"
        await evening.visitor.say("efter")
        await shown(evening.bo, len(read) + 1)
        await evening.bo.say("Hej, nu är det jag.")
        await shown(evening.visitor, 1)

        assert texts(evening.bo) == [*read, "efter"]
        assert texts(evening.visitor) == ["Hej, nu är det jag."]
        assert texts(evening.anna) == ["före"]
        # The first mentor is free for somebody else at once, and nothing of this conversation comes to her.
        await evening.bo.until(lambda: len(evening.bo.colleagues) == 1)


async def test_a_colleague_who_never_comes_back_stops_being_asked_and_nobody_is_left_alone(talking):
    async with talking("all") as evening:
        await propose(evening)
        await evening.bo.until(lambda: evening.bo.asked is not None)

        evening.bo.cut(stay_away=True)

        await evening.anna.say("Jag är kvar.")
        await shown(evening.visitor, 1)
        assert evening.visitor.is_talking


async def test_a_service_that_dies_after_the_handover_brings_back_the_second_mentor(talking):
    async with talking("all") as evening:
        await propose(evening)
        await evening.bo.take_over()
        await evening.visitor.say("efter")
        await shown(evening.bo, 2)

        await asyncio.to_thread(evening.service.restart)

        await evening.bo.say("Jag är här.")
        await shown(evening.visitor, 1)
        await evening.visitor.say("Jag också.")
        await shown(evening.bo, 3)
        assert texts(evening.bo) == ["före", "efter", "Jag också."]
        assert evening.bo.seat.alarms == evening.visitor.seat.alarms == []
