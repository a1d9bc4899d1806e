"""A mentor needs to talk: the coordinator is told who and which day, and ticks it off. Nothing else is held."""

from datetime import timedelta
from typing import Final

from chatservice.domain.letter import received_day
from chatservice.ports import Clock, TalkRequests

KEPT: Final = timedelta(days=30)


async def ask_to_talk(requests: TalkRequests, clock: Clock, account_id: int) -> None:
    """Let the coordinator know that a mentor needs to talk; asking again is still one wish."""
    await requests.keep(account_id, received_day(clock.now()))


async def forget_old_talk_requests(requests: TalkRequests, clock: Clock) -> None:
    """Forget what nobody ticked off in thirty days."""
    await requests.remove_asked_before(received_day(clock.now()) - KEPT)
