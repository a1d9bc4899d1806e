"""The tables of numbers as rows of plain text, for other programs: the same cells as on the page, and no more.

"<5" is a count under five, "hidden" one that would tell such a count, ">=12" twelve at least, "" an hour that was
closed by the published hours.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

from chatservice.domain.number_periods import HOURS_OF_WEEK
from chatservice.domain.number_tables import LENGTH_NAMES, OUTCOMES, Numbers, QuarterTables, WeekRow
from chatservice.domain.percentiles import WaitRange
from chatservice.domain.small_cells import Cell, Mark

_MARKS = {Mark.SMALL: "<5", Mark.HIDDEN: "hidden", Mark.CLOSED: "", None: ""}


class Table(StrEnum):
    """A table that can be taken out."""

    WEEKS = "weeks"
    HOURS = "hours"
    LENGTHS = "lengths"
    OUTCOMES = "outcomes"


def rows_of(numbers: Numbers, table: Table) -> list[tuple[str, ...]]:
    """Return a table with its header; what is shown by quarter only stands so, quarter for quarter."""
    match table:
        case Table.WEEKS:
            header = (
                "week",
                "first_day",
                "opened",
                "queued",
                "taken",
                "left",
                "wait_median_min",
                "wait_90th_min",
            )
            return [header, *(_week(row) for row in numbers.weeks)]
        case Table.HOURS:
            return [("quarter", "weekday", "hour", "taken", "left"), *_each(numbers, _hours)]
        case Table.LENGTHS:
            return [("quarter", "length", "conversations"), *_each(numbers, _lengths)]
        case _:
            return [("quarter", "outcome", "times"), *_each(numbers, _outcomes)]


def cell_text(cell: Cell) -> str:
    """Return a cell as text."""
    if cell.number is None:
        return _MARKS[cell.mark]
    return f">={cell.number}" if cell.is_floor else str(cell.number)


def _week(row: WeekRow) -> tuple[str, ...]:
    came = row.came
    return (
        f"{row.week.year}-W{row.week.number:02}",
        row.week.first_day.isoformat(),
        *(cell_text(cell) for cell in (came.opened, came.queued, came.taken, came.left)),
        _range(row.waits.median) if row.waits else "",
        _range(row.waits.ninetieth) if row.waits else "",
    )


def _range(given: WaitRange) -> str:
    return f"{given.low_min}-{given.high_min}" if given.high_min else f">={given.low_min}"


def _each(
    numbers: Numbers, rows: Callable[[QuarterTables], Iterable[tuple[str, ...]]]
) -> Iterable[tuple[str, ...]]:
    for tables in numbers.quarters:
        name = f"{tables.quarter.year}-Q{tables.quarter.number}" if tables.quarter else ""
        yield from ((name, *row) for row in rows(tables))


def _hours(tables: QuarterTables) -> Iterable[tuple[str, ...]]:
    for place in range(HOURS_OF_WEEK):
        taken, left = tables.taken_by_hour[place], tables.left_by_hour[place]
        if Mark.CLOSED is not taken.mark or Mark.CLOSED is not left.mark:
            yield str(place // 24 + 1), str(place % 24), cell_text(taken), cell_text(left)


def _lengths(tables: QuarterTables) -> Iterable[tuple[str, ...]]:
    return ((name, cell_text(cell)) for name, cell in zip(LENGTH_NAMES, tables.lengths, strict=True))


def _outcomes(tables: QuarterTables) -> Iterable[tuple[str, ...]]:
    return ((each.value, cell_text(cell)) for each, cell in zip(OUTCOMES, tables.outcomes, strict=True))
