"""Which of the sessions behind open sockets live: asked a few at a time, because thousands may be open.

When a session is over stands in `accounts.py`; who asks, and how often, in `web/session_watch.py`.
"""

from collections.abc import Collection

from chatservice.usecases.accounts import TOUCH_EVERY, StaffDesk, is_over


async def living(desk: StaffDesk, session_ids: Collection[str]) -> frozenset[str]:
    """Return which of some sessions live, and count it as activity: who has a conversation open is not idle."""
    now = desk.clock.now()
    held = [each for each in await desk.records.sessions.held(session_ids) if not is_over(desk, each, now)]
    used = [session.id for session in held if now - session.seen_at >= TOUCH_EVERY]
    if used:
        await desk.records.sessions.touch(used, now)
    alive = frozenset(session.id for session in held)
    for session_id in session_ids:
        if session_id not in alive:
            desk.by_heart.forget(session_id)
    return alive


def know_only(desk: StaffDesk, session_ids: Collection[str]) -> None:
    """Know by heart these sessions and no others: they have sockets open, and lived when somebody asked last."""
    desk.by_heart.keep_only(session_ids, desk.clock.now())
