"""Whether the clock can be believed: what is kept for so many days must not be erased because a clock was set wrong.

A wall clock that leaves the steady one by more than an hour has jumped. What it says is not used for erasing until it
has run evenly for a day; by then somebody has put it right (which is another jump), or it is right.
"""

from datetime import timedelta
from typing import Final

from chatservice.ports import Clock

JUMP: Final = timedelta(hours=1)
"""Less is a correction by the network's time, or a machine that slept for a moment."""
EVEN_FOR_S: Final = 24 * 3600.0


class ClockJumps:
    """Compares the two clocks each time it is asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._steady_s = clock.now(), clock.monotonic_s()
        self._jumped_at_s: float | None = None

    def look(self) -> timedelta | None:
        """Return by how much the clock has jumped since the last look, or None."""
        wall, steady_s = self._clock.now(), self._clock.monotonic_s()
        jump = wall - self._wall - timedelta(seconds=steady_s - self._steady_s)
        self._wall, self._steady_s = wall, steady_s
        if abs(jump) <= JUMP:
            return None
        self._jumped_at_s = steady_s
        return jump

    def is_even(self) -> bool:
        """Say whether the clock has run evenly for long enough, as far as was looked."""
        return self._jumped_at_s is None or self._steady_s - self._jumped_at_s >= EVEN_FOR_S
