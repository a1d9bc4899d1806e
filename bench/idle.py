"""Measures what many participants cost who are there and say nothing.

    .venv/bin/python -m bench.idle --participants 10000          about five minutes

Pairs come through the real door and talk; then only the pages' own beats go on, one every 15 s from each. Memory, open
files and CPU time are those of the service's one process on core 0.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import uvloop

from bench.bench import WARM_UP_PAIRS
from bench.generator import compile_generator
from bench.plan import OURS
from bench.process import lift_open_files, open_files
from bench.service import make_home
from bench.summary import foreign, kib_each
from bench.systems import CLIENT_CORE, started

RESULTS = Path(__file__).parent / "results"
BEFORE_S = 4.0


def main() -> None:
    """Measure, print the figures and keep them in results/idle.jsonl."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--participants", default=10_000, type=int)
    parser.add_argument("--seconds", default=60.0, type=float)
    options = parser.parse_args()
    most = lift_open_files()
    if options.participants > most - 200:
        parser.error(f"this machine lets a process open {most} files (ulimit -n)")
    compile_generator()
    os.sched_setaffinity(0, {CLIENT_CORE})
    pairs = options.participants // 2
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        home = make_home(Path(name) / "home", pairs + WARM_UP_PAIRS)
        with started(OURS, home, Path(name), {}) as system:
            uvloop.run(system.add_pairs(WARM_UP_PAIRS))
            system.generator.measure_latency(1, per_s=2, receipts=True)
            before = system.generator.idle(BEFORE_S)
            began = time.monotonic()
            uvloop.run(system.add_pairs(pairs))
            begin_s = time.monotonic() - began
            # The first round of beats falls where the joins fell; the second is counted.
            system.generator.idle(BEFORE_S)
            row = system.generator.idle(options.seconds)
            row |= {
                "participants": options.participants,
                "rss_before_kib": before["rss_kib"],
                "begin_s": begin_s,
                "open_files": open_files(system.process_ids),
            }
    print("\n| idle participants | |\n|---|---|")
    for what, value in (
        ("participants", f"{options.participants:,}"),
        ("connections lost", f"{row['dead']}"),
        ("resident memory of the service, MiB", f"{row['rss_kib'] / 1024:.0f}"),
        ("resident KiB for each participant", f"{kib_each(row):.1f}"),
        ("open files of the service", f"{row['open_files']:,}"),
        ("CPU, seconds per second", f"{row['server_cpu_s'] / row['seconds']:.3f}"),
        ("brought together in, s", f"{begin_s:.0f}"),
        ("foreign CPU, % of both cores", f"{foreign(row):.0f}"),
    ):
        print(f"| {what} | {value} |")
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "idle.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
