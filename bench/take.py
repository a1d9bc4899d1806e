"""Measures what a take costs when few wait and when thousands do.

    .venv/bin/python -m bench.take                     5 and 5,000 waiting, about two minutes
    .venv/bin/python -m bench.take --waiting 5,500 --takes 20

At the *store*: `take_oldest` alone on the live store in memory, everybody's bell listening. At the *door*: a mentor
sends `take` over her socket and hears `taken`, everything on the way included; the CPU time is the service's from
`take` until nothing more follows from it, less what it uses in the same time without a take. After each take the
conversation is ended and a newcomer comes, so that as many wait as before.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from bench.pairs import End, go_on_duty, wait_in_line
from bench.process import free_port, lift_open_files, prefer, running_ns
from bench.service import Account, MeasuredService, make_home
from bench.systems import CLIENT_CORE, SERVER_CORE
from chatservice.clock import SystemClock
from chatservice.domain.conversation import Conversation, EndedBy
from chatservice.domain.seat import Side
from chatservice.live.memory import MemoryLiveStore
from chatservice.ports import seat_topic
from tools.participants.visitor import Visitor

RESULTS = Path(__file__).parent / "results"
STORE_TAKES = 2000
AFTERWARDS_S = 0.1
"""Long enough for what follows from a take: the bells of those whose places have changed."""
AT_ONCE = 16
SETTINGS = {"IDLE_TIMEOUT_S": "3600"}  # those who wait here say nothing

Row = dict[str, float | str]


def main() -> None:
    """Measure, print the medians and keep every figure in results/take.jsonl."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--waiting", default="5,5000", help="how many wait: 5,5000")
    parser.add_argument("--takes", default=60, type=int, help="takes at the door")
    options = parser.parse_args()
    sizes = [int(part) for part in options.waiting.split(",")]
    lift_open_files()
    prefer(os.getpid(), CLIENT_CORE)
    rows: list[Row] = []
    for size in sizes:
        rows += uvloop.run(at_the_store(size))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        home = make_home(Path(name) / "home", 1)
        for size in sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            with MeasuredService(
                home, folder, core=SERVER_CORE, port=free_port(), settings=SETTINGS
            ) as service:
                rows += uvloop.run(at_the_door(service, size, options.takes, home.mentors[0]))
    print_table(rows, sizes)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "take.jsonl").open("a", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


async def at_the_store(waiting: int, takes: int = STORE_TAKES) -> list[Row]:
    """Take again and again from a store where so many wait; return what each took."""
    live = MemoryLiveStore(SystemClock())
    bells = [live.listen(seat_topic(str(number), Side.VISITOR)) for number in range(waiting + takes)]
    for number in range(waiting):
        await live.open(_conversation(number), queue_cap=waiting)
    rows: list[Row] = []
    for number in range(waiting, waiting + takes):
        began, used = time.perf_counter_ns(), time.thread_time_ns()
        taken = await live.take_oldest(account_id=1, key_id="key")
        used, took = time.thread_time_ns() - used, time.perf_counter_ns() - began
        await live.erase(taken.id, EndedBy.MENTOR)
        await live.open(_conversation(number), queue_cap=waiting)
        rows.append({"where": "store", "waiting": waiting, "took_us": took / 1e3, "cpu_us": used / 1e3})
    for bell in bells:
        bell.close()
    return rows


async def at_the_door(service: MeasuredService, waiting: int, takes: int, account: Account) -> list[Row]:
    """Take again and again over a socket while so many wait; return what each took."""
    ids = service.process_ids()
    mentor, _ = await go_on_duty(service, account)
    there: dict[str, End[Visitor]] = {}
    places = asyncio.Semaphore(AT_ONCE)

    async def come() -> None:
        async with places:
            visitor = await wait_in_line(service)
            there[visitor.who.conversation] = visitor

    began = time.monotonic()
    await asyncio.gather(*(come() for _ in range(waiting)))
    print(f"{waiting} wait after {time.monotonic() - began:.0f} s", flush=True)
    rows: list[Row] = []
    for _ in range(takes):
        await asyncio.sleep(AFTERWARDS_S)
        idle = running_ns(ids)
        await asyncio.sleep(AFTERWARDS_S)
        began, used = time.perf_counter_ns(), running_ns(ids)
        idle = used - idle
        await mentor.ask({"type": "take"})
        taken = await mentor.until_heard("taken")
        took = time.perf_counter_ns() - began
        await asyncio.sleep(max(0.0, AFTERWARDS_S - took / 1e9))
        used = running_ns(ids) - used
        rows.append(
            {"where": "door", "waiting": waiting, "took_us": took / 1e3, "cpu_us": (used - idle) / 1e3}
        )
        await mentor.ask({"type": "end"})
        await mentor.until_heard("ended")
        there.pop(taken["conversation"]).close()
        await come()
    for visitor in there.values():
        visitor.close()
    mentor.close()
    return rows


def print_table(rows: list[Row], sizes: list[int]) -> None:
    """Print the median and the 95th percentile at each size."""
    print("\n| where | waiting | time, µs: median, 95 % | service CPU, µs: median, 95 % |\n|---|---|---|---|")
    for where in ("store", "door"):
        for size in sizes:
            some = [row for row in rows if (row["where"], row["waiting"]) == (where, size)]
            cells: list[str] = []
            for name in ("took_us", "cpu_us"):
                values = sorted(float(row[name]) for row in some)
                cells.append(f"{statistics.median(values):,.0f}, {values[int(0.95 * len(values))]:,.0f}")
            print(f"| {where} | {size:,} | {' | '.join(cells)} |")


def _conversation(number: int) -> Conversation:
    return Conversation(str(number), b"hash", number, "share")


if __name__ == "__main__":
    main()
