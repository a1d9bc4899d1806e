"""How long people waited, as a range: where the middle one and the ninth of ten stand among the steps.

The steps are first laid together, from the shortest on, until each holds five waits; the last one has no end, else it
would tell that nobody waited longer. A range is read from those, so that it never leans on a step with fewer. Knows
steps and counts; nothing finer is held anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from chatservice.domain.small_cells import FEWEST
from chatservice.domain.statistics import WAIT_STEPS_MIN


@dataclass(frozen=True, slots=True)
class WaitRange:
    """From so many minutes up to but not including so many; `high_min` is None for "or more"."""

    low_min: int
    high_min: int | None


@dataclass(frozen=True, slots=True)
class Waits:
    """The middle wait of a stretch of time, and the one at nine of ten."""

    median: WaitRange
    ninetieth: WaitRange


def waits_of(counts: Sequence[int]) -> Waits | None:
    """Read both ranges from counts by step, shortest first; None where there are too few to tell anything."""
    steps = _large_steps(counts)
    if len(steps) < 2:
        return None
    total = sum(counts)
    return Waits(_range_of(steps, -(-total // 2)), _range_of(steps, -(-total * 9 // 10)))


def _large_steps(counts: Sequence[int]) -> list[tuple[WaitRange, int]]:
    bounds: tuple[int | None, ...] = (0, *WAIT_STEPS_MIN, None)
    steps: list[tuple[WaitRange, int]] = []
    low, held = 0, 0
    for count, high in zip(counts, bounds[1:], strict=True):
        held += count
        if held >= FEWEST:
            steps.append((WaitRange(low, high), held))
            low, held = high or 0, 0
    if steps:
        last, already = steps[-1]
        steps[-1] = (WaitRange(last.low_min, None), already + held)
    return steps


def _range_of(steps: Sequence[tuple[WaitRange, int]], rank: int) -> WaitRange:
    reached = accumulate(held for _, held in steps)
    return next(within for (within, _), so_far in zip(steps, reached, strict=True) if so_far >= rank)
