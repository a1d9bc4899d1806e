"""A mentor needs to talk: the coordinator is told who and which day, and ticks it off. Nothing else is held.

What nobody ticks off is forgotten in time (domain/retention.py).
"""

from chatservice.domain.audit import Act
from chatservice.domain.letter import received_day
from chatservice.ports import Clock, Records, TalkRequests
from chatservice.usecases.auditing import note


async def ask_to_talk(requests: TalkRequests, clock: Clock, account_id: int) -> None:
    """Let the coordinator know that a mentor needs to talk; asking again is still one wish."""
    await requests.keep(account_id, received_day(clock.now()))


async def meet_wish(records: Records, clock: Clock, account_id: int, *, by: int) -> bool:
    """Tick off a mentor's wish; False when there is none any more."""
    met = await records.talk_requests.remove(account_id)
    if met:
        await note(records.audit_log, clock, by, Act.TALK_WISH_MET, account_id)
    return met
