"""Measures what two service processes carry that share one Valkey, against one process alone and one with Valkey.

    .venv/bin/python -m bench.two_processes                        500 pairs, three rounds, about six minutes

**Method, for a machine with two cores.** The service needs a core for each process, Valkey and the generator need some
of a third, and there are two. So the service's processes are always on core 0, one or two of them, Valkey and the
generator on core 1, and what is compared is CPU time: with a core each, one process carries M / C messages a second (M
messages for C seconds of its CPU time), and two carry M / max(A, B), where A and B are theirs, as long as Valkey uses
less than the busier of them. That counts all that sharing costs, half of the pairs having their two ends on different
processes; it does not count that two busy cores share caches and memory. The closed loop, bodies and checks are those
of bench.bench, with receipts.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
from collections import abc
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop

from bench.generator import Generator, Row, compile_generator
from bench.pairs import Pair, make_pairs
from bench.process import MeasuredProcess, cpu_s, free_port, lift_open_files, listens, prefer
from bench.service import Home, MeasuredService, make_home
from bench.summary import FAULTS, median_and_range
from bench.systems import CLIENT_CORE, SERVER_CORE
from tools import engines

RESULTS = Path(__file__).parent / "results"
GOAL = 1.7
ARRANGEMENTS = {"one, memory": 1, "one, Valkey": 1, "two, Valkey": 2}


def main() -> None:
    """Measure in turns, print the medians and keep every figure in results/two_processes.jsonl."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", default=500, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--sat", default=5.0, type=float, help="seconds of saturation")
    parser.add_argument("--quiet", default=5.0, type=float, help="longest wait for a quiet machine, seconds")
    options = parser.parse_args()
    compile_generator()
    lift_open_files()
    prefer(os.getpid(), CLIENT_CORE)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = make_home(Path(folder) / "home", options.pairs)
        for number in range(options.rounds):
            names = list(ARRANGEMENTS)
            for name in names[number % 3 :] + names[: number % 3]:
                row = _measure(name, home, Path(folder), options) | {"round": number}
                rows.append(row)
                print(f"{name}: {capacity(row):,.0f} messages/s with a core for each process", flush=True)
    print_table(rows)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "two_processes.jsonl").open("a", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def _measure(name: str, home: Home, folder: Path, options: argparse.Namespace) -> Row:
    here = Path(tempfile.mkdtemp(dir=folder))
    with ExitStack() as stack:
        valkey_ids: list[int] = []
        settings: dict[str, str] = {}
        if name != "one, memory":
            port, valkey_ids = stack.enter_context(valkey(here))
            settings["LIVE_URL"] = f"valkey://127.0.0.1:{port}/0"
        doors = [
            stack.enter_context(
                MeasuredService(home, here, core=SERVER_CORE, port=free_port(), settings=settings)
            )
            for _ in range(ARRANGEMENTS[name])
        ]
        ids = [door.process_ids() for door in doors]
        generator = stack.enter_context(Generator([pid for each in ids for pid in each], core=CLIENT_CORE))

        async def hand_over(pair: Pair) -> None:
            visitor = await pair.visitor.give_away("v")
            generator.adopt_pair(visitor, await pair.mentor.give_away("m"))

        uvloop.run(make_pairs(doors, home.mentors, hand_over))
        generator.wait_for_quiet(options.quiet)
        before = [cpu_s(each) for each in [*ids, valkey_ids]]
        row = generator.saturate(options.sat, receipts=True)
        used = [cpu_s(each) - was for each, was in zip([*ids, valkey_ids], before, strict=True)]
    shutil.rmtree(here, ignore_errors=True)
    return row | {"arrangement": name, "shares": shares(used[:-1]), "valkey_share": used[-1] / sum(used[:-1])}


@contextmanager
def valkey(folder: Path) -> abc.Generator[tuple[int, list[int]]]:
    """Start a Valkey (or Redis) that keeps nothing on a disk; give its port and processes."""
    program = engines.valkey()
    if program is None:
        raise RuntimeError("neither Valkey nor Redis 7 is installed")
    port = free_port()
    process = MeasuredProcess(
        [program, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)],
        environ=dict(os.environ),
        log=folder / "valkey.log",
        core=CLIENT_CORE,
        answers=lambda: listens(port),
    )
    process.start()
    try:
        yield port, process.ids()
    finally:
        process.stop()


def shares(used: abc.Sequence[float]) -> list[float]:
    """Return each process's part of the CPU time that all of them used."""
    return [each / max(sum(used), 0.01) for each in used]


def capacity(row: Row) -> float:
    """Return messages a second with a core for each process: the busiest one has all of its core."""
    return row["done"] / (row["server_cpu_s"] * max(row["shares"]))


def print_table(rows: abc.Sequence[Row]) -> None:
    """Print medians, ranges, and how many times one process two carry."""
    print(
        "\n| processes | messages/s with a core each | busier one's share | Valkey's CPU / busier one's | faults |"
    )
    print("|---|---|---|---|---|")
    for name in ARRANGEMENTS:
        some = [row for row in rows if row["arrangement"] == name]
        print(
            f"| {name} | {median_and_range([capacity(row) for row in some], '{:,.0f}')} "
            f"| {statistics.median(max(row['shares']) for row in some):.2f} "
            f"| {statistics.median(row['valkey_share'] / max(row['shares']) for row in some):.2f} "
            f"| {sum(row[fault] for row in some for fault in FAULTS)} |"
        )
    for one in ("one, Valkey", "one, memory"):
        times = times_of(rows, one)
        print(
            f"two, Valkey / {one}: {median_and_range(times, '{:.2f}')} (goal {GOAL} against one with Valkey)"
        )


def times_of(rows: abc.Sequence[Row], one: str) -> list[float]:
    """Return, for each round, how many times as much two processes carry."""
    by_round = {row["round"]: capacity(row) for row in rows if row["arrangement"] == one}
    return [capacity(row) / by_round[row["round"]] for row in rows if row["arrangement"] == "two, Valkey"]


if __name__ == "__main__":
    main()
