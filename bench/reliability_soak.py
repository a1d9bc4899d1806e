"""An ordinary evening for a long time: does memory stay where it is, and every descriptor and task find its end?

    .venv/bin/python -m bench.reliability_soak --pairs 200 --minutes 30        # the minutes, and one to begin

Conversations go on all the time; every few seconds one ends and another begins, and lines are cut and mended. Every
15 s the service's resident memory, file descriptors and threads are read.

The verdict. After a warm-up of a third of the time, at most six minutes, a straight line is laid through the samples.
Each conversation lasts about two minutes, so that by then as many end as begin, and what is held for them is the same.
Descriptors and threads must end within two of where they began by that line: each leaked one stays for ever. Memory may
grow by 3 KiB for each conversation that began meanwhile, a tenth of the least that one could leave behind (its sealed
lines, about 40, or one of its two connections), or by 4 MiB, the allocator's own breathing. Exits with 1 when a bound
is passed, or a message was lost, doubled or out of order.
"""

import argparse
import asyncio
import contextlib
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.reliability_kill import CLIENT_CORE, SERVER_CORE
from bench.reliability_pairs import Evening, Faults, Talk
from bench.reliability_rows import Row, keep, print_table
from bench.reliability_service import TriedService
from bench.run import run_in_folder
from bench.service import make_home

SAMPLE_EVERY_S = 15.0
SAYS_EVERY_S = 6.0
LASTS_S = 120.0
CUT_PER_S = 1.0
AT_ONCE = 4
WARM_UP_PART, MOST_WARM_UP_S = 1 / 3, 360.0
LEAK_KIB_A_CONVERSATION = 3.0
BREATH_KIB = 4096.0
STRAY = 2.0
COLUMNS = ("minute", "rss_kib", "fds", "threads", "talks", "began", "cuts", "said", "shown_wrong")


class Traffic:
    """What happens all evening."""

    def __init__(self, evening: Evening, *, renewed_per_s: float, cut_per_s: float) -> None:
        self._evening = evening
        self._renewed_per_s = renewed_per_s
        self._cut_per_s = cut_per_s
        self._meeting = asyncio.Lock()
        self.began = 0
        self.cuts = 0
        self.said = 0
        self.faults = Faults()

    async def renew(self) -> None:
        """End one conversation after another, look whether all of it arrived, and begin a new one."""
        while True:
            await asyncio.sleep(random.expovariate(self._renewed_per_s))
            talk = random.choice(self._evening.talks)
            self._evening.talks.remove(talk)
            self._evening.talks += await self._next(talk)
            self.began += 1

    async def cut(self) -> None:
        """Cut one line after another."""
        while True:
            await asyncio.sleep(random.expovariate(self._cut_per_s))
            random.choice(random.choice(self._evening.talks).ends).cut()
            self.cuts += 1

    async def _next(self, talk: Talk) -> list[Talk]:
        talk.is_over = True
        for end in talk.ends:
            await end.until(lambda end=end: end.is_talking and end.peer_present)
            with contextlib.suppress(TimeoutError):
                await end.until(talk.is_whole, timeout_s=30)
        self.faults += talk.faults()
        self.said += sum(len(lines) for lines in talk.said.values())
        leaver = random.choice(talk.ends)
        await leaver.end()
        await asyncio.gather(talk.visitor.until_ended(), talk.mentor.until_ended())
        await self._evening.leave(talk.visitor)
        async with self._meeting:  # a mentor takes whoever has waited longest, not whoever came for her
            return await self._evening.meet([talk.mentor])


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Return by how much the second grows for each unit of the first (least squares)."""
    count = len(samples)
    mean_x, mean_y = sum(x for x, _ in samples) / count, sum(y for _, y in samples) / count
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0


def judge(rows: Sequence[Row], warm_up_s: float) -> list[str]:
    """Return what grew more than it may."""
    warm = [row for row in rows if _number(row, "second") >= warm_up_s]
    if len(warm) < 3:
        return ["too short to say anything"]
    length = _number(warm[-1], "second") - _number(warm[0], "second")
    began = _number(warm[-1], "began") - _number(warm[0], "began")
    grown = {
        name: slope([(_number(row, "second"), _number(row, name)) for row in warm]) * length
        for name in ("rss_kib", "fds", "threads")
    }
    print(
        f"by the line, over {length / 60:.1f} minutes and {began:.0f} new conversations: "
        f"memory {grown['rss_kib']:+.0f} KiB, descriptors {grown['fds']:+.2f}, threads {grown['threads']:+.2f}"
    )
    keep("reliability_soak", {"verdict": grown, "minutes": length / 60, "began": began})
    broken: list[str] = []
    allowed_kib = max(BREATH_KIB, LEAK_KIB_A_CONVERSATION * began)
    if grown["rss_kib"] > allowed_kib:
        broken.append(f"memory grew by {grown['rss_kib']:.0f} KiB, more than {allowed_kib:.0f}")
    broken += [f"{name} grew by {grown[name]:.1f}" for name in ("fds", "threads") if grown[name] > STRAY]
    if any(_number(row, "shown_wrong") for row in rows):
        broken.append("not everything was shown once and in order")
    return broken


async def soak(
    service: TriedService, evening: Evening, seconds: float,
    *, sample_every_s: float = SAMPLE_EVERY_S, busy: float = 1.0,
) -> list[Row]:  # fmt: skip
    """Let the evening go on for so long; ``busy`` times as many ends, beginnings and cuts as usual."""
    renewed_per_s = len(evening.talks) / LASTS_S * busy
    traffic = Traffic(evening, renewed_per_s=renewed_per_s / AT_ONCE, cut_per_s=CUT_PER_S * busy)
    rows: list[Row] = []
    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        doing = [
            tasks.create_task(each)
            for each in (
                evening.chatter(SAYS_EVERY_S / busy),
                traffic.cut(),
                *(traffic.renew() for _ in range(AT_ONCE)),
            )
        ]
        while (second := time.monotonic() - began) < seconds:
            row: Row = {
                "second": second,
                "minute": second / 60,
                **service.figures(),
                "talks": len(evening.talks),
            }
            row |= {"began": traffic.began, "cuts": traffic.cuts, "said": traffic.said}
            rows.append(keep("reliability_soak", row | {"shown_wrong": sum(traffic.faults.counts())}))
            print_table(rows[-1:], COLUMNS)
            await asyncio.sleep(sample_every_s)
        for task in doing:
            task.cancel()
    return rows


async def _run(options: argparse.Namespace, folder: Path) -> list[str]:
    home = await asyncio.to_thread(make_home, folder / "home", options.pairs)
    service = TriedService(home.data_dir, log=folder / "service.log", core=options.core)
    await asyncio.to_thread(service.start)
    try:
        async with Evening(service.base_url, home.pin) as evening:
            await evening.begin(home.mentors)
            rows = await soak(service, evening, options.minutes * 60)
    finally:
        await asyncio.to_thread(service.stop)
    with contextlib.suppress(ValueError):
        print(service.log[service.log.index("\n") + 1 :], end="")
    return judge(rows, min(MOST_WARM_UP_S, WARM_UP_PART * options.minutes * 60))


def _number(row: Row, name: str) -> float:
    return float(str(row[name]))


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.reliability_soak")
    parser.add_argument("--pairs", default=200, type=int)
    parser.add_argument("--minutes", default=30.0, type=float)
    parser.add_argument("--core", default=SERVER_CORE, type=int, help="where the service runs")
    options = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    broken = run_in_folder(lambda folder: _run(options, folder))
    print("\n".join(broken) or "everything as promised")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
