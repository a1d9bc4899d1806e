"""What every live store keeps to when a conversation is handed over: who can be asked, and who sits down when."""

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.seat import MentorSeat, Side, seat_of_mentor
from chatservice.errors import (
    AlreadyTalkingError,
    ColleagueAwayError,
    OutOfTurnError,
    UnknownConversationError,
)
from chatservice.ports import Colleague
from tests.live_builders import KEY_ID, OTHER_KEY_ID, draft, seat_in, waiting_conversation

ANNA, BO = Colleague(KEY_ID, "Exempel Ett"), Colleague(OTHER_KEY_ID, "Exempel Två")
BO_OFFERS = draft(0, epoch=2, kind="offer")
GRANT_TO_BO = draft(1, epoch=2, kind="grant")


async def on_duty(live, account_id, colleague, state=DutyState.ON):
    await live.set_duty(account_id, state)
    await live.mentor_arrives(account_id, f"socket {account_id}", colleague)


async def talking(live):
    """Anna (7) talks in "a"; Bo (8) is free."""
    await on_duty(live, 7, ANNA)
    await on_duty(live, 8, BO)
    await live.open(waiting_conversation("a"), queue_cap=9)
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    await live.arrive(seat_of_mentor("a", MentorSeat(7, KEY_ID, 1)), "socket 7")
    await live.post(seat_in("a"), draft(0, epoch=1, kind="grant"))


async def test_nobody_is_asked_who_is_away_paused_without_a_key_or_talking(live):
    await talking(live)
    await on_duty(live, 9, Colleague("paused", "P"), DutyState.PAUSED)
    await on_duty(live, 10, None)
    await on_duty(live, 11, Colleague("gone", "G"))
    await live.mentor_departs(11, "socket 11")

    for key_id in (KEY_ID, "paused", "gone", "never seen"):
        with pytest.raises(ColleagueAwayError):
            await live.ask_colleague("a", key_id)

    assert list(await live.colleagues(7)) == [BO]
    assert list(await live.colleagues(8)) == []


async def test_who_talks_in_one_browser_is_not_asked_in_another(live):
    await on_duty(live, 7, Colleague("her other browser", "Exempel Ett"))
    await on_duty(live, 8, BO)
    await live.open(waiting_conversation("a"), queue_cap=9)
    before = list(await live.colleagues(8))

    await live.take_oldest(account_id=7, key_id=KEY_ID)
    while_talking = list(await live.colleagues(8))
    await live.erase("a", EndedBy.VISITOR)

    assert while_talking == []
    assert before == list(await live.colleagues(8)) == [Colleague("her other browser", "Exempel Ett")]


async def test_a_conversation_that_nobody_knows_is_not_handed_over(live):
    await talking(live)

    with pytest.raises(UnknownConversationError):
        await live.ask_colleague("b", OTHER_KEY_ID)


async def test_who_is_asked_is_neither_asked_again_nor_takes_somebody_else(live):
    await talking(live)
    await live.open(waiting_conversation("b", since_ms=2), queue_cap=9)

    await live.ask_colleague("a", OTHER_KEY_ID)

    with pytest.raises(ColleagueAwayError):
        await live.ask_colleague("a", OTHER_KEY_ID)
    with pytest.raises(AlreadyTalkingError):
        await live.take_oldest(account_id=8, key_id=OTHER_KEY_ID)
    assert (await live.asked(8)).id == "a"
    assert await live.asked(7) is None


async def test_the_grant_seats_the_colleague_at_once_and_frees_the_former_mentor(live):
    await talking(live)
    asked = await live.ask_colleague("a", OTHER_KEY_ID)

    await live.post(seat_of_mentor("a", asked.next), BO_OFFERS)
    await live.post(seat_in("a"), GRANT_TO_BO)

    view = await live.view("a")
    assert (view.phase, view.conversation.mentor) == (Phase.TALKING, MentorSeat(8, OTHER_KEY_ID, 2))
    assert view.presence[Side.MENTOR].connection == "socket 8"
    assert await live.seated(account_id=8, key_id=None) == "a"
    assert await live.seated(account_id=7, key_id=KEY_ID) is None
    assert list(await live.colleagues(8)) == [ANNA]
    with pytest.raises(OutOfTurnError):
        await live.post(seat_of_mentor("a", MentorSeat(7, KEY_ID, 1)), draft(0, epoch=1))


@pytest.mark.parametrize("by", ["leaving", "turning it down", "the visitor's refusal"])
async def test_a_colleague_who_does_not_come_leaves_the_conversation_where_it_is(live, by):
    await talking(live)
    await live.ask_colleague("a", OTHER_KEY_ID)

    if by == "leaving":
        await live.mentor_departs(8, "an older socket")
        assert await live.asked(8) is not None
        await live.mentor_departs(8, "socket 8")
    elif by == "turning it down":
        await live.change("a", lambda held: rules.turn_down(held, account_id=8))
    else:
        await live.change("a", lambda held: rules.decline(held, 2))

    view = await live.view("a")
    assert (view.phase, view.conversation.mentor, view.conversation.next) == (
        Phase.TALKING,
        MentorSeat(7, KEY_ID, 1),
        None,
    )
    assert await live.asked(8) is None


@pytest.mark.parametrize("end", ["erase", "release"])
async def test_nobody_stays_asked_when_the_conversation_or_its_mentor_is_gone(live, end):
    await talking(live)
    await live.ask_colleague("a", OTHER_KEY_ID)

    if end == "erase":
        await live.erase("a", EndedBy.VISITOR)
    else:
        await live.change("a", rules.release)

    assert await live.asked(8) is None
    assert BO in await live.colleagues(7)


async def test_a_mentor_is_known_to_colleagues_only_while_she_is_connected(live):
    await on_duty(live, 7, ANNA)
    assert await live.colleague(7) == ANNA

    await live.mentor_departs(7, "socket 7")

    assert await live.colleague(7) is None
    assert await live.colleague(99) is None


async def test_who_takes_over_from_a_lost_mentor_has_her_own_time(live, clock):
    await talking(live)
    await live.arrive(seat_in("a"), "the visitor's page")
    await live.ask_colleague("a", OTHER_KEY_ID)
    await live.mentor_departs(7, "socket 7")
    clock.pass_time(100)
    await live.post(seat_in("a"), GRANT_TO_BO)
    clock.pass_time(100)

    assert await live.overdue(visitor_grace_s=60, mentor_grace_s=120, silence_s=600) == []
