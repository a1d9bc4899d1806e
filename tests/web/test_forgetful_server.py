"""The server forgets and nothing is lost: killed without warning in the middle of fifty conversations, and raced for.

Source: protocol step 8. Both ends are programs that do what the browsers do; the server is the real one.
"""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.evening import Pair, Talker, hear, mentors_on_duty, pairs_talking, visitors_waiting
from tests.running_service import example_pin
from tools.participants.mentor import RefusedError

CONVERSATIONS = 50
LINES_BEFORE = 3
LINES_AFTER = 2


@pytest.fixture(scope="module")
def pin(project, example_home):
    return example_pin(project, example_home)


async def test_fifty_conversations_go_on_after_the_service_was_killed_in_the_middle(make_service, pin):
    service = make_service(queue_cap=CONVERSATIONS, settle_s=1)
    async with AsyncExitStack() as stack:
        pairs = await pairs_talking(stack, service, pin, CONVERSATIONS)
        waiting = await visitors_waiting(stack, service, pin, 3)
        assert [visitor.place for visitor in waiting] == [1, 2, 3]
        ends = [(pair, Talker(pair.visitor, f"besökare {n}"), Talker(pair.mentor, f"mentor {n}"))
                for n, pair in enumerate(pairs)]  # fmt: skip
        talkers = [talker for _, *both in ends for talker in both]
        enough = asyncio.Event()
        joins = {
            participant: participant.joins for pair in pairs for participant in (pair.visitor, pair.mentor)
        }

        async with asyncio.TaskGroup() as tasks:
            for talker in talkers:
                tasks.create_task(talker.talk_until(enough))
            while min(len(talker.said) for talker in talkers) <= LINES_BEFORE:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(service.restart)
            for participant, before in joins.items():
                await participant.until_back(before)
            said_at_return = [len(talker.said) for talker in talkers]
            while any(
                len(talker.said) < before + LINES_AFTER
                for talker, before in zip(talkers, said_at_return, strict=True)
            ):
                await asyncio.sleep(0.01)
            enough.set()

        for pair, visitor, mentor in ends:
            assert await hear(pair.mentor, len(visitor.said)) == visitor.said
            assert await hear(pair.visitor, len(mentor.said)) == mentor.said
            assert len(pair.mentor.seat.shown) == len(visitor.said)
            assert len(pair.visitor.seat.shown) == len(mentor.said)
        for number, visitor in enumerate(waiting):
            # Whoever is back first stands first until those before her are back too.
            await visitor.until(
                lambda visitor=visitor, place=number + 1: visitor.joins > 1 and visitor.place == place
            )
        await _end_all(pairs)


async def _end_all(pairs: list[Pair]) -> None:
    for pair in pairs:
        await pair.visitor.end()
        assert await pair.mentor.until_ended() == "visitor"


async def test_fifty_mentors_racing_for_one_visitor_give_one_winner_and_forty_nine_refusals(
    make_service, pin
):
    service = make_service()
    async with AsyncExitStack() as stack:
        mentors = await mentors_on_duty(stack, service, 50)
        (visitor,) = await visitors_waiting(stack, service, pin, 1)

        answers = await asyncio.gather(*(mentor.take() for mentor in mentors), return_exceptions=True)

        winners = [mentor for mentor, answer in zip(mentors, answers, strict=True) if isinstance(answer, str)]
        refusals = [str(answer) for answer in answers if isinstance(answer, RefusedError)]
        assert len(winners) == 1
        assert refusals == ["nobody_waiting"] * 49
        await visitor.until_talking()
        await winners[0].until_talking()
        await visitor.say("hej")
        assert await winners[0].next_text() == "hej"
        await visitor.end()


async def test_whoever_came_first_meets_the_first_mentor(make_service, pin):
    service = make_service()
    async with AsyncExitStack() as stack:
        mentors = await mentors_on_duty(stack, service, 3)
        visitors = await visitors_waiting(stack, service, pin, 3)

        taken = [await mentor.take() for mentor in mentors]

        assert taken == [visitor.identity.conversation for visitor in visitors]
        for visitor in visitors:
            await visitor.end()


async def test_a_lost_mentor_leaves_the_visitor_first_in_line_and_the_next_one_takes_over(make_service, pin):
    service = make_service(mentor_grace_s=1)
    async with AsyncExitStack() as stack:
        first, second = await mentors_on_duty(stack, service, 2)
        visitor, later = await visitors_waiting(stack, service, pin, 2)
        await first.take()
        await visitor.until_talking()
        await visitor.say("till den första")
        assert await first.next_text() == "till den första"

        first.cut(stay_away=True)

        await visitor.until(lambda: visitor.phase == "away")
        await visitor.until(lambda: visitor.phase == "waiting")
        assert visitor.place == 1
        await later.until(lambda: later.place == 2)
        await second.take()
        await visitor.until_talking()
        assert await second.next_text() == "till den första"
        await second.say("nu är jag här")
        assert await visitor.next_text() == "nu är jag här"
        await visitor.end()


async def test_a_visitor_who_is_lost_in_the_queue_frees_her_place(make_service, pin):
    service = make_service(visitor_grace_s=1)
    async with AsyncExitStack() as stack:
        await mentors_on_duty(stack, service, 1)
        lost, patient = await visitors_waiting(stack, service, pin, 2)

        lost.cut(stay_away=True)

        await patient.until(lambda: patient.place == 1)


async def test_a_mentors_page_that_is_reloaded_while_the_service_dies_comes_back(make_service, pin):
    service = make_service(settle_s=0.2)
    async with AsyncExitStack() as stack:
        [pair] = await pairs_talking(stack, service, pin, 1)
        for text in ("ett", "två", "tre"):
            await pair.mentor.say(text)
        assert await hear(pair.visitor, 3) == ["ett", "två", "tre"]

        pair.mentor.reload()
        await asyncio.to_thread(service.restart)

        await asyncio.gather(pair.visitor.until_talking(), pair.mentor.until_talking())
        await pair.mentor.say("fyra")
        assert await hear(pair.visitor, 1) == ["fyra"]
        assert pair.visitor.seat.alarms == []
