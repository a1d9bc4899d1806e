"""Somebody who knows every table and every relation between them, and looks for small numbers.

All that is not shown is a variable with its least and greatest value; what is known of sums are equations. Two attacks,
both exact: elimination over fractions finds what the equations alone settle, and a search for a whole other past that
fits all that is shown proves that a number may be another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chatservice.domain.number_tables import LENGTH_NAMES, Numbers, QuarterTables, WeekRow
from chatservice.domain.small_cells import Cell, Mark

MANY = 100_000
TRIES = 200


@dataclass
class Knowledge:
    """What is known: variables with bounds, and equations (coefficients by variable, their sum)."""

    bounds: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    equations: list[tuple[dict[str, int], int]] = field(default_factory=list[tuple[dict[str, int], int]])

    def see(self, name: str, cell: Cell) -> None:
        """Note what a cell tells."""
        match cell:
            case Cell(number=int(number), is_floor=False):
                self.bounds[name] = (number, number)
            case Cell(number=int(number)):
                self.bounds[name] = (number, MANY)
            case Cell(mark=Mark.SMALL):
                self.bounds[name] = (0, 4)
            case _:
                self.bounds[name] = (0, MANY)

    def add_up(self, parts: list[str], total: str) -> None:
        """Note that parts make a sum."""
        self.equations.append((dict.fromkeys(parts, 1) | {total: -1}, 0))

    def settled(self) -> set[str]:
        """Eliminate: return the hidden variables that the equations have only one value for."""
        names = [name for name, (low, high) in self.bounds.items() if low != high]
        rows: list[list[Fraction]] = []
        for coefficients, right in self.equations:
            known = sum(
                many * self.bounds[name][0] for name, many in coefficients.items() if name not in names
            )
            rows.append([Fraction(coefficients.get(name, 0)) for name in names] + [Fraction(right - known)])
        return {names[place] for place in _alone(rows, len(names))}

    def fits(self, name: str, value: int) -> bool:
        """Say whether there is a past in which this variable has this value."""
        return _search(dict(self.bounds) | {name: (value, value)}, self.equations, iter(range(TRIES)))


def _alone(rows: list[list[Fraction]], width: int) -> Iterator[int]:
    pivot = 0
    for column in range(width):
        found = next((row for row in range(pivot, len(rows)) if rows[row][column]), None)
        if found is None:
            continue
        rows[pivot], rows[found] = rows[found], rows[pivot]
        lead = rows[pivot][column]
        rows[pivot] = [value / lead for value in rows[pivot]]
        for row in range(len(rows)):
            if row != pivot and (share := rows[row][column]):
                rows[row] = [mine - share * its for mine, its in zip(rows[row], rows[pivot], strict=True)]
        pivot += 1
    for row in rows[:pivot]:
        places = [place for place in range(width) if row[place]]
        if len(places) == 1:
            yield places[0]


def _narrow(
    bounds: dict[str, tuple[int, int]], equations: list[tuple[dict[str, int], int]]
) -> dict[str, tuple[int, int]] | None:
    """Narrow bounds by the equations until nothing changes; None when nothing fits."""
    changed = True
    while changed:
        changed = False
        for coefficients, right in equations:
            low = sum(many * bounds[name][0 if many > 0 else 1] for name, many in coefficients.items())
            high = sum(many * bounds[name][1 if many > 0 else 0] for name, many in coefficients.items())
            if low > right or high < right:
                return None
            for name, many in coefficients.items():
                least, greatest = bounds[name]
                if least == greatest:
                    continue
                up, down = (right - low, high - right) if many > 0 else (high - right, right - low)
                new = (max(least, greatest - down), min(greatest, least + up))
                if new != (least, greatest):
                    bounds[name] = new
                    changed = True
    return bounds


def _search(
    bounds: dict[str, tuple[int, int]], equations: list[tuple[dict[str, int], int]], tries: Iterator[int]
) -> bool:
    """Look for one whole past; when the tries are used up there most likely is none."""
    narrowed = _narrow(bounds, equations)
    if narrowed is None or next(tries, None) is None:
        return False
    open_names = [name for name, (low, high) in narrowed.items() if low != high]
    if not open_names:
        return True
    name = min(open_names, key=lambda each: narrowed[each][1] - narrowed[each][0])
    low, high = narrowed[name]
    return any(
        _search(dict(narrowed) | {name: (value, value)}, equations, tries)
        for value in dict.fromkeys((low, high, low + 1))
    )


def knowledge_of(numbers: Numbers, late: Mapping[str, int]) -> Knowledge:
    """Put together all that a page tells, and every relation. `late` is who came out of hours, by name and quarter.

    Where nobody came out of hours the attacker is let know even that.
    """
    knows = Knowledge()
    rows = {row.week: row for row in numbers.weeks}
    for tables in numbers.quarters:
        assert tables.quarter is not None
        key = f"q{tables.quarter.number}"
        for row in (rows[week] for week in tables.quarter.weeks):
            _see_week(knows, f"{key}w{row.week.number}", row)
        _see_quarter(knows, key, tables, [f"{key}w{week.number}" for week in tables.quarter.weeks])
        for name, cells in (("taken", tables.taken_by_hour), ("left", tables.left_by_hour)):
            is_withheld = all(cell.number is None for cell in cells)
            parts: list[str] = []
            for hour, cell in enumerate(cells):
                if cell.mark is not Mark.CLOSED:
                    parts.append(f"{key}h{hour}{name}")
                    _see_part(knows, parts[-1], cell, is_withheld=is_withheld)
            if late[f"{key}{name}"]:
                parts.append(f"{key}late{name}")
                knows.bounds[parts[-1]] = (0, MANY)
            knows.add_up(parts, f"{key}{name}")
        lengths = [f"{key}{name}" for name in LENGTH_NAMES]
        is_withheld = all(cell.number is None for cell in tables.lengths)
        for name, cell in zip(lengths, tables.lengths, strict=True):
            _see_part(knows, name, cell, is_withheld=is_withheld)
        knows.add_up(lengths, f"{key}taken")
    return knows


def _see_part(knows: Knowledge, name: str, cell: Cell, *, is_withheld: bool) -> None:
    knows.see(name, cell)
    if cell.mark is Mark.HIDDEN and not is_withheld:
        knows.bounds[name] = (5, MANY)  # she knows the rule as well


def _see_week(knows: Knowledge, key: str, row: WeekRow) -> None:
    for name in ("opened", "queued", "taken", "left"):
        knows.see(f"{key}{name}", getattr(row.came, name))
    are_parts_shown = row.came.queued.is_exact and not row.came.opened.is_exact
    knows.bounds[f"{key}away"] = (0, 4) if are_parts_shown else (0, MANY)
    knows.add_up([f"{key}taken", f"{key}left"], f"{key}queued")
    knows.add_up([f"{key}queued", f"{key}away"], f"{key}opened")


def _see_quarter(knows: Knowledge, key: str, tables: QuarterTables, weeks: list[str]) -> None:
    for name in ("opened", "queued", "taken", "left"):
        knows.see(f"{key}{name}", getattr(tables.came, name))
    knows.bounds[f"{key}away"] = (0, MANY)
    for name in ("taken", "left", "away", "queued", "opened"):
        knows.add_up([f"{week}{name}" for week in weeks], f"{key}{name}")
    knows.add_up([f"{key}taken", f"{key}left"], f"{key}queued")
    knows.add_up([f"{key}queued", f"{key}away"], f"{key}opened")
