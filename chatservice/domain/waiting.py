"""How long the wait usually is, said honestly: from today's real waiting times or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 3
"""With fewer visitors taken today we do not know how the evening is."""

_STEP_MIN = 5


@dataclass(frozen=True, slots=True)
class Wait:
    """One visitor's wait: the place she had when she came (from 1), and how long it took until a mentor came."""

    place: int
    waited_s: float


def expected_wait(waits: Sequence[Wait], place: int) -> tuple[int, int] | None:
    """Return the usual wait for a place as a range in whole minutes, or None when too little is known.

    Each earlier wait counts as time per place. The range goes from the first quartile to the 90th percentile, so that
    nine of ten wait no longer than it says; it is widened to steps of five minutes, because a narrow promise is a
    promise broken. The lower end may be 0, the upper is at least 5 and always higher.
    """
    if len(waits) < FEWEST:
        return None
    per_place_s = sorted(wait.waited_s / wait.place for wait in waits)
    low_min = per_place_s[len(per_place_s) // 4] * place / 60
    high_min = per_place_s[min(len(per_place_s) - 1, len(per_place_s) * 9 // 10)] * place / 60
    low = int(low_min // _STEP_MIN) * _STEP_MIN
    high = -int(-high_min // _STEP_MIN) * _STEP_MIN
    return low, max(high, low + _STEP_MIN)
