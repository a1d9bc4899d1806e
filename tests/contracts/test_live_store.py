"""What every live store keeps to. Each adapter that exists is run through all of it."""

import asyncio

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.seat import MentorSeat, Side, seat_of_mentor
from chatservice.errors import (
    AlreadyTalkingError,
    ConflictError,
    FullError,
    GapError,
    NobodyWaitingError,
    UnknownConversationError,
    WrongEpochError,
)
from chatservice.ports import QUEUE_TOPIC, Overdue, Pulse, seat_topic
from tests.live_builders import KEY_ID, draft, has_rung, seat_in, waiting_conversation

MENTOR = seat_of_mentor("a", MentorSeat(7, KEY_ID, 1))
GRACE = {"visitor_grace_s": 60, "mentor_grace_s": 120, "silence_s": 600}


async def opened(live, *names):
    for number, name in enumerate(names):
        await live.open(waiting_conversation(name, since_ms=number + 1), queue_cap=100)


async def talk(live, name="a"):
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    await live.post(seat_in(name), draft(0, epoch=1, kind="grant"))


async def test_a_full_queue_takes_nobody_more(live):
    await live.open(waiting_conversation("a"), queue_cap=1)

    with pytest.raises(FullError):
        await live.open(waiting_conversation("b"), queue_cap=1)

    assert await live.find("b") is None


async def test_an_empty_queue_gives_nobody(live):
    with pytest.raises(NobodyWaitingError):
        await live.take_oldest(account_id=7, key_id=KEY_ID)


async def test_a_mentor_with_a_seat_takes_nobody_else(live):
    await opened(live, "a", "b")
    await live.take_oldest(account_id=7, key_id=KEY_ID)

    for account_id, key_id in ((7, "another key"), (8, KEY_ID)):
        with pytest.raises(AlreadyTalkingError):
            await live.take_oldest(account_id=account_id, key_id=key_id)

    assert await live.waiting_count() == 1


async def test_fifty_mentors_racing_for_one_visitor_give_one_winner(live):
    await opened(live, "a")

    async def race(number):
        return await live.take_oldest(account_id=number, key_id=f"key {number}")

    results = await asyncio.gather(*(race(number) for number in range(50)), return_exceptions=True)

    winners = [result for result in results if not isinstance(result, BaseException)]
    assert len(winners) == 1
    assert sum(isinstance(result, NobodyWaitingError) for result in results) == 49


async def test_whoever_came_first_is_taken_first(live):
    await opened(live, "c", "a", "b")

    order = [(await live.take_oldest(account_id=n, key_id=f"key {n}")).id for n in range(3)]

    assert order == ["c", "a", "b"]


async def test_a_clock_set_back_lets_nobody_pass_the_line(live):
    await live.open(waiting_conversation("first", since_ms=5_000), queue_cap=9)
    await live.open(waiting_conversation("second", since_ms=1), queue_cap=9)

    assert (await live.take_oldest(account_id=7, key_id=KEY_ID)).id == "first"


async def test_two_in_the_same_millisecond_keep_the_order_of_their_coming(live):
    for name in ("b", "a"):
        await live.open(waiting_conversation(name, since_ms=5_000), queue_cap=9)

    assert (await live.take_oldest(account_id=7, key_id=KEY_ID)).id == "b"


async def test_a_visitor_whose_mentor_is_lost_stands_first_in_line(live):
    await opened(live, "a", "b", "c")
    await live.take_oldest(account_id=7, key_id=KEY_ID)

    await live.change("a", rules.release)

    view = await live.view("a")
    assert (view.phase, view.place) == (Phase.WAITING, 1)
    assert await live.seated(account_id=7, key_id=KEY_ID) is None


async def test_unknown_conversations_are_refused_everywhere(live):
    for attempt in (
        live.post(seat_in("x"), draft(0)),
        live.note_received(seat_in("x"), "visitor", 1),
        live.arrive(seat_in("x"), "socket"),
        live.change("x", rules.release),
    ):
        with pytest.raises(UnknownConversationError):
            await attempt
    assert await live.view("x") is None
    assert await live.envelopes_after("x", 0, limit=9) == ()
    assert await live.have(seat_in("x")) == 0
    await live.depart(seat_in("x"), "socket")
    await live.erase("x", EndedBy.VISITOR)
    assert await live.ended_by("x") is None


async def test_an_envelope_is_kept_once_however_often_it_comes(live):
    await opened(live, "a")

    assert [await live.post(seat_in(), draft(0)) for _ in range(3)] == [True, False, False]

    assert [entry.body for entry in await live.envelopes_after("a", 0, limit=9)] == ["sealed 0"]


@pytest.mark.parametrize(
    "other", [draft(0, body="other bytes"), draft(0, epoch=1, kind="grant"), draft(0, kind="grant")]
)
async def test_the_same_number_with_other_bytes_is_a_conflict(live, other):
    await opened(live, "a")
    await live.post(seat_in(), draft(0))

    with pytest.raises(ConflictError):
        await live.post(seat_in(), other)


