"""A visitor comes, comes back, leaves and declines: refusals first, then what a person meets."""

import dataclasses
import secrets

import pytest

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import EndedBy, Phase
from chatservice.domain.seat import Side
from chatservice.errors import (
    ClosedError,
    EndedError,
    FullError,
    MalformedError,
    NotOwnerError,
    OutOfTurnError,
    UnknownConversationError,
)
from chatservice.live.brief import MemorySettling
from chatservice.live.memory import MemoryLiveStore
from chatservice.usecases import visiting
from chatservice.usecases.tickets import LIFE_S, TicketBook
from tests.live_builders import KEY_ID, HandClock, VisitorKeys, draft

CHALLENGE = secrets.token_bytes(32)


class House:
    """A live store with what `join` needs around it; `restart` forgets everything but the secret."""

    def __init__(self):
        self.clock = HandClock()
        self.tickets = TicketBook(secrets.token_bytes(32))
        self.closed = False
        self.faster = None
        """A page that begins while another one is being let in."""
        self.restart()

    def restart(self):
        self.live = MemoryLiveStore(self.clock)
        self.settling = MemorySettling(0)

    async def join(self, join, *, challenge=CHALLENGE, queue_cap=5):
        return await visiting.join(
            self.live,
            self.tickets,
            self.clock,
            self.settling,
            join,
            challenge=challenge,
            admit=self._admit,
            queue_cap=queue_cap,
        )

    async def ticket(self, conversation_id, side=Side.VISITOR):
        conversation = await self.live.find(conversation_id)
        assert conversation is not None
        return self.tickets.issue(conversation, side, now_ms=int(self.clock.now().timestamp() * 1000))

    async def _admit(self):
        if self.closed:
            raise ClosedError
        if self.faster is not None:
            faster, self.faster = self.faster, None
            await self.join(faster)


@pytest.fixture
def house():
    return House()


@pytest.fixture
def visitor():
    return VisitorKeys()


async def test_nobody_begins_while_the_chat_is_closed(house, visitor):
    house.closed = True

    with pytest.raises(ClosedError):
        await house.join(visitor.join(CHALLENGE))

    assert await house.live.find(visitor.conversation_id) is None


async def test_nobody_begins_when_the_queue_is_full(house, visitor):
    await house.join(VisitorKeys().join(CHALLENGE), queue_cap=1)

    with pytest.raises(FullError):
        await house.join(visitor.join(CHALLENGE), queue_cap=1)


async def test_two_pages_of_one_visitor_that_are_let_in_at_once_share_one_conversation(house, visitor):
    house.faster = visitor.join(CHALLENGE)

    joined = await house.join(visitor.join(CHALLENGE))

    assert not joined.new
    assert await house.live.waiting_count() == 1


async def test_a_page_with_another_token_that_is_let_in_at_once_takes_nothing_over(house, visitor):
    house.faster = visitor.join(CHALLENGE)

    with pytest.raises(NotOwnerError):
        await house.join(dataclasses.replace(visitor.join(CHALLENGE), token=VisitorKeys().token))


async def test_a_proof_for_another_challenge_is_refused(house, visitor):
    with pytest.raises(NotOwnerError):
        await house.join(visitor.join(secrets.token_bytes(32)))


