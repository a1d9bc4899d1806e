"""What a chart is drawn from: bars with their names and sizes, and hours of the week by how many came.

Sizes are whole units of the drawing (templates/macros/chart.html), so that a template only writes them down. A hidden
number has no size of its own: nothing may be read from the picture that the words do not say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chatservice.domain.small_cells import Cell, Mark

TALLEST: Final = 96
WIDEST: Final = 150
_LEVELS: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands at its foot, its number, and its length in units; 0 where there is no number."""

    name: str
    cell: Cell
    size: int


@dataclass(frozen=True, slots=True)
class HourCell:
    """An hour of a day: its number, and how dark it is, 0 to 4."""

    cell: Cell
    level: int


@dataclass(frozen=True, slots=True)
class HourRow:
    """An hour of the clock on each day of the week, Monday first."""

    hour: int
    days: tuple[HourCell, ...]


def bars_of(named: Iterable[tuple[str, Cell]], *, longest: int, greatest: int = 0) -> tuple[Bar, ...]:
    """Give bars their sizes, the greatest number the longest one; charts beside each other share `greatest`."""
    given = list(named)
    greatest = greatest or greatest_of(cell for _, cell in given)
    return tuple(
        Bar(name, cell, round(longest * cell.number / greatest) if cell.number else 0) for name, cell in given
    )


def greatest_of(cells: Iterable[Cell]) -> int:
    """Return the greatest number that is shown; 1 when none is."""
    return max((cell.number or 0 for cell in cells), default=0) or 1


def hour_rows(cells: Sequence[Cell]) -> tuple[HourRow, ...]:
    """Lay hours of the week out as a table of hours and days; hours at which it is never open are left out."""
    greatest = greatest_of(cells)

    def shaded(cell: Cell) -> HourCell:
        return HourCell(cell, -(-_LEVELS * (cell.number or 0) // greatest))

    rows = (HourRow(hour, tuple(shaded(cells[day * 24 + hour]) for day in range(7))) for hour in range(24))
    return tuple(row for row in rows if any(each.cell.mark is not Mark.CLOSED for each in row.days))
