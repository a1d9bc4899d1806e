"""Rows of measurements as lines and tables: the median of the repetitions, their range, and how many times a peer.

A ratio is taken within each repetition, where both met the same machine, and its median is printed. Run alone
(`python -m bench.summary FILE [TAG]`) it prints the tables of a file of rows.
"""

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.generator import Row
from bench.plan import OURS

CORES = 2
FAULTS = ("lost", "unacknowledged", "doubled", "altered", "refused", "stray", "dead")
MEASURED = frozenset(("sat", "lat", "idle", "after"))


def per_cpu_s(row: Row) -> float:
    """Return messages for each second of the system's CPU time."""
    return row["done"] / max(row["server_cpu_s"], 0.01)


def per_s(row: Row) -> float:
    """Return messages for each second of time."""
    return row["done"] / row["seconds"]


def cpu_us(row: Row) -> float:
    """Return the system's CPU time for each message, everything it does meanwhile included."""
    return 1e6 * row["server_cpu_s"] / max(row["done"], 1)


def kib_each(row: Row) -> float:
    """Return what each participant added to the resident memory."""
    return (row["rss_kib"] - row["rss_before_kib"]) / row["participants"]


def foreign(row: Row) -> float:
    """Return what others took of the machine, in percent."""
    return 100 * row["foreign_cpu_s"] / (CORES * row["seconds"])


def median_and_range(values: Sequence[float], form: str) -> str:
    """Return a median with its range, or the one value there is."""
    middle = form.format(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({form.format(min(values))} – {form.format(max(values))})"


@dataclass(frozen=True)
class Measure:
    """One line of a table: what it is, which rows it takes, and their value."""

    what: str
    phase: str
    value: Callable[[Row], float]
    form: str
    receipts: int | None = None
    """Ours is measured with and without receipts; a peer has none and stands beside both."""

    def rows_of(self, rows: Sequence[Row], system: str, size: int) -> list[Row]:
        """Return a system's rows of this measure at one size."""
        return [
            row
            for row in rows
            if row["phase"] == self.phase
            and row.get("system", OURS) == system
            and row.get("participants", row["pairs"]) == size
            and (self.receipts is None or system != OURS or row["receipts"] == self.receipts)
        ]


TALK = (
    Measure(
        "messages per server CPU-second, delivered and acknowledged", "sat", per_cpu_s, "{:,.0f}", receipts=0
    ),
    Measure("the same with receipts", "sat", per_cpu_s, "{:,.0f}", receipts=1),
    Measure("messages per second, one core, with receipts", "sat", per_s, "{:,.0f}", receipts=1),
    Measure("p50 of delivery at 1 message/s per pair, ms", "lat", lambda row: row["p50_us"] / 1000, "{:.2f}"),
    Measure("p99 of the same, ms", "lat", lambda row: row["p99_us"] / 1000, "{:.2f}"),
    Measure("server CPU per message there, µs", "lat", cpu_us, "{:.0f}"),
)
MEMORY = (
    Measure("resident KiB per idle participant", "idle", kib_each, "{:.1f}"),
    Measure("the same after traffic", "after", kib_each, "{:.1f}"),
)


def print_row(row: Row) -> None:
    """Print what a person wants to see of one row while it runs."""
    facts: dict[str, object] = {"pairs": row["pairs"]}
    match row["phase"]:
        case "begin":
            facts["seconds"] = round(row["seconds"], 1)
        case "sat":
            facts |= {
                "receipts": row["receipts"],
                "per_cpu_s": round(per_cpu_s(row)),
                "per_s": round(per_s(row)),
            }
        case "lat":
            facts |= {
                "p50_ms": row["p50_us"] / 1000,
                "p99_ms": row["p99_us"] / 1000,
                "cpu_us": round(cpu_us(row)),
            }
        case _:
            facts["kib_each"] = round(kib_each(row), 1)
    if row["phase"] in MEASURED:
        facts["foreign_%"] = round(foreign(row))
        facts |= {fault: row[fault] for fault in FAULTS if row[fault]}
    print(row.get("system", OURS), row["phase"], facts, flush=True)


def print_tables(rows: Sequence[Row]) -> None:
    """Print the tables of bench/README.md."""
    for line in table(rows):
        print(line)


def table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of the tables: a row for each size and measure, a column for each system."""
    peers = sorted({row.get("system", OURS) for row in rows} - {OURS})
    lines = ["", f"| size | measure | ours |{''.join(f' {peer} | ours / {peer} |' for peer in peers)}"]
    lines.append("|---|---|---|" + "---|---|" * len(peers))
    for unit, measures in (("pairs", TALK), ("people", MEMORY)):
        phases = {measure.phase for measure in measures}
        sizes = {row.get("participants", row["pairs"]) for row in rows if row["phase"] in phases}
        for size in sorted(sizes):
            for measure in measures:
                cells = _cells(measure, rows, size, peers)
                if any(cell != "–" for cell in cells):
                    lines.append(f"| {size:,} {unit} | {measure.what} | {' | '.join(cells)} |")
    return lines + _circumstances(rows)


def ratios(ours: Sequence[Row], theirs: Sequence[Row], value: Callable[[Row], float]) -> list[float]:
    """Return ours / theirs for each repetition that has both."""
    by_repetition = {(row.get("tag"), row.get("repetition")): value(row) for row in theirs}
    found = [
        value(row) / by_repetition[row.get("tag"), row.get("repetition")]
        for row in ours
        if by_repetition.get((row.get("tag"), row.get("repetition")))
    ]
    return found


def _cells(measure: Measure, rows: Sequence[Row], size: int, peers: Sequence[str]) -> list[str]:
    ours = measure.rows_of(rows, OURS, size)
    cells = [_cell(ours, measure.value, measure.form)]
    for peer in peers:
        theirs = measure.rows_of(rows, peer, size)
        times = ratios(ours, theirs, measure.value)
        cells.append(_cell(theirs, measure.value, measure.form))
        cells.append(median_and_range(times, "{:.2f}") if times else "–")
    return cells


def _cell(rows: Sequence[Row], value: Callable[[Row], float], form: str) -> str:
    return median_and_range([value(row) for row in rows], form) if rows else "–"


def _circumstances(rows: Sequence[Row]) -> list[str]:
    measured = [row for row in rows if row["phase"] in MEASURED]
    if not measured:
        return []
    shares = [foreign(row) for row in measured]
    return [
        "",
        f"Foreign CPU: median {statistics.median(shares):.0f} %, worst {max(shares):.0f} % of {CORES} cores.",
        f"Faults: { {fault: sum(row[fault] for row in measured) for fault in FAULTS} }",
    ]


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.summary")
    parser.add_argument("file", type=Path, help="rows, such as bench/results/rows.jsonl")
    parser.add_argument("tag", nargs="?", help="only rows with this tag")
    options = parser.parse_args()
    rows: list[Row] = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines()]
    print_tables([row for row in rows if options.tag is None or row["tag"] == options.tag])


if __name__ == "__main__":
    _main()
