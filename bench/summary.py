"""Rows of measurements as lines and tables: the median of the repetitions, with their range.

Run alone (`python -m bench.summary FILE [TAG]`) it prints the tables of a file of rows.
"""

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from bench.generator import Row

CORES = 2
FAULTS = ("lost", "unacknowledged", "doubled", "altered", "refused", "stray", "dead")


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
    if row["phase"] != "begin":
        facts["foreign_%"] = round(foreign(row))
        facts |= {fault: row[fault] for fault in FAULTS if row[fault]}
    print(row["phase"], facts, flush=True)


def print_tables(rows: list[Row]) -> None:
    """Print the tables of bench/README.md."""
    print("\n| pairs | measure | median | range |\n|---|---|---|---|")
    counts = sorted({row["pairs"] for row in rows})
    for pairs in counts:
        for receipts in (0, 1):
            some = _of(rows, "sat", pairs, receipts)
            what = "with receipts" if receipts else "delivered and acknowledged"
            _line(pairs, f"messages per server CPU-second, {what}", some, per_cpu_s, "{:,.0f}")
            _line(pairs, f"messages per second, {what}", some, per_s, "{:,.0f}")
        some = _of(rows, "lat", pairs, 1)
        _line(
            pairs,
            "p50 of delivery at 1 message/s per pair, ms",
            some,
            lambda row: row["p50_us"] / 1000,
            "{:.2f}",
        )
        _line(pairs, "p99 of the same, ms", some, lambda row: row["p99_us"] / 1000, "{:.2f}")
        _line(pairs, "server CPU per message there, µs", some, cpu_us, "{:.0f}")
    for phase, what in (
        ("idle", "resident KiB per idle participant"),
        ("after", "the same after traffic, KiB"),
    ):
        some = [row for row in rows if row["phase"] == phase]
        for participants in sorted({row["participants"] for row in some}):
            _line(
                f"{participants} people",
                what,
                [r for r in some if r["participants"] == participants],
                kib_each,
                "{:.1f}",
            )
    measured = [row for row in rows if row["phase"] in {"sat", "lat", "idle", "after"}]
    if measured:
        shares = [foreign(row) for row in measured]
        print(
            f"\nForeign CPU: median {statistics.median(shares):.0f} %, worst {max(shares):.0f} % of {CORES} cores."
        )
        print("Faults:", {fault: sum(row[fault] for row in measured) for fault in FAULTS})


def per_cpu_s(row: Row) -> float:
    """Return messages for each second of the service's CPU time."""
    return row["done"] / max(row["server_cpu_s"], 0.01)


def per_s(row: Row) -> float:
    """Return messages for each second of time."""
    return row["done"] / row["seconds"]


def cpu_us(row: Row) -> float:
    """Return the service's CPU time for each message, everything it does meanwhile included."""
    return 1e6 * row["server_cpu_s"] / max(row["done"], 1)


def kib_each(row: Row) -> float:
    """Return what each participant added to the resident memory."""
    return (row["rss_kib"] - row["rss_before_kib"]) / row["participants"]


def foreign(row: Row) -> float:
    """Return what others took of the machine, in percent."""
    return 100 * row["foreign_cpu_s"] / (CORES * row["seconds"])


def _of(rows: list[Row], phase: str, pairs: int, receipts: int) -> list[Row]:
    return [r for r in rows if r["phase"] == phase and r["pairs"] == pairs and r["receipts"] == receipts]


def _line(who: object, what: str, rows: list[Row], value: Callable[[Row], float], form: str) -> None:
    if rows:
        values = sorted(value(row) for row in rows)
        low, middle, high = (form.format(x) for x in (values[0], statistics.median(values), values[-1]))
        print(f"| {who} | {what} | {middle} | {low} – {high} |")


def _main() -> None:
    file, tag = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    rows: list[Row] = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
    print_tables([row for row in rows if tag is None or row["tag"] == tag])


if __name__ == "__main__":
    _main()
