"""Whether somebody who begins a conversation is asked for a little work first, so that scripts cannot take the queue.

Up to a threshold nobody is. Above it, whoever begins has to find a number (domain/work.py), and nobody else does: who
comes back is known by her token or ticket. Nobody is ever turned away here for where she comes from. Knows the counts
as a port; how the question is put stands in web/visitor.py.
"""

import secrets
from typing import Final

from chatservice.domain.work import Task, ceiling_for, hide
from chatservice.ports import LiveStore, Origin, Starts

_SALT_BYTES: Final = 16


async def work_before_starting(
    live: LiveStore, starts: Starts, origin: Origin, *, free: int, queue_cap: int
) -> Task | None:
    """Count somebody who wants to begin; return her task, or None when she may begin as she is."""
    counts = await starts.note(origin)
    ceiling = ceiling_for(
        starts=counts.altogether,
        from_one=counts.from_one,
        waiting=await live.waiting_count(),
        free=free,
        queue_cap=queue_cap,
    )
    if not ceiling:
        return None
    return hide(secrets.randbelow(ceiling), salt=secrets.token_bytes(_SALT_BYTES), ceiling=ceiling)
