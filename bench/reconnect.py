"""Measures how soon everybody is back after the service was killed and started again.

    .venv/bin/python -m bench.reconnect                       4,000 participants, three times: about four minutes
    .venv/bin/python -m bench.reconnect --participants 200 --rounds 1

2,000 pairs come through the real door and talk; then the process is ended by SIGKILL and started again. The time runs
from its listening socket until the last one is let in (`joined`, `taken`: session, Origin, proof and ticket checked),
and until the last two are together (`talking`, all forgotten envelopes posted again). The server has core 0, the client
core 1; what each used of its core says which of them was the slower end. A real evening is kinder: browsers wait a
moment, each another one.
"""

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from bench.generator import Generator, compile_generator
from bench.pairs import Pair, make_pairs
from bench.process import cpu_s, free_port, listens, machine_cpu_s, prefer
from bench.returning import Returning, come_back, has_ticket, leave, prepare
from bench.service import Account, MeasuredService, make_home
from bench.stacks import recording
from bench.systems import CLIENT_CORE, SERVER_CORE

RESULTS = Path(__file__).parent / "results"
AT_ONCE = 256
WITHIN_S = 60.0
PROFILE_S = 4.0


def main() -> None:
    """Measure, print the medians and keep every figure in results/reconnect.jsonl."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--participants", default=4000, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--at-once", default=AT_ONCE, type=int, help="so many on their way at the same time")
    parser.add_argument(
        "--profile", default=None, type=Path, help="write py-spy's samples of the last round here"
    )
    options = parser.parse_args()
    compile_generator()
    os.sched_setaffinity(0, {CLIENT_CORE})
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = make_home(Path(folder) / "home", options.participants // 2)
        port = free_port()
        with MeasuredService(home, Path(folder), core=SERVER_CORE, port=port) as service:
            everybody = begin(service, home.mentors)
            prefer(os.getpid(), CLIENT_CORE)
            rows = [
                measure(
                    service, everybody, options.at_once, options.profile if number == options.rounds else None
                )
                for number in range(1, options.rounds + 1)
            ]
    print_table(rows)
    with (RESULTS / "reconnect.jsonl").open("a", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def begin(service: MeasuredService, mentors: tuple[Account, ...]) -> list[Returning]:
    """Let pairs talk until both ends of all hold a ticket; give them as they will come back."""
    everybody: list[Returning] = []

    # The generator beats for them while the others come.
    with Generator(service.process_ids(), core=CLIENT_CORE) as generator:

        async def keep(pair: Pair) -> None:
            await pair.visitor.until(lambda: has_ticket(pair.visitor))
            await pair.mentor.until(lambda: has_ticket(pair.mentor))
            generator.adopt_pair(await pair.visitor.give_away("v"), await pair.mentor.give_away("m"))
            everybody.extend(prepare(pair, service.port))

        began = time.monotonic()
        uvloop.run(make_pairs((service,), mentors, keep))
        print(f"{len(mentors)} pairs talk after {time.monotonic() - began:.0f} s", flush=True)
    return everybody


def measure(
    service: MeasuredService, everybody: list[Returning], at_once: int, samples: Path | None
) -> dict[str, float]:
    """Kill the service, start it, and let everybody come back."""
    gc.collect()
    gc.disable()
    killed = time.monotonic()
    listening = service.kill_and_start(lambda: listens(service.port))
    ids = service.process_ids()
    used, own, all_used = cpu_s(ids), time.process_time(), machine_cpu_s()
    with recording(ids[0], samples, PROFILE_S):
        together = come_back(everybody, at_once=at_once, within_s=WITHIN_S)
    used, own, all_used = cpu_s(ids) - used, time.process_time() - own, machine_cpu_s() - all_used
    leave(everybody)
    gc.enable()
    row = {
        "participants": float(len(everybody)),
        "start_s": listening - killed,
        "in_s": max(one.in_s for one in everybody) - listening,
        "together_s": together - listening,
        "server_cpu_s": used,
        "client_cpu_s": own,
        "foreign_cpu_s": all_used - used - own,
    }
    print({name: round(value, 2) for name, value in row.items()}, flush=True)
    return row


def print_table(rows: list[dict[str, float]]) -> None:
    """Print medians and ranges."""
    print("\n| after SIGKILL | median | range |\n|---|---|---|")
    for name, what in (
        ("start_s", "from SIGKILL to the listening socket, s"),
        ("in_s", "from there until the last one was let in, s"),
        ("together_s", "until the last two were together, s"),
        ("server_cpu_s", "server CPU meanwhile, s"),
        ("client_cpu_s", "client CPU meanwhile, s"),
        ("foreign_cpu_s", "CPU of others meanwhile, s"),
    ):
        values = [row[name] for row in rows]
        print(f"| {what} | {statistics.median(values):.2f} | {min(values):.2f} – {max(values):.2f} |")


if __name__ == "__main__":
    main()
