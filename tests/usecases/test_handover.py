"""Handing a conversation over: the visitor agrees, the colleague comes or does not."""

import pytest

from chatservice.domain.duty import DutyState
from chatservice.errors import ColleagueAwayError, OutOfTurnError
from chatservice.live.memory import MemoryLiveStore
from chatservice.ports import Colleague
from chatservice.usecases import mentoring, visiting
from tests.live_builders import KEY_ID, OTHER_KEY_ID, HandClock, draft, seat_in, waiting_conversation


@pytest.fixture
async def live():
    """Give a store in which Anna (7) talks and Bo (8) is free."""
    live = MemoryLiveStore(HandClock())
    for account_id, key_id, alias in ((7, KEY_ID, "Exempel Ett"), (8, OTHER_KEY_ID, "Exempel Två")):
        await live.mentor_arrives(account_id, f"socket {account_id}", Colleague(key_id, alias))
        await mentoring.set_duty(live, account_id, DutyState.ON, missing=())
    await live.open(waiting_conversation("a"), queue_cap=9)
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    await live.post(seat_in("a"), draft(0, epoch=1, kind="grant"))
    return live


async def agree(live):
    await visiting.agree_to_handover(live, seat_in("a"), key_id=OTHER_KEY_ID)


async def test_agreeing_to_a_colleague_who_has_left_is_refused(live):
    await mentoring.set_duty(live, 8, DutyState.OFF, missing=())

    with pytest.raises(ColleagueAwayError):
        await agree(live)


async def test_nobody_turns_down_what_she_was_not_asked(live):
    assert await mentoring.question_for(live, 8) is None

    with pytest.raises(OutOfTurnError):
        await mentoring.turn_down(live, 8)


async def test_the_colleague_is_asked_by_name_and_may_say_no(live):
    await agree(live)
    question = await mentoring.question_for(live, 8)

    await mentoring.turn_down(live, 8)

    assert question is not None
    assert (question[0].id, question[1]) == ("a", "Exempel Ett")
    assert await mentoring.question_for(live, 8) is None


async def test_a_colleague_who_pauses_takes_nothing_over(live):
    await agree(live)

    await mentoring.set_duty(live, 8, DutyState.PAUSED, missing=())

    assert await live.asked(8) is None


async def test_a_question_from_a_mentor_whose_page_is_gone_names_nobody(live):
    await agree(live)

    await live.mentor_departs(7, "socket 7")

    question = await mentoring.question_for(live, 8)
    assert question is not None
    assert question[1] == ""
