"""Noting what staff did, and forgetting it after 90 days. Never content: there is no field for any."""

from chatservice.domain.audit import KEPT_FOR, Act, Entry
from chatservice.ports import AuditLog, Clock


async def note(
    log: AuditLog, clock: Clock, account_id: int | None, act: Act, about: int | None = None
) -> None:
    """Note an act of somebody's (None: the command line's), and whose account it was about."""
    await log.add(Entry(clock.now(), account_id, act, about))


async def forget_old_entries(log: AuditLog, clock: Clock) -> int:
    """Erase the entries that are older than `KEPT_FOR`; return how many they were."""
    return await log.remove_before(clock.now() - KEPT_FOR)
