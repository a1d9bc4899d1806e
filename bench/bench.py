"""Measures how much the service carries, how fast, and in how much memory; the peers beside it. See README.md.

Run from the project's folder: `.venv/bin/python -m bench.bench`. Everything stays on 127.0.0.1 and ends by itself.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

from bench.generator import Row, compile_generator
from bench.peer import PROGRAMS
from bench.plan import OURS, Plan, describe, make_plan
from bench.process import lift_open_files
from bench.run import end_when_told
from bench.service import Home, make_home
from bench.stacks import recording
from bench.summary import print_row, print_tables
from bench.systems import CLIENT_CORE, System, started

RESULTS = Path(__file__).parent / "results"
# The first pairs load code and fill caches; memory is counted from after them.
WARM_UP_PAIRS = 25
IDLE_S = 4.0
TRAFFIC_S = 6.0


def main() -> None:
    """Measure as the arguments say; append each row to a file and print the tables at the end."""
    plan, options = _arguments()
    end_when_told()
    print(describe(plan), flush=True)
    compile_generator()
    RESULTS.mkdir(exist_ok=True)
    os.sched_setaffinity(0, {CLIENT_CORE})
    lift_open_files()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = make_home(Path(folder) / "home", plan.most_pairs(WARM_UP_PAIRS))
        for repetition in range(plan.repetitions):
            # Repetitions outermost, and another system first each time: what drifts on the machine meets all alike.
            for name in plan.order(repetition):
                for row in _measure(name, home, Path(folder), plan, options):
                    row |= {
                        "system": name, "repetition": repetition, "at": int(time.time()), "tag": options.tag
                    }  # fmt: skip
                    rows.append(row)
                    print_row(row)
                    with options.out.open("a", encoding="utf-8") as out:
                        out.write(json.dumps(row) + "\n")
    print_tables(rows)


def _measure(name: str, home: Home, folder: Path, plan: Plan, options: argparse.Namespace) -> Iterator[Row]:
    settings = dict(options.setting)
    sizes = plan.sizes_of(name)
    if sizes:
        with started(name, home, folder, settings) as system:
            present = 0
            for pairs in sizes:
                began = time.monotonic()
                uvloop.run(system.add_pairs(pairs - present))
                took_s = time.monotonic() - began
                yield {"phase": "begin", "pairs": pairs, "new": pairs - present, "seconds": took_s}
                present = pairs
                yield from _talk(system, plan, options, pairs)
    if plan.idle:
        with started(name, home, folder, settings) as system:
            yield from _weigh(system, plan.idle)


def _talk(system: System, plan: Plan, options: argparse.Namespace, pairs: int) -> Iterator[Row]:
    generator = system.generator
    for receipts in (False, True) if system.name == OURS else (False,):
        if plan.sat_s:
            generator.wait_for_quiet(plan.quiet_s)
            profiled = options.profile and receipts
            samples = options.profile / f"{system.name}-{pairs}.txt" if profiled else None
            with recording(system.process_ids[0], samples, plan.sat_s):
                yield generator.saturate(plan.sat_s, receipts=receipts)
    if plan.lat_s:
        generator.wait_for_quiet(plan.quiet_s)
        yield generator.measure_latency(plan.lat_s, per_s=1, receipts=system.name == OURS)


def _weigh(system: System, participants: int) -> Iterator[Row]:
    """Measure resident memory when everybody is there and silent, and after each has written a few times."""
    generator, is_ours = system.generator, system.name == OURS
    uvloop.run(system.add_pairs(WARM_UP_PAIRS))
    generator.measure_latency(1, per_s=2, receipts=is_ours)
    before = generator.idle(IDLE_S)
    uvloop.run(system.add_pairs(participants // 2))
    facts = {"participants": participants, "rss_before_kib": before["rss_kib"]}
    yield generator.idle(IDLE_S) | facts
    generator.measure_latency(TRAFFIC_S, per_s=1, receipts=is_ours)
    yield generator.idle(IDLE_S) | facts | {"phase": "after"}


def _arguments() -> tuple[Plan, argparse.Namespace]:
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.bench")
    parser.add_argument("--pairs", default="50,500", type=_counts, help="how many talk, growing: 50,500")
    parser.add_argument("--peers", default="", help=f"measured in turns with ours: {','.join(PROGRAMS)}")
    parser.add_argument(
        "--peers-most", default=2000, type=int, help="peers are spared larger sizes than this"
    )
    parser.add_argument("--only-peers", action="store_true", help="leave ours out")
    parser.add_argument("--sat", default=4.0, type=float, help="seconds of saturation; 0: none")
    parser.add_argument("--lat", default=8.0, type=float, help="seconds at 1 message/s per pair; 0: none")
    parser.add_argument("--idle", default=0, type=int, help="participants whose memory is measured; 0: none")
    parser.add_argument("--repetitions", default=3, type=int)
    parser.add_argument("--quiet", default=5.0, type=float, help="longest wait for a quiet machine, seconds")
    parser.add_argument("--quick", action="store_true", help="50 pairs once, to see that everything works")
    parser.add_argument(
        "--setting", default=[], action="append", type=_setting, metavar="NAME=VALUE",
        help="a setting of the service without its CHAT_, such as SOCKETS=plain",
    )  # fmt: skip
    parser.add_argument(
        "--profile",
        default=None,
        type=Path,
        help="write py-spy's samples into this folder; then see bench.stacks",
    )
    parser.add_argument("--tag", default="", help="a word that goes into every row")
    parser.add_argument("--out", default=RESULTS / "rows.jsonl", type=Path)
    options = parser.parse_args()
    peers = [name for name in options.peers.split(",") if name]
    if unknown := set(peers) - set(PROGRAMS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    return make_plan(options, peers), options


def _counts(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(",") if part)


def _setting(text: str) -> tuple[str, str]:
    name, given, value = text.partition("=")
    if not given:
        raise argparse.ArgumentTypeError("NAME=VALUE is wanted")
    return name.removeprefix("CHAT_"), value


if __name__ == "__main__":
    main()
