"""Ends the service in the middle of hundreds of conversations, again and again, and looks what became of them.

    .venv/bin/python -m bench.reliability_kill --pairs 500 --rounds 20                  # kill -9; about 10 minutes
    .venv/bin/python -m bench.reliability_kill --pairs 500 --rounds 5 --planned         # SIGTERM; about 4 minutes

In every second round some browsers are taken away at the same moment: half of them visitors' that never return, half
mentors' that are opened anew with nothing in memory. Then what the other browser held must all be there; what only the
service and the lost browser had ("Skickat" and not yet "Framme") is counted as `held by nobody`, and not as lost.
Exits with 1 when anything was lost, doubled or out of order, or when somebody came back too late.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.reliability_pairs import Evening, Faults, Talk, Watched
from bench.reliability_rows import Row, keep, percentile, print_table
from bench.reliability_service import TriedService
from bench.run import run_in_folder
from bench.service import make_home

SERVER_CORE, CLIENT_CORE = 0, 1
EVERY_S = 4.0
TALK_BEFORE_S = (2.0, 4.0)
TALK_AFTER_S = 2.0
TAKEN_AWAY = 0.04
BACK_P95_S = 3.0
BACK_PLANNED_S = 10.0
COLUMNS = (
    "round", "down_s", "from_kill_p50_s", "from_kill_p95_s", "from_kill_max_s",
    "from_listening_p95_s", "from_listening_max_s", "talking_p95_s", "server_cpu_s", "client_cpu_s",
    "lost", "doubled", "out_of_order", "foreign", "alarms", "heard", "held_by_nobody", "said",
)  # fmt: skip


@dataclass
class Away:
    """The conversations that lost a browser in this round."""

    visitors: list[Talk]
    mentors: list[Talk]
    held_by_nobody: int


async def run_round(
    service: TriedService,
    evening: Evening,
    number: int,
    *,
    planned: bool,
    take_away: bool,
    every_s: float = EVERY_S,
) -> Row:
    """Let everybody talk, end the service, start it, wait until all are back, and compare."""
    chatter = asyncio.create_task(evening.chatter(every_s))
    await asyncio.sleep(random.uniform(*TALK_BEFORE_S))
    ends: list[Watched] = [end for talk in evening.talks for end in talk.ends]
    heard_before = sum(end.restarts_heard for end in ends)
    for end in ends:
        end.expect_return()
    away = await _take_away(evening) if take_away else Away([], [], 0)
    killed_at, client_s = time.monotonic(), time.process_time()
    await asyncio.to_thread(service.stop, signal.SIGTERM if planned else signal.SIGKILL)
    listening_at = await asyncio.to_thread(service.start)
    gone = {talk.visitor for talk in away.visitors}
    living = [end for end in ends if end not in gone]
    alone = {talk.mentor for talk in away.visitors}
    for end in living:
        await end.until(lambda end=end: end.let_in_at is not None)
    server_cpu_s, client_cpu_s = service.cpu_s(), time.process_time() - client_s
    for end in living:
        if end not in alone:
            await end.until(lambda end=end: end.talks_at is not None)
    await asyncio.sleep(TALK_AFTER_S)
    chatter.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await chatter
    settled = await evening.settle()
    faults = evening.faults()
    back = [(end.let_in_at or 0.0) for end in living]
    talks = [(end.talks_at or 0.0) - killed_at for end in living if end not in alone]
    row: Row = {
        "round": number, "pairs": len(evening.talks), "planned": planned, "settled": settled,
        "down_s": listening_at - killed_at,
        "from_kill_p50_s": percentile([at - killed_at for at in back], 0.5),
        "from_kill_p95_s": percentile([at - killed_at for at in back], 0.95),
        "from_kill_max_s": max(back) - killed_at,
        "from_listening_p95_s": percentile([at - listening_at for at in back], 0.95),
        "from_listening_max_s": max(back) - listening_at,
        "talking_p95_s": percentile(talks, 0.95),
        "server_cpu_s": server_cpu_s, "client_cpu_s": client_cpu_s,
        "heard": sum(end.restarts_heard for end in ends) - heard_before, "ends": len(living),
        "visitors_taken_away": len(away.visitors), "mentors_opened_anew": len(away.mentors),
        "held_by_nobody": away.held_by_nobody,
        "said": sum(len(lines) for talk in evening.talks for lines in talk.said.values()),
        **vars(faults),
    }  # fmt: skip
    await _replace(evening, away.visitors)
    return row


async def _take_away(evening: Evening) -> Away:
    many = max(1, round(len(evening.talks) * TAKEN_AWAY / 2))
    chosen = random.sample(evening.talks, min(2 * many, len(evening.talks)))
    visitors, mentors = chosen[:many], chosen[many:]
    held_by_nobody = 0
    for talk in visitors:
        talk.is_over = True
        talk.excuse_undelivered("mentor")  # which nobody is left to read
        held_by_nobody += talk.excuse_undelivered("visitor")
        await evening.leave(talk.visitor)
    for talk in mentors:
        held_by_nobody += talk.excuse_undelivered("mentor")
        talk.mentor.reload()
    return Away(visitors, mentors, held_by_nobody)


async def _replace(evening: Evening, talks: list[Talk]) -> None:
    """Let mentors whose visitor will not return end the conversation and take somebody new."""
    for talk in talks:
        await talk.mentor.end()
        evening.talks.remove(talk)
    evening.talks += await evening.meet([talk.mentor for talk in talks])


def judge(rows: list[Row], *, planned: bool) -> list[str]:
    """Return what was promised and not kept."""
    broken: list[str] = []
    for row in rows:
        if Faults(*(int(str(row[name])) for name in vars(Faults()))) or not row["settled"]:
            broken.append(f"round {row['round']}: not everything was shown once and in order")
        if planned and int(str(row["heard"])) < int(str(row["ends"])):
            broken.append(f"round {row['round']}: {row['heard']} of {row['ends']} heard of the restart")
        if planned and float(str(row["from_kill_max_s"])) > BACK_PLANNED_S:
            broken.append(
                f"round {row['round']}: the last was back {row['from_kill_max_s']:.1f} s after SIGTERM"
            )
        if not planned and float(str(row["from_listening_p95_s"])) > BACK_P95_S:
            broken.append(
                f"round {row['round']}: back {row['from_listening_p95_s']:.1f} s after listening at p95"
            )
    return broken


async def _run(options: argparse.Namespace, folder: Path) -> list[Row]:
    home = await asyncio.to_thread(make_home, folder / "home", options.pairs)
    service = TriedService(home.data_dir, log=folder / "service.log", core=SERVER_CORE)
    await asyncio.to_thread(service.start)
    rows: list[Row] = []
    try:
        async with Evening(service.base_url, home.pin) as evening:
            began = time.monotonic()
            await evening.begin(home.mentors)
            print(f"{options.pairs} conversations began in {time.monotonic() - began:.0f} s", flush=True)
            for number in range(options.rounds):
                row = await run_round(
                    service,
                    evening,
                    number,
                    planned=options.planned,
                    take_away=not options.planned and number % 2 == 1,
                )
                rows.append(keep("reliability_kill", row))
                print_table([row], COLUMNS)
    finally:
        await asyncio.to_thread(service.stop)
        if options.log:
            print(service.log)
    return rows


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.reliability_kill")
    parser.add_argument("--pairs", default=500, type=int)
    parser.add_argument("--rounds", default=20, type=int)
    parser.add_argument("--planned", action="store_true", help="SIGTERM instead of kill -9")
    parser.add_argument("--log", action="store_true", help="print what the service said")
    options = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    rows = run_in_folder(lambda folder: _run(options, folder))
    print()
    print_table(rows, COLUMNS)
    broken = judge(rows, planned=options.planned)
    print("\n".join(broken) or "everything as promised")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
