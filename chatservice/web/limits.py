"""Bounds on how fast and how much: a seat that sends faster than a person types is read more slowly.

Nothing is thrown away and nobody is told off: after a long silence a browser may bring many envelopes at once.
"""

from chatservice.ports import Clock


class Allowance:
    """A token bucket: `burst` frames at once, then `rate_per_s` frames a second."""

    __slots__ = ("_burst", "_clock", "_left", "_rate_per_s", "spent_s")

    def __init__(self, clock: Clock, *, rate_per_s: float, burst: float) -> None:
        self._clock = clock
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._left = burst
        self.spent_s = clock.monotonic_s()
        """When something was spent last."""

    def spend(self) -> float:
        """Take one frame from the allowance; return how many seconds to wait before the next is read."""
        now_s = self._clock.monotonic_s()
        left = self._left + (now_s - self.spent_s) * self._rate_per_s
        left = (self._burst if left > self._burst else left) - 1
        self._left = left
        self.spent_s = now_s
        return 0.0 if left >= 0 else -left / self._rate_per_s