async def test_a_gap_is_refused_with_the_number_expected(live):
    await opened(live, "a")
    await live.post(seat_in(), draft(0))

    with pytest.raises(GapError) as refusal:
        await live.post(seat_in(), draft(2))

    assert refusal.value.detail == {"expected": 1}


async def test_a_refused_envelope_leaves_no_trace(live):
    await opened(live, "a")

    with pytest.raises(WrongEpochError):
        await live.post(seat_in(), draft(0, epoch=3))

    assert await live.have(seat_in()) == 0


async def test_the_log_answers_after_any_position_in_order(live):
    await opened(live, "a")
    await live.post(seat_in(), draft(0))
    await talk_after_one_message(live)
    await live.post(MENTOR, draft(0, epoch=1, kind="offer"))

    log = await live.envelopes_after("a", 0, limit=9)

    assert [(entry.position, entry.sender, entry.sequence) for entry in log] == [
        (1, "visitor", 0),
        (2, "visitor", 1),
        (3, MENTOR.sender, 0),
    ]
    assert list(await live.envelopes_after("a", 1, limit=1)) == [log[1]]
    assert list(await live.envelopes_after("a", 3, limit=9)) == []


async def talk_after_one_message(live):
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    await live.post(seat_in(), draft(1, epoch=1, kind="grant"))


async def test_receipts_never_promise_more_than_there_is_nor_go_back(live):
    await opened(live, "a")
    await talk(live)

    await live.note_received(MENTOR, "mentor:AAAAAAAAAAAAAAAAAAAAAA", 5)
    await live.note_received(MENTOR, "visitor", 1)
    assert (await live.view("a")).received == {"visitor": 1}
    await live.note_received(MENTOR, "visitor", 0)
    await live.note_received(MENTOR, MENTOR.sender, 1)
    assert (await live.view("a")).received == {"visitor": 1}


async def test_erasure_forgets_everything_but_who_ended_it(live):
    await opened(live, "a")
    await talk(live)

    await live.erase("a", EndedBy.MENTOR)

    assert await live.find("a") is None
    assert await live.envelopes_after("a", 0, limit=9) == ()
    assert await live.seated(account_id=7, key_id=KEY_ID) is None
    assert await live.waiting_count() == 0
    assert await live.ended_by("a") is EndedBy.MENTOR


async def test_even_who_ended_it_is_forgotten_in_time(live, clock):
    await opened(live, "a")
    await live.erase("a", EndedBy.VISITOR)

    clock.pass_time(31 * 60)
    await live.overdue(**GRACE)

    assert await live.ended_by("a") is None


async def test_the_newest_connection_speaks_for_a_seat(live):
    await opened(live, "a")
    await live.arrive(seat_in(), "old tab")
    await live.arrive(seat_in(), "new tab")

    await live.depart(seat_in(), "old tab")
    assert (await live.view("a")).presence[Side.VISITOR].connection == "new tab"
    await live.depart(seat_in(), "new tab")
    assert (await live.view("a")).presence[Side.VISITOR].connection is None


async def test_empty_seats_are_overdue_after_their_own_time(live, clock):
    await opened(live, "a", "b")
    await live.take_oldest(account_id=7, key_id=KEY_ID)
    assert await live.overdue(**GRACE) == []

    clock.pass_time(60)
    assert await live.overdue(**GRACE) == [Overdue("b", Side.VISITOR)]
    clock.pass_time(60)
    assert set(await live.overdue(**GRACE)) == {Overdue("b", Side.VISITOR), Overdue("a", Side.MENTOR)}
    clock.pass_time(480)
    assert Overdue("a", Side.VISITOR) in await live.overdue(**GRACE)


async def test_a_connected_seat_is_never_overdue(live, clock):
    await opened(live, "a")
    await live.arrive(seat_in(), "tab")

    clock.pass_time(10_000)

    assert await live.overdue(**GRACE) == []


async def test_a_ticket_brings_back_what_was_forgotten_and_an_older_one_changes_nothing(live):
    newer = rules.take(waiting_conversation(), account_id=7, key_id=KEY_ID)
    older = waiting_conversation()

    assert await live.restore(newer) == newer
    assert await live.restore(older) == newer
    assert await live.seated(account_id=99, key_id=KEY_ID) == "a"
    assert await live.seated(account_id=7, key_id=None) == "a"
    assert await live.waiting_count() == 0


async def test_a_mentor_is_given_the_next_visitor_who_did_not_ask_to_be_spared_her(live):
    await opened(live, "a", "b")
    await talk(live)
    await live.change("a", rules.ask_for_another)

    assert (await live.take_oldest(account_id=7, key_id=KEY_ID)).id == "b"
    assert (await live.take_oldest(account_id=8, key_id="another key")).id == "a"


async def test_a_spared_mentor_with_nobody_else_in_line_finds_nobody(live):
    await opened(live, "a")
    await talk(live)
    await live.change("a", rules.ask_for_another)

    with pytest.raises(NobodyWaitingError):
        await live.take_oldest(account_id=7, key_id=KEY_ID)