async def test_another_visitors_conversation_is_refused(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    thief = dataclasses.replace(VisitorKeys().join(CHALLENGE), conversation=visitor.conversation_id)

    with pytest.raises(NotOwnerError):
        await house.join(thief)


async def test_a_wrong_token_is_refused_even_with_the_right_key(house, visitor):
    await house.join(visitor.join(CHALLENGE))

    with pytest.raises(NotOwnerError):
        await house.join(dataclasses.replace(visitor.join(CHALLENGE), token=VisitorKeys().token))


@pytest.mark.parametrize("part", ["key", "proof", "conversation"])
def test_what_is_not_base64_or_no_key_is_malformed(house, visitor, part):
    import asyncio

    broken = dataclasses.replace(visitor.join(CHALLENGE), **{part: "AAAA"})

    with pytest.raises((MalformedError, NotOwnerError)):
        asyncio.run(house.join(broken))


async def test_coming_back_to_what_nobody_remembers_is_refused(house, visitor):
    with pytest.raises(UnknownConversationError):
        await house.join(visitor.join(CHALLENGE, returning=True))


async def test_a_conversation_that_ended_says_who_ended_it(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    await house.live.erase(visitor.conversation_id, EndedBy.MENTOR)

    with pytest.raises(EndedError) as ended:
        await house.join(visitor.join(CHALLENGE, returning=True))

    assert ended.value.by == "mentor"


async def test_a_visitor_who_begins_waits_in_line(house, visitor):
    joined = await house.join(visitor.join(CHALLENGE))

    assert joined.new
    assert (await house.live.view(visitor.conversation_id)).place == 1


async def test_a_visitor_who_comes_back_keeps_her_place(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    house.clock.pass_time(5)
    await house.join(VisitorKeys().join(CHALLENGE))

    again = await house.join(visitor.join(CHALLENGE, returning=True))

    assert not again.new
    assert (await house.live.view(visitor.conversation_id)).place == 1


async def test_after_a_crash_tickets_bring_the_line_back_in_its_old_order(house):
    line = [VisitorKeys() for _ in range(3)]
    for one in line:
        await house.join(one.join(CHALLENGE))
        house.clock.pass_time(1)
    tickets = [await house.ticket(one.conversation_id) for one in line]

    house.restart()
    house.closed = True
    for one, ticket in reversed(list(zip(line, tickets, strict=True))):
        await house.join(one.join(CHALLENGE, ticket=ticket, returning=True))

    places = [(await house.live.view(one.conversation_id)).place for one in line]
    assert places == [1, 2, 3]


async def test_after_a_crash_a_seat_ticket_brings_the_mentors_seat_back(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    await house.live.take_oldest(account_id=7, key_id=KEY_ID)
    await house.live.post(visiting.visitor_seat(visitor.conversation_id), draft(0, epoch=1, kind="grant"))
    ticket = await house.ticket(visitor.conversation_id)

    house.restart()
    joined = await house.join(visitor.join(CHALLENGE, ticket=ticket, returning=True))

    mentor = joined.conversation.mentor
    assert joined.conversation.phase is Phase.TALKING
    assert mentor is not None
    assert (mentor.account_id, mentor.key_id) == (None, KEY_ID)


@pytest.mark.parametrize("spoil", ["", "AAAA", "AAAA.BBBB", "å.ä", "{ticket}x", "x{ticket}"])
async def test_a_spoilt_ticket_brings_nothing_back(house, visitor, spoil):
    await house.join(visitor.join(CHALLENGE))
    ticket = spoil.replace("{ticket}", await house.ticket(visitor.conversation_id))
    house.restart()

    with pytest.raises(UnknownConversationError):
        await house.join(visitor.join(CHALLENGE, ticket=ticket, returning=True))


async def test_a_spoilt_ticket_does_not_harm_a_conversation_that_is_here(house, visitor):
    await house.join(visitor.join(CHALLENGE))

    joined = await house.join(visitor.join(CHALLENGE, ticket="AAAA.BBBB", returning=True))

    assert not joined.new


async def test_an_old_ticket_buys_no_place_in_a_later_queue(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    ticket = await house.ticket(visitor.conversation_id)
    house.restart()
    house.clock.pass_time(LIFE_S + 1)

    with pytest.raises(UnknownConversationError):
        await house.join(visitor.join(CHALLENGE, ticket=ticket, returning=True))


async def test_a_mentors_ticket_is_no_use_to_a_visitor(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    await house.live.take_oldest(account_id=7, key_id=KEY_ID)
    ticket = await house.ticket(visitor.conversation_id, Side.MENTOR)
    house.restart()

    with pytest.raises(UnknownConversationError):
        await house.join(visitor.join(CHALLENGE, ticket=ticket, returning=True))


async def test_another_visitors_ticket_is_refused(house, visitor):
    other = VisitorKeys()
    await house.join(other.join(CHALLENGE))
    ticket = await house.ticket(other.conversation_id)

    with pytest.raises(NotOwnerError):
        await house.join(visitor.join(CHALLENGE, ticket=ticket, returning=True))


async def test_the_visitors_ticket_never_names_the_mentors_account(house, visitor):
    await house.join(visitor.join(CHALLENGE))
    await house.live.take_oldest(account_id=424242, key_id=KEY_ID)

    restored = house.tickets.read(
        await house.ticket(visitor.conversation_id),
        Side.VISITOR,
        now_ms=int(house.clock.now().timestamp() * 1000),
    )

    assert restored.mentor is not None
    assert restored.mentor.account_id is None


async def test_leaving_is_for_those_who_wait(house, visitor):
    seat = (await house.join(visitor.join(CHALLENGE))).seat
    await house.live.take_oldest(account_id=7, key_id=KEY_ID)

    with pytest.raises(OutOfTurnError):
        await visiting.leave(house.live, seat)
    await house.live.change(seat.conversation_id, rules.release)
    await visiting.leave(house.live, seat)

    assert await house.live.waiting_count() == 0
    with pytest.raises(UnknownConversationError):
        await visiting.leave(house.live, seat)


async def test_a_declined_mentor_leaves_the_visitor_first_in_line(house, visitor):
    seat = (await house.join(visitor.join(CHALLENGE))).seat
    await house.join(VisitorKeys().join(CHALLENGE))
    await house.live.take_oldest(account_id=7, key_id=KEY_ID)

    await visiting.decline(house.live, seat, epoch=1)

    assert (await house.live.view(seat.conversation_id)).place == 1


async def test_whom_the_visitor_was_spared_is_remembered_by_her_ticket(house, visitor):
    seat = (await house.join(visitor.join(CHALLENGE))).seat
    await house.live.take_oldest(account_id=7, key_id=KEY_ID)
    await visiting.ask_for_another(house.live, seat)
    ticket = await house.ticket(visitor.conversation_id)

    house.restart()
    joined = await house.join(visitor.join(CHALLENGE, ticket=ticket, returning=True))

    assert joined.conversation.avoids == {KEY_ID}


async def test_a_closing_page_ends_its_own_conversation_and_no_other(house, visitor):
    await house.join(visitor.join(CHALLENGE))

    await visiting.leave_at_once(
        house.live, conversation_id=visitor.conversation_id, token=VisitorKeys().token
    )
    assert await house.live.find(visitor.conversation_id) is not None
    await visiting.leave_at_once(house.live, conversation_id="unknown", token=visitor.token)
    await visiting.leave_at_once(house.live, conversation_id=visitor.conversation_id, token=visitor.token)
    assert await house.live.find(visitor.conversation_id) is None
