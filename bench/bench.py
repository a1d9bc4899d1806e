"""Measures how much the service carries, how fast, and in how much memory. See README.md.

Run from the project's folder: `.venv/bin/python -m bench.bench`. Everything stays on 127.0.0.1 and ends by itself.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.generator import Generator, Row, compile_generator
from bench.pairs import add_pairs
from bench.service import Home, MeasuredService, free_port, make_home
from bench.summary import print_row, print_tables

SERVER_CORE, CLIENT_CORE = 0, 1
RESULTS = Path(__file__).parent / "results"
# The first pairs load code and fill caches; memory is counted from after them.
WARM_UP_PAIRS = 25
IDLE_S = 4.0
PROFILE_S = 6


def main() -> None:
    """Measure as the arguments say; append each row to a file and print the tables at the end."""
    options = _arguments()
    # Told to end, we end what we started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    compile_generator()
    RESULTS.mkdir(exist_ok=True)
    os.sched_setaffinity(0, {CLIENT_CORE})
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        most = max([*options.pairs, options.idle // 2 + WARM_UP_PAIRS])
        home = make_home(Path(folder) / "home", most)
        for repetition in range(options.repetitions):
            # Repetitions outermost: what drifts on the machine meets every figure alike.
            for row in _measure(home, Path(folder), options):
                row |= {"repetition": repetition, "at": int(time.time()), "tag": options.tag}
                rows.append(row)
                print_row(row)
                with options.out.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(row) + "\n")
    print_tables(rows)


def _measure(home: Home, folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    with _service_and_generator(home, folder) as (service, generator):
        present = 0
        for pairs in options.pairs:
            began = time.monotonic()
            asyncio.run(add_pairs(service, generator, home.mentors[present:pairs]))
            yield {
                "phase": "begin",
                "pairs": pairs,
                "new": pairs - present,
                "seconds": time.monotonic() - began,
            }
            present = pairs
            yield from _talk(service, generator, options)
    if options.idle:
        with _service_and_generator(home, folder) as (service, generator):
            asyncio.run(add_pairs(service, generator, home.mentors[:WARM_UP_PAIRS]))
            generator.measure_latency(1, per_s=2, receipts=True)
            before = generator.idle(IDLE_S)
            asyncio.run(
                add_pairs(service, generator, home.mentors[WARM_UP_PAIRS : WARM_UP_PAIRS + options.idle // 2])
            )
            after = generator.idle(IDLE_S)
            yield after | {"participants": options.idle, "rss_before_kib": before["rss_kib"]}
            generator.measure_latency(6, per_s=1, receipts=True)
            yield generator.idle(IDLE_S) | {
                "phase": "after", "participants": options.idle, "rss_before_kib": before["rss_kib"]
            }  # fmt: skip


def _talk(service: MeasuredService, generator: Generator, options: argparse.Namespace) -> Iterator[Row]:
    for receipts in (False, True):
        if options.sat:
            generator.wait_for_quiet(options.quiet)
            with _profile(service, options.profile if receipts else None):
                yield generator.saturate(options.sat, receipts=receipts)
    if options.lat:
        generator.wait_for_quiet(options.quiet)
        yield generator.measure_latency(options.lat, per_s=1, receipts=True)


@contextmanager
def _service_and_generator(home: Home, folder: Path) -> Iterator[tuple[MeasuredService, Generator]]:
    here = Path(tempfile.mkdtemp(dir=folder))
    with (
        MeasuredService(home, here, core=SERVER_CORE, port=free_port()) as service,
        Generator(service.process_ids(), core=CLIENT_CORE) as generator,
    ):
        yield service, generator
    shutil.rmtree(here)


@contextmanager
def _profile(service: MeasuredService, path: Path | None) -> Iterator[None]:
    """Sample the service's stacks while it works; needs py-spy on the PATH. Such a run's figures are not counted."""
    if not path:
        yield
        return
    recorder = subprocess.Popen(
        [
            "py-spy", "record", "--format", "raw", "--rate", "200", "--duration", str(PROFILE_S),
            "--output", str(path), "--pid", str(service.process_ids()[0]),
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        recorder.wait(60)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.bench")
    parser.add_argument("--pairs", default="50,500", type=_counts, help="how many talk, growing: 50,500")
    parser.add_argument("--sat", default=4.0, type=float, help="seconds of saturation; 0: none")
    parser.add_argument("--lat", default=10.0, type=float, help="seconds at 1 message/s per pair; 0: none")
    parser.add_argument("--idle", default=0, type=int, help="participants whose memory is measured; 0: none")
    parser.add_argument("--repetitions", default=3, type=int)
    parser.add_argument("--quiet", default=10.0, type=float, help="longest wait for a quiet machine, seconds")
    parser.add_argument(
        "--profile", default=None, type=Path, help="write py-spy's samples of saturation here"
    )
    parser.add_argument("--tag", default="", help="a word that goes into every row")
    parser.add_argument("--out", default=RESULTS / "rows.jsonl", type=Path)
    return parser.parse_args()


def _counts(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(",") if part)


if __name__ == "__main__":
    main()