async def test_a_pulse_reaches_the_other_seat_and_goes_with_the_connection(live, clock):
    await opened(live, "a")
    await live.arrive(seat_in(), "tab")
    bell = live.listen(seat_topic("a", Side.MENTOR))
    clock.pass_time(5)

    await live.pulse(seat_in(), Pulse(typing=True, visible=False))

    await asyncio.wait_for(bell.wait(), 20)
    presence = (await live.view("a")).presence[Side.VISITOR]
    assert (presence.pulse, presence.changed_s) == (Pulse(typing=True, visible=False), clock.monotonic_s())
    await live.depart(seat_in(), "tab")
    assert (await live.view("a")).presence[Side.VISITOR].pulse == Pulse()


async def test_typing_alone_does_not_count_as_turning_to_another_page(live, clock):
    await opened(live, "a")
    await live.arrive(seat_in(), "tab")
    came_s = clock.monotonic_s()
    clock.pass_time(5)

    await live.pulse(seat_in(), Pulse(typing=True))

    assert (await live.view("a")).presence[Side.VISITOR].changed_s == came_s


async def test_a_pulse_for_an_unknown_conversation_is_refused(live):
    with pytest.raises(UnknownConversationError):
        await live.pulse(seat_in("x"), Pulse())


async def test_waits_are_kept_for_the_evening_with_the_place_they_began_at(live, clock):
    now_ms = int(clock.now().timestamp() * 1000)
    for number, name in enumerate("ab"):
        await live.open(waiting_conversation(name, since_ms=now_ms + number), queue_cap=9)
    clock.pass_time(60)
    for number in range(2):
        await live.take_oldest(account_id=number, key_id=f"key {number}")

    assert [(wait.place, round(wait.waited_s)) for wait in await live.waits()] == [(1, 60), (2, 60)]
    clock.pass_time(13 * 3600)
    assert list(await live.waits()) == []


async def test_a_visitor_who_waits_a_second_time_is_counted_once(live):
    await opened(live, "a")
    await talk(live)
    await live.change("a", rules.release)
    await live.take_oldest(account_id=7, key_id=KEY_ID)

    assert len(await live.waits()) == 1


async def test_duty_counts_only_those_who_are_on_and_connected(live):
    for account_id, state, connected in (
        (1, DutyState.ON, True),
        (2, DutyState.ON, False),
        (3, DutyState.PAUSED, True),
        (4, DutyState.OFF, True),
    ):
        await live.set_duty(account_id, state)
        if connected:
            await live.mentor_arrives(account_id, f"socket {account_id}")

    assert await live.duty_count() == 1
    assert await live.on_duty() == [1]
    assert await live.duty_of(3) is DutyState.PAUSED
    assert await live.duty_of(99) is DutyState.OFF


async def test_an_old_tab_that_closes_takes_nobody_off_duty(live):
    await live.set_duty(1, DutyState.ON)
    await live.mentor_arrives(1, "old tab")
    await live.mentor_arrives(1, "new tab")

    await live.mentor_departs(1, "old tab")
    assert (await live.duty_count(), await live.mentor_connection(1)) == (1, "new tab")
    await live.mentor_departs(1, "new tab")
    assert (await live.duty_count(), await live.mentor_connection(1)) == (0, None)


async def test_the_queue_is_shown_oldest_first_and_bounded(live):
    await opened(live, "a", "b", "c")

    view = await live.queue_view(limit=2)

    assert (view.count, view.since_ms) == (3, (1, 2))


async def test_a_bell_rings_for_what_it_follows_and_nothing_else(live):
    await opened(live, "a")
    mine = live.listen(seat_topic("a", Side.MENTOR))
    foreign = live.listen(seat_topic("b", Side.MENTOR))
    queue = live.listen(QUEUE_TOPIC)
    for bell in (mine, foreign, queue):
        await has_rung(live, bell)  # a bell may ring when it is hung

    await live.post(seat_in(), draft(0))

    assert [await has_rung(live, bell) for bell in (mine, foreign, queue)] == [True, False, False]


async def test_many_rings_count_as_one_and_a_closed_bell_is_silent(live):
    await opened(live, "a")
    bell = live.listen(seat_topic("a", Side.MENTOR))
    for number in range(3):
        await live.post(seat_in(), draft(number))

    assert [await has_rung(live, bell) for _ in range(2)] == [True, False]
    bell.close()
    await live.post(seat_in(), draft(3))

    assert not await has_rung(live, bell)


async def test_waiting_visitors_can_be_rung_from_the_head(live):
    await opened(live, "a", "b")
    bells = [live.listen(seat_topic(name, Side.VISITOR)) for name in "ab"]
    for bell in bells:
        await has_rung(live, bell)  # a bell may ring when it is hung

    await live.ring_waiting(1)

    assert [await has_rung(live, bell) for bell in bells] == [True, False]


async def test_each_life_of_a_store_has_its_own_name(open_store, clock):
    async with open_store(clock, None) as first, open_store(clock, None) as second:
        assert first.incarnation != second.incarnation
