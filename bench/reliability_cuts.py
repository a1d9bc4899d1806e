"""Cuts a thousand connections at random moments while people talk, and looks what each side was shown.

    .venv/bin/python -m bench.reliability_cuts --pairs 50 --cuts 1000          # about 3 minutes

Every connection goes through reliability_relay.py, which resets, finishes, cuts in the middle of bytes, or swallows
everything (5 %). A cut meets whatever a connection is just doing: its handshake, its join, its messages. Exits with 1
when anything was lost, doubled, out of order or said to be missing.
"""

import argparse
import asyncio
import contextlib
import os
import random
import time
from pathlib import Path
from typing import Final

from bench.reliability_kill import CLIENT_CORE, SERVER_CORE
from bench.reliability_pairs import Evening
from bench.reliability_relay import Cut, Relay
from bench.reliability_rows import Row, keep
from bench.reliability_run import run_and_judge
from bench.reliability_service import TriedService
from bench.service import make_home

SHARES: Final[dict[Cut, float]] = {"reset": 0.35, "finish": 0.3, "middle": 0.3, "hole": 0.05}
CUTS_PER_S = 12.0
SAYS_EVERY_S = 1.0
COLUMNS = (
    "cuts",
    "holes",
    "said",
    "seconds",
    "lost",
    "doubled",
    "out_of_order",
    "foreign",
    "alarms",
    "settled",
)


async def cut_again_and_again(
    evening: Evening, relay: Relay, cuts: int, *, cuts_per_s: float = CUTS_PER_S, holes: bool = True
) -> Row:
    """Let everybody talk while so many connections are cut; then wait until all is mended, and compare."""
    shares: dict[Cut, float] = {how: share for how, share in SHARES.items() if holes or how != "hole"}
    began = time.monotonic()
    chatter = asyncio.create_task(evening.chatter(SAYS_EVERY_S))
    while sum(relay.cuts.values()) < cuts:
        await asyncio.sleep(random.expovariate(cuts_per_s))
        relay.cut_one(random.choices(list(shares), list(shares.values()))[0])
    chatter.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await chatter
    settled = await evening.settle()
    return {
        "cuts": sum(relay.cuts.values()), "holes": relay.cuts["hole"], "by": dict(relay.cuts),
        "pairs": len(evening.talks), "seconds": time.monotonic() - began, "settled": settled,
        "said": sum(len(lines) for talk in evening.talks for lines in talk.said.values()),
        **vars(evening.faults()),
    }  # fmt: skip


async def _run(options: argparse.Namespace, folder: Path) -> Row:
    home = await asyncio.to_thread(make_home, folder / "home", options.pairs)
    service = TriedService(home.data_dir, log=folder / "service.log", core=SERVER_CORE)
    await asyncio.to_thread(service.start)
    try:
        async with (
            Relay("127.0.0.1", service.port) as relay,
            Evening(relay.base_url, home.pin, origin=service.base_url) as evening,
        ):
            await evening.begin(home.mentors)
            row = await cut_again_and_again(evening, relay, options.cuts)
    finally:
        await asyncio.to_thread(service.stop)
    return keep("reliability_cuts", row)


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.reliability_cuts")
    parser.add_argument("--pairs", default=50, type=int)
    parser.add_argument("--cuts", default=1000, type=int)
    options = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    run_and_judge(lambda folder: _run(options, folder), COLUMNS)


if __name__ == "__main__":
    main()
