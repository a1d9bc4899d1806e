"""What a mentor does around the conversation: goes on duty, takes the next visitor, comes back to her seat."""

import contextlib
from collections.abc import Collection

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation
from chatservice.domain.duty import DutyState
from chatservice.domain.seat import Seat, Side, seat_of_mentor
from chatservice.domain.statistics import Outcome, outcome_name
from chatservice.errors import (
    NotClearedError,
    NotOnDutyError,
    OutOfTurnError,
    TicketError,
    UnknownConversationError,
)
from chatservice.ports import Clock, LiveStore, Settling, Tally, now_ms
from chatservice.usecases.tickets import TicketBook


async def set_duty(live: LiveStore, account_id: int, state: DutyState, *, missing: tuple[str, ...]) -> None:
    """Change a mentor's duty. Raises `NotClearedError` for going on duty while something is missing.

    Who leaves duty takes nothing over either.
    """
    if state is DutyState.ON and missing:
        raise NotClearedError(missing)
    await live.set_duty(account_id, state)
    if state is not DutyState.ON:
        with contextlib.suppress(OutOfTurnError, UnknownConversationError):
            await turn_down(live, account_id)


async def turn_down(live: LiveStore, account_id: int) -> None:
    """Say no to a conversation that a colleague wants to hand over.

    Raises `OutOfTurnError` when nobody asked, `UnknownConversationError` when it has just ended.
    """
    asked = await live.asked(account_id)
    if asked is None:
        raise OutOfTurnError
    await live.change(asked.id, lambda held: rules.turn_down(held, account_id=account_id))


async def question_for(live: LiveStore, account_id: int) -> tuple[Conversation, str] | None:
    """Return what a mentor is asked to take over, and the alias of the colleague who asks, or None."""
    asked = await live.asked(account_id)
    if asked is None:
        return None
    account = asked.mentor.account_id if asked.mentor else None
    colleague = await live.colleague(account) if account is not None else None
    return asked, colleague.alias if colleague else ""


async def note_outcome(live: LiveStore, tally: Tally, account_id: int, ticks: Collection[Outcome]) -> None:
    """Count how a mentor's latest conversation went, tied to nobody. Raises `OutOfTurnError` when there is none."""
    if not await live.settle_outcome(account_id):
        raise OutOfTurnError
    for tick in set(ticks):
        tally.count(outcome_name(tick))


async def take_next(
    live: LiveStore, settling: Settling, *, account_id: int, key_id: str | None, missing: tuple[str, ...]
) -> Conversation:
    """Take whoever has waited longest; atomic, so that one visitor meets one mentor.

    Raises `NotClearedError`, `NotOnDutyError`, `AlreadyTalkingError` or `NobodyWaitingError`.
    """
    if missing or key_id is None:
        raise NotClearedError(missing)
    if await live.duty_of(account_id) is not DutyState.ON:
        raise NotOnDutyError
    await settling.settled()
    return await live.take_oldest(account_id=account_id, key_id=key_id)


async def return_to_seat(
    live: LiveStore,
    tickets: TicketBook,
    clock: Clock,
    *,
    account_id: int,
    key_id: str | None,
    ticket: str | None,
) -> Seat | None:
    """Give a mentor her seat back, by what we hold or by her ticket; None when there is nothing to come back to.

    Coming back to a seat is being on duty: the server may have forgotten that she was.
    """
    conversation_id = await live.seated(account_id=account_id, key_id=key_id)
    if conversation_id is None and ticket is not None and key_id is not None:
        conversation_id = await _restore(live, tickets, clock, account_id, key_id, ticket)
    if conversation_id is None or key_id is None:
        return None
    try:
        conversation = await live.change(
            conversation_id, lambda held: rules.reclaim(held, account_id=account_id, key_id=key_id)
        )
    except (OutOfTurnError, UnknownConversationError):
        return None
    if await live.duty_of(account_id) is DutyState.OFF:
        await live.set_duty(account_id, DutyState.ON)
    return seat_of_mentor(conversation.id, conversation.mentor) if conversation.mentor else None


async def _restore(
    live: LiveStore, tickets: TicketBook, clock: Clock, account_id: int, key_id: str, ticket: str
) -> str | None:
    try:
        restored = tickets.read(ticket, Side.MENTOR, now_ms=now_ms(clock))
    except TicketError:
        return None
    mentor = restored.mentor
    if mentor is None or mentor.key_id != key_id or mentor.account_id != account_id:
        return None
    if await live.ended_by(restored.id) is not None:
        return None
    held = await live.find(restored.id)
    if held is not None and held.mentor is None:
        # She was gone beyond the grace time and the visitor waits for somebody else.
        return None
    return (await live.restore(restored)).id
