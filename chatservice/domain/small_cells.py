"""Which numbers are too small to show, and which others must be hidden with them.

A count under `FEWEST` is never shown. It must not be found by subtraction either: where numbers are parts of a sum that
is known, what is hidden together must leave every small number anything from 0 to 4, even for somebody who knows this
file. Where the small ones alone do not, larger ones are hidden with them, chosen by their place and never by their
size, so that the choice itself tells nothing. Why it is done so: docs/decisions/0012-hidden-cells.md.

Knows counts and nothing of what they count; number_tables.py says what is a part of what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FEWEST: Final = 5
"""The smallest count that is shown."""

_MOST_HIDDEN: Final = FEWEST - 1


class Mark(StrEnum):
    """What stands where no number does."""

    SMALL = "small"
    """A count under five, zero included."""
    HIDDEN = "hidden"
    """Five or more, or nobody knows: hidden because it would tell a small one."""
    CLOSED = "closed"
    """Never open then by the published hours, and no number to show."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that may be shown, or a mark instead of it. `is_floor` means: at least so many."""

    number: int | None = None
    mark: Mark | None = None
    is_floor: bool = False

    @property
    def is_exact(self) -> bool:
        """Say whether the number is shown, and is the whole of it."""
        return self.number is not None and not self.is_floor


SMALL: Final = Cell(mark=Mark.SMALL)
HIDDEN: Final = Cell(mark=Mark.HIDDEN)
CLOSED: Final = Cell(mark=Mark.CLOSED)


def shown_or_small(count: int) -> Cell:
    """Show a count that stands by itself, or say that it is small."""
    return Cell(count) if count >= FEWEST else SMALL


def may_be_summed(rest: int, *, small: int, large: int = 0, free: int = 0) -> bool:
    """Say whether somebody may know that hidden cells add up to `rest`.

    `small` of them are known to be under five, `large` to be five or more, `free` may be anything. They may, when each
    small one can still be anything from 0 to 4: there is enough to share out, and enough room for it elsewhere.
    """
    is_alone = small + large + free < 2
    has_room = large + free > 0 or rest <= _MOST_HIDDEN * (small - 1)
    return not is_alone and rest >= FEWEST * large + _MOST_HIDDEN and has_room


def total_of(counts: Sequence[int]) -> Cell:
    """Add up counts that are shown each by itself (`shown_or_small`): exactly if the sum may be known, else a floor."""
    small = [count for count in counts if count < FEWEST]
    shown = sum(counts) - sum(small)
    if shown + sum(small) >= FEWEST and (not small or may_be_summed(sum(small), small=len(small))):
        return Cell(shown + sum(small))
    return Cell(shown, is_floor=True) if shown else HIDDEN


def parts_of_total(
    counts: Sequence[int], is_open: Sequence[bool], total: Cell, *, turn: int = 0
) -> tuple[Cell, ...]:
    """Show the parts of one sum, and hide what would tell a small one.

    `is_open` is False where nobody could have come by the published hours. `total` is what is shown of the sum. Where
    that is only a floor, another table of the same sum has small numbers: then one large part at least is hidden, which
    takes up any difference between the tables. Which parts are hidden is decided by their place, from the last one on
    or, for the next table of the same kind, from the `turn`th before it; how many, by shown numbers alone. When nothing
    helps, all are.
    """
    are_small = [count < FEWEST for count in counts]
    small = sum(1 for is_small, opened in zip(are_small, is_open, strict=True) if is_small and opened)
    has_closed = not all(opened for is_small, opened in zip(are_small, is_open, strict=True) if is_small)
    left = [place for place, is_small in enumerate(are_small) if not is_small]
    from_last = turn % len(left) if left else 0
    left = left[len(left) - from_last :] + left[: len(left) - from_last]
    hidden: set[int] = set()
    while not _is_safe(
        (total.number or 0) - sum(counts[place] for place in left),
        small,
        len(hidden),
        has_closed=has_closed,
        is_total_known=total.is_exact,
    ):
        if not left:
            return tuple(HIDDEN if opened else CLOSED for opened in is_open)
        hidden.add(left.pop())
    return tuple(
        HIDDEN if place in hidden else Cell(count) if count >= FEWEST else SMALL if opened else CLOSED
        for place, (count, opened) in enumerate(zip(counts, is_open, strict=True))
    )


def _is_safe(rest: int, small: int, large: int, *, has_closed: bool, is_total_known: bool) -> bool:
    if not is_total_known:
        return large > 0 and rest >= FEWEST * large + _MOST_HIDDEN
    if small == 0 and large == 0:
        return not has_closed
    # Whoever looks takes hours that were closed for empty: they help only where nothing else is small.
    return may_be_summed(rest, small=small, large=large, free=int(has_closed and small == 0))


def together(cells: Iterable[Cell]) -> Cell:
    """Add up cells that are shown already. Where one of them is no exact number the sum is a floor.

    Tells nothing that the cells do not: whoever reads them can add them up.
    """
    given = list(cells)
    if len(given) == 1:
        return given[0]
    number = sum(cell.number or 0 for cell in given)
    is_whole = all(cell.is_exact for cell in given if cell.mark is not Mark.CLOSED)
    if number:
        return Cell(number, is_floor=not is_whole)
    return CLOSED if given and is_whole else HIDDEN
