"""What the live store counts and how long it says something has lasted."""

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation, EndedBy
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import Draft
from chatservice.domain.seat import visitor_seat
from chatservice.domain.statistics import Outcome
from chatservice.errors import OutOfTurnError
from chatservice.ports import now_ms
from chatservice.usecases.mentoring import note_outcome
from tests.live_builders import KEY_ID, OTHER_KEY_ID

MENTOR, COLLEAGUE = 7, 8


class Names:
    """A tally that only remembers."""

    def __init__(self):
        self.counted = []

    def count(self, name):
        self.counted.append(name)


@pytest.fixture
def names():
    return Names()


@pytest.fixture
async def live(open_store, clock, names):
    async with open_store(clock, names) as store:
        yield store


async def open_one(live, clock, conversation_id="c"):
    await live.open(Conversation(conversation_id, b"", now_ms(clock), "share"), queue_cap=9)


async def talk(live, account_id=MENTOR, key_id=KEY_ID):
    conversation = await live.take_oldest(account_id=account_id, key_id=key_id)
    seat = visitor_seat(conversation.id)
    await live.post(seat, Draft(await live.have(seat), conversation.epoch + 1, "grant", "g"))


async def test_who_leaves_before_anybody_came_is_counted_as_left(live, clock, names):
    await open_one(live, clock)

    await live.erase("c", EndedBy.VISITOR)
    await live.erase("c", EndedBy.VISITOR)

    assert names.counted == ["queued", "left"]


async def test_a_conversation_is_counted_once_however_many_mentors_it_had(live, clock, names):
    await open_one(live, clock)
    clock.pass_time(180)
    await talk(live)
    await live.change("c", rules.ask_for_another)
    clock.pass_time(600)
    await talk(live, COLLEAGUE, OTHER_KEY_ID)
    clock.pass_time(600)

    assert await live.taken_s("c") == 1200
    await live.erase("c", EndedBy.MENTOR)

    assert names.counted == ["queued", "taken", "wait_2_5", "length_15_30"]
    assert await live.taken_s("c") == 0


async def test_who_says_no_to_one_mentor_and_gets_another_is_taken_once(live, clock, names):
    await open_one(live, clock)
    await live.take_oldest(account_id=MENTOR, key_id=KEY_ID)
    await live.change("c", lambda conversation: rules.decline(conversation, 1))

    await live.take_oldest(account_id=COLLEAGUE, key_id=OTHER_KEY_ID)

    assert names.counted == ["queued", "taken", "wait_0_1"]


async def test_who_comes_back_after_a_restart_and_waits_for_a_second_mentor_is_not_counted_again(
    live, clock, names
):
    await live.restore(Conversation("c", b"", now_ms(clock), "share", epoch=1))
    clock.pass_time(3600)

    await live.take_oldest(account_id=MENTOR, key_id=KEY_ID)

    assert names.counted == []


async def test_a_store_without_a_tally_counts_nothing(open_store, clock):
    async with open_store(clock, None) as live:
        await open_one(live, clock)

        await live.erase("c", EndedBy.VISITOR)

        assert await live.waiting_count() == 0


async def test_hours_on_duty_end_with_a_pause_and_with_a_long_absence_but_not_with_a_reload(live, clock):
    assert await live.on_duty_s(MENTOR) == 0
    await live.mentor_arrives(MENTOR, "one")
    await live.set_duty(MENTOR, DutyState.ON)
    clock.pass_time(3600)
    await live.set_duty(MENTOR, DutyState.ON)
    await live.mentor_departs(MENTOR, "one")
    clock.pass_time(599)
    await live.mentor_arrives(MENTOR, "two")
    assert await live.on_duty_s(MENTOR) == 4199

    await live.mentor_departs(MENTOR, "two")
    clock.pass_time(600)
    await live.mentor_arrives(MENTOR, "three")
    assert await live.on_duty_s(MENTOR) == 0

    clock.pass_time(60)
    await live.set_duty(MENTOR, DutyState.PAUSED)
    assert await live.on_duty_s(MENTOR) == 0
    await live.set_duty(MENTOR, DutyState.ON)
    assert await live.on_duty_s(MENTOR) == 0


async def test_an_outcome_can_be_said_once_after_each_conversation_and_never_before(live, clock, names):
    with pytest.raises(OutOfTurnError):
        await note_outcome(live, names, MENTOR, [Outcome.LISTENED])
    await open_one(live, clock)
    await talk(live)
    with pytest.raises(OutOfTurnError):
        await note_outcome(live, names, MENTOR, [Outcome.LISTENED])
    await live.erase("c", EndedBy.MENTOR)
    names.counted.clear()

    await note_outcome(live, names, MENTOR, (Outcome.LISTENED, Outcome.REFERRED, Outcome.LISTENED))
    with pytest.raises(OutOfTurnError):
        await note_outcome(live, names, MENTOR, [Outcome.ABUSE])

    assert sorted(names.counted) == ["outcome_listened", "outcome_referred"]


async def test_who_talks_and_who_has_paused_is_counted_while_it_is_so(live, clock):
    assert (await live.talking_count(), await live.paused_count()) == (0, 0)
    for name in ("c", "d"):
        await open_one(live, clock, name)
    await live.mentor_arrives(COLLEAGUE, "two")
    await live.set_duty(COLLEAGUE, DutyState.PAUSED)
    await live.set_duty(MENTOR, DutyState.PAUSED)  # her page is not there

    await talk(live)
    assert (await live.talking_count(), await live.paused_count()) == (1, 1)

    await live.erase("c", EndedBy.MENTOR)
    await live.mentor_departs(COLLEAGUE, "two")
    assert (await live.talking_count(), await live.paused_count()) == (0, 0)
