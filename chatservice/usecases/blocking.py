"""Blocking against abuse: a mentor ends a conversation and shuts its connection out for a while.

Nobody sees an address, here or anywhere. Knows the live store's blocks as a port; how they are kept stands in
live/blocks.py, how the visitor is told in the visitor's page.
"""

from chatservice.domain.audit import Act
from chatservice.domain.seat import Seat
from chatservice.errors import BlockedError
from chatservice.ports import AuditLog, Block, Clock, LiveStore, Origin
from chatservice.usecases import conversing
from chatservice.usecases.auditing import note


async def admit_origin(live: LiveStore, origin: Origin) -> None:
    """Let a new conversation begin from there. Raises `BlockedError`."""
    if await live.blocks.is_blocked(origin):
        raise BlockedError


async def end_and_block(live: LiveStore, seat: Seat, *, account_id: int, block_s: float) -> Block | None:
    """End a conversation for both and block its visitor's connection; None when the connection is not her own alone."""
    block = await live.blocks.block(seat.conversation_id, account_id=account_id, block_s=block_s)
    await conversing.end(live, seat)
    return block


async def undo_block(live: LiveStore, label: str, *, account_id: int) -> bool:
    """Take back a block that this mentor set; False when there is none."""
    return await live.blocks.lift(label, account_id=account_id)


async def lift_block(live: LiveStore, log: AuditLog, clock: Clock, label: str, *, by: int) -> bool:
    """Lift anybody's block, as a coordinator may; False when there is none any more."""
    lifted = await live.blocks.lift(label)
    if lifted:
        await note(log, clock, by, Act.BLOCK_LIFTED)
    return lifted
