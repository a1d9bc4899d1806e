"""Measures how soon everybody is back after the service was killed and started again.

    .venv/bin/python -m bench.reconnect                       4,000 participants, three times: about four minutes
    .venv/bin/python -m bench.reconnect --peers ejabberd,prosody
    .venv/bin/python -m bench.reconnect --participants 200 --rounds 1

2,000 pairs come through the real door and talk; then the process is ended by SIGKILL and started again. The time runs
from its listening socket until the last one is let in (`joined`, `taken`: session, Origin, proof and ticket checked),
and until the last two are together (`talking`, all forgotten envelopes posted again). The server has core 0, the client
core 1; what each used of its core says which of them was the slower end. A real evening is kinder: browsers wait a
moment, each another one.

The peers are measured in turns with it, by the same client: as many anonymous users sign in to a server that has just
begun to listen, until the last has a name. That is all that XMPP brings back; no conversation, seat or order.
"""

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench.generator import Generator, compile_generator
from bench.pairs import Pair, make_pairs
from bench.peer import PROGRAMS, MeasuredPeer
from bench.plan import OURS
from bench.process import cpu_s, free_port, listens, machine_cpu_s, prefer
from bench.returning import OnTheWay, Returning, come_back, has_ticket, leave, prepare, prepare_peer
from bench.service import Account, MeasuredService, make_home
from bench.stacks import recording
from bench.systems import CLIENT_CORE, SERVER_CORE

RESULTS = Path(__file__).parent / "results"
AT_ONCE = 256
WITHIN_S = 60.0
PROFILE_S = 4.0

Row = dict[str, float | str]


def main() -> None:
    """Measure, print the medians and keep every figure in results/reconnect.jsonl."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--participants", default=4000, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--at-once", default=AT_ONCE, type=int, help="so many on their way at the same time")
    parser.add_argument(
        "--profile", default=None, type=Path, help="write py-spy's samples of the last round here"
    )
    parser.add_argument("--peers", default="", help=f"measured in turns with ours: {','.join(PROGRAMS)}")
    options = parser.parse_args()
    peers = [name for name in options.peers.split(",") if name]
    compile_generator()
    os.sched_setaffinity(0, {CLIENT_CORE})
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = make_home(Path(folder) / "home", options.participants // 2)
        port = free_port()
        with MeasuredService(home, Path(folder), core=SERVER_CORE, port=port) as service:
            everybody = begin(service, home.mentors)
            prefer(os.getpid(), CLIENT_CORE)
            rows: list[Row] = []
            for number in range(1, options.rounds + 1):
                samples = options.profile if number == options.rounds else None
                rows.append(measure(service, everybody, options.at_once, samples))
                rows += [measure_peer(name, Path(folder), everybody, options.at_once) for name in peers]
    for name in (OURS, *peers):
        print_table(name, [row for row in rows if row["system"] == name])
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


def measure(service: MeasuredService, everybody: list[Returning], at_once: int, samples: Path | None) -> Row:
    """Kill the service, start it, and let everybody come back."""
    killed = time.monotonic()
    listening = service.kill_and_start(lambda: listens(service.port))
    ids = service.process_ids()
    with recording(ids[0], samples, PROFILE_S):
        return {"system": OURS, "start_s": listening - killed} | _return(ids, everybody, listening, at_once)


def measure_peer(name: str, folder: Path, everybody: Sequence[OnTheWay], at_once: int) -> Row:
    """Let as many users sign in to a peer that has just begun to listen."""
    port = free_port()
    with tempfile.TemporaryDirectory(dir=folder) as run:
        began = time.monotonic()
        with MeasuredPeer(name, Path(run), core=SERVER_CORE, port=port) as peer:
            listening = time.monotonic()
            users = prepare_peer(len(everybody), port)
            return {"system": name, "start_s": listening - began} | _return(
                peer.process_ids(), users, listening, at_once
            )


def _return(ids: Sequence[int], everybody: Sequence[OnTheWay], listening: float, at_once: int) -> Row:
    gc.collect()
    gc.disable()
    used, own, all_used = cpu_s(ids), time.process_time(), machine_cpu_s()
    together = come_back(everybody, at_once=at_once, within_s=WITHIN_S)
    used, own, all_used = cpu_s(ids) - used, time.process_time() - own, machine_cpu_s() - all_used
    leave(everybody)
    gc.enable()
    row: Row = {
        "participants": float(len(everybody)),
        "in_s": max(one.in_s for one in everybody) - listening,
        "together_s": together - listening,
        "server_cpu_s": used,
        "client_cpu_s": own,
        "foreign_cpu_s": all_used - used - own,
    }
    print({name: round(float(value), 2) for name, value in row.items()}, flush=True)
    return row


def print_table(name: str, rows: Sequence[Row]) -> None:
    """Print medians and ranges."""
    print(f"\n| {name} | median | range |\n|---|---|---|")
    for measured, what in (
        ("start_s", "from the kill or the start to the listening socket, s"),
        ("in_s", "from there until the last one was let in, s"),
        ("together_s", "until the last two were together, s"),
        ("server_cpu_s", "server CPU meanwhile, s"),
        ("client_cpu_s", "client CPU meanwhile, s"),
        ("foreign_cpu_s", "CPU of others meanwhile, s"),
    ):
        values = [float(row[measured]) for row in rows]
        print(f"| {what} | {statistics.median(values):.2f} | {min(values):.2f} – {max(values):.2f} |")


if __name__ == "__main__":
    main()
