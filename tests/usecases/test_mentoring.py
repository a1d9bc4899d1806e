"""A mentor goes on duty, takes the next visitor and comes back to her seat."""

import asyncio
import secrets

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.seat import Side
from chatservice.errors import NobodyWaitingError, NotClearedError, NotOnDutyError
from chatservice.live.brief import MemorySettling
from chatservice.live.memory import MemoryLiveStore
from chatservice.ports import Pulse
from chatservice.usecases import conversing, housekeeping, mentoring, waiting
from chatservice.usecases.tickets import TicketBook
from tests.live_builders import KEY_ID, OTHER_KEY_ID, HandClock, draft, seat_in, waiting_conversation

TIMES = housekeeping.GraceTimes(visitor_grace_s=60, mentor_grace_s=120, silence_s=600)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def live(clock):
    return MemoryLiveStore(clock)


@pytest.fixture
def tickets():
    return TicketBook(secrets.token_bytes(32))


async def on_duty(live, account_id=7):
    await live.mentor_arrives(account_id, "socket")
    await mentoring.set_duty(live, account_id, DutyState.ON, missing=())


async def take(live, *, account_id=7, key_id: str | None = KEY_ID, missing=()):
    return await mentoring.take_next(
        live, MemorySettling(0), account_id=account_id, key_id=key_id, missing=missing
    )


async def come_back(live, tickets, clock, *, account_id=7, key_id: str | None = KEY_ID, ticket=None):
    return await mentoring.return_to_seat(
        live, tickets, clock, account_id=account_id, key_id=key_id, ticket=ticket
    )


def mentors_ticket(tickets, clock, conversation):
    return tickets.issue(conversation, Side.MENTOR, now_ms=int(clock.now().timestamp() * 1000))


async def test_going_on_duty_is_refused_with_every_missing_item_named(live):
    with pytest.raises(NotClearedError) as refusal:
        await mentoring.set_duty(live, 7, DutyState.ON, missing=("certificate_missing", "account_inactive"))

    assert refusal.value.detail == {"missing": ["certificate_missing", "account_inactive"]}
    assert await live.duty_of(7) is DutyState.OFF


@pytest.mark.parametrize("state", [DutyState.PAUSED, DutyState.OFF])
async def test_pausing_and_going_off_duty_need_no_clearance(live, state):
    await mentoring.set_duty(live, 7, state, missing=("certificate_missing",))

    assert await live.duty_of(7) is state


@pytest.mark.parametrize(("key_id", "missing"), [(None, ()), (KEY_ID, ("certificate_expired",))])
async def test_nobody_is_taken_by_a_mentor_who_is_not_cleared(live, key_id, missing):
    await on_duty(live)
    await live.open(waiting_conversation(), queue_cap=9)

    with pytest.raises(NotClearedError):
        await take(live, key_id=key_id, missing=missing)


async def test_nobody_is_taken_by_a_mentor_who_is_not_on_duty(live):
    await live.open(waiting_conversation(), queue_cap=9)

    for state in (DutyState.OFF, DutyState.PAUSED):
        await live.set_duty(7, state)
        with pytest.raises(NotOnDutyError):
            await take(live)


async def test_fifty_mentors_racing_for_one_visitor_hear_one_yes_and_forty_nine_clear_refusals(live):
    await live.open(waiting_conversation(), queue_cap=9)
    for account_id in range(50):
        await on_duty(live, account_id)

    answers = await asyncio.gather(
        *(take(live, account_id=number, key_id=f"key {number}") for number in range(50)),
        return_exceptions=True,
    )

    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert sum(isinstance(answer, NobodyWaitingError) for answer in answers) == 49


async def test_a_take_waits_until_the_line_has_settled(live):
    await on_duty(live)
    settling = MemorySettling(0.01)
    await settling.begin()
    await settling.begin()
    taking = asyncio.create_task(mentoring.take_next(live, settling, account_id=7, key_id=KEY_ID, missing=()))
    await asyncio.sleep(0)

    await live.open(waiting_conversation("late", since_ms=2), queue_cap=9)
    await live.restore(waiting_conversation("early", since_ms=1))

    assert (await taking).id == "early"


async def test_there_is_no_seat_to_come_back_to_for_a_stranger(live, tickets, clock):
    await live.open(waiting_conversation(), queue_cap=9)

    assert await come_back(live, tickets, clock) is None
    assert await come_back(live, tickets, clock, ticket="AAAA.BBBB") is None
    assert await live.duty_of(7) is DutyState.OFF


async def test_a_mentor_who_reloads_her_page_has_her_seat(live, tickets, clock):
    await live.open(waiting_conversation(), queue_cap=9)
    await on_duty(live)
    await take(live)

    seat = await come_back(live, tickets, clock)

    assert seat is not None
    assert (seat.conversation_id, seat.side) == ("a", Side.MENTOR)


async def test_another_browser_of_the_same_mentor_does_not_get_the_seat(live, tickets, clock):
    await live.open(waiting_conversation(), queue_cap=9)
    await on_duty(live)
    await take(live)

    assert await come_back(live, tickets, clock, key_id=OTHER_KEY_ID) is None
    assert await come_back(live, tickets, clock, key_id=None) is None


