"""Rows of what was tried and what came of it: printed as a table, kept as JSON lines in bench/results/ (not in Git)."""

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from bench.process import ROOT

RESULTS = Path(__file__).parent / "results"
Row = dict[str, object]


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which this part of them lies (nearest rank); 0 for none."""
    ranked = sorted(values)
    return ranked[max(0, -int(-part * len(ranked) // 1) - 1)] if ranked else 0.0


def keep(name: str, row: Row) -> Row:
    """Append a row to bench/results/<name>.jsonl with the time and the commit; print it; return it."""
    RESULTS.mkdir(exist_ok=True)
    row = {"at": time.strftime("%Y-%m-%d %H:%M:%S"), "commit": _commit(), **row}
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return row


def print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print some fields of the rows under each other."""
    cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(line[n]) for line in [list(columns), *cells]) for n in range(len(columns))]
    for line in [list(columns), *cells]:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)), flush=True)


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip()
