"""How many conversations began lately: counts only, forgotten after minutes. Adapter: live/starts.py."""

from dataclasses import dataclass
from typing import Protocol

from chatservice.ports.blocks import Origin


@dataclass(frozen=True, slots=True)
class StartCounts:
    """How many began in the last minute altogether, and in the last ten from one home (0 when that is nobody's own)."""

    altogether: int
    from_one: int


class Starts(Protocol):
    """Counts beginnings. No address is held, only what is hashed from one, and that for twenty minutes at most."""

    async def note(self, origin: Origin) -> StartCounts:
        """Count one more from there; return the counts, this one included."""
        ...