async def test_after_a_crash_her_ticket_brings_seat_and_duty_back(live, tickets, clock):
    taken = rules.take(waiting_conversation(), account_id=7, key_id=KEY_ID)

    seat = await come_back(live, tickets, clock, ticket=mentors_ticket(tickets, clock, taken))

    assert seat is not None
    assert await live.duty_of(7) is DutyState.ON


async def test_a_ticket_is_worth_nothing_to_another_account_or_key(live, tickets, clock):
    taken = rules.take(waiting_conversation(), account_id=7, key_id=KEY_ID)
    ticket = mentors_ticket(tickets, clock, taken)

    assert await come_back(live, tickets, clock, account_id=8, ticket=ticket) is None
    assert await come_back(live, tickets, clock, key_id=OTHER_KEY_ID, ticket=ticket) is None
    assert await come_back(live, tickets, clock, key_id=None, ticket=ticket) is None
    waiting = mentors_ticket(tickets, clock, waiting_conversation())
    assert await come_back(live, tickets, clock, ticket=waiting) is None


async def test_a_mentor_who_was_gone_too_long_does_not_come_back_into_the_conversation(live, tickets, clock):
    await live.open(waiting_conversation(), queue_cap=9)
    await live.arrive(seat_in(), "tab")
    await on_duty(live)
    ticket = mentors_ticket(tickets, clock, await take(live))
    await live.mentor_departs(7, "socket")
    clock.pass_time(121)
    await housekeeping.sweep(live, TIMES)

    assert await come_back(live, tickets, clock, ticket=ticket) is None
    assert (await live.view("a")).phase is Phase.WAITING


async def test_what_ended_does_not_come_back_by_ticket(live, tickets, clock):
    await live.open(waiting_conversation(), queue_cap=9)
    await on_duty(live)
    ticket = mentors_ticket(tickets, clock, await take(live))
    await live.erase("a", EndedBy.VISITOR)

    assert await come_back(live, tickets, clock, ticket=ticket) is None


async def test_a_seat_given_to_somebody_else_meanwhile_stays_theirs(live, tickets, clock):
    old = rules.take(waiting_conversation(), account_id=7, key_id=KEY_ID)
    ticket = mentors_ticket(tickets, clock, old)
    await live.open(waiting_conversation(), queue_cap=9)
    await live.take_oldest(account_id=8, key_id=OTHER_KEY_ID)

    assert await come_back(live, tickets, clock, ticket=ticket) is None


async def test_a_lost_visitor_frees_the_place_and_a_lost_pair_is_forgotten(live, clock):
    await live.open(waiting_conversation("a", since_ms=1), queue_cap=9)
    await live.open(waiting_conversation("b", since_ms=2), queue_cap=9)
    await on_duty(live)
    await take(live)
    await live.mentor_departs(7, "socket")

    clock.pass_time(60)
    await housekeeping.sweep(live, TIMES)
    assert await live.find("b") is None
    assert await live.find("a") is not None
    clock.pass_time(600)
    await housekeeping.sweep(live, TIMES)
    assert await live.find("a") is None
    assert await live.ended_by("a") is EndedBy.SILENCE


async def test_a_sign_of_life_reaches_whoever_listens(live):
    await live.open(waiting_conversation(), queue_cap=9)
    await live.arrive(seat_in(), "tab")

    await conversing.send_pulse(live, seat_in(), Pulse(typing=True))

    assert (await live.view("a")).presence[Side.VISITOR].pulse.typing


async def test_the_usual_wait_is_told_by_place_and_to_nobody_who_does_not_wait(live, clock):
    now_ms = int(clock.now().timestamp() * 1000)
    for number in range(4):
        await live.open(waiting_conversation(str(number), since_ms=now_ms + number), queue_cap=9)
    assert await waiting.usual_wait(live, 1) is None
    clock.pass_time(600)
    for number in range(3):
        await on_duty(live, number)
        await take(live, account_id=number, key_id=f"key {number}")

    assert await waiting.usual_wait(live, None) is None
    low, high = await waiting.usual_wait(live, 1) or (0, 0)
    assert low + high > 0
    assert low * 60 <= 600 <= high * 60


async def test_either_side_ends_it_for_both(live):
    for name, side_name in (("a", "visitor"), ("b", "mentor")):
        await live.open(waiting_conversation(name), queue_cap=9)
        await on_duty(live)
        taken = await take(live)
        mentor_seat = await come_back(live, TicketBook(b"x" * 32), HandClock())
        assert mentor_seat is not None
        seat = seat_in(taken.id) if side_name == "visitor" else mentor_seat
        await conversing.post_envelope(live, seat_in(taken.id), draft(0))
        await conversing.note_received(live, mentor_seat, sender="visitor", through=1)

        await conversing.end(live, seat)

        assert await live.find(taken.id) is None
        assert await live.ended_by(taken.id) == EndedBy(side_name)
