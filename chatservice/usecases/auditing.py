"""Noting what staff did. Never content: there is no field for any. How long it is kept: domain/retention.py."""

from chatservice.domain.audit import Act, Entry
from chatservice.ports import AuditLog, Clock


async def note(
    log: AuditLog, clock: Clock, account_id: int | None, act: Act, about: int | None = None
) -> None:
    """Note an act of somebody's (None: the command line's), and whose account it was about."""
    await log.add(Entry(clock.now(), account_id, act, about))
