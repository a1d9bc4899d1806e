"""Cuts connections of visitors who run the very code that browsers run, and looks what each side was shown.

    .venv/bin/python -m bench.reliability_browsers --pairs 10 --cuts 200       # about a minute; needs Node 20

The visitors are client/visitors.mjs: theme/static/js without a page. The mentors are programs of tools/participants,
whose lines are not cut here. Exits with 1 when anything was lost, doubled, out of order or said to be missing.
"""

import argparse
import asyncio
import contextlib
import json
import random
import time
from pathlib import Path
from typing import Any

from bench.reliability_cuts import COLUMNS, CUTS_PER_S, SHARES
from bench.reliability_pairs import Evening, Faults, Line, compare
from bench.reliability_relay import Relay
from bench.reliability_rows import Row, keep
from bench.reliability_run import run_and_judge
from bench.reliability_service import TriedService
from bench.service import ROOT, make_home
from tools.participants.mentor import Mentor
from tools.participants.seat import Own

SAYS_EVERY_S = 1.0
WITHIN_S = 90.0


class Visitors:
    """The visitors' process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def come(cls, base_url: str, pin: str, count: int) -> "Visitors":
        """Let so many visitors come."""
        return cls(
            await asyncio.create_subprocess_exec(
                "node", "--experimental-websocket", "--no-warnings", str(ROOT / "bench/client/visitors.mjs"),
                base_url, pin, str(count),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
            )
        )  # fmt: skip

    async def say_every(self, seconds: float) -> None:
        """Let each say something about so often; 0 stops them."""
        await self._send({"say": seconds * 1000})

    async def tell(self) -> list[dict[str, Any]]:
        """Return what each said and was shown."""
        await self._send({"tell": True})
        if self._process.stdout is None:
            raise RuntimeError("no pipe")
        return json.loads(await self._process.stdout.readline())

    async def go(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()

    async def _send(self, request: object) -> None:
        if self._process.stdin is None:
            raise RuntimeError("no pipe")
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        await self._process.stdin.drain()


async def cut_browsers(visitors: Visitors, mentors: dict[str, Mentor], relay: Relay, cuts: int) -> Row:
    """Let both sides talk while visitors' lines are cut; wait until all is mended, and compare."""
    began = time.monotonic()
    said: dict[str, list[Line]] = {conversation: [] for conversation in mentors}
    answering = asyncio.create_task(_answer(mentors, said))
    await visitors.say_every(SAYS_EVERY_S)
    while sum(relay.cuts.values()) < cuts:
        await asyncio.sleep(random.expovariate(CUTS_PER_S))
        relay.cut_one(random.choices(list(SHARES), list(SHARES.values()))[0])
    await visitors.say_every(0)
    answering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering
    deadline, faults, told = time.monotonic() + WITHIN_S, Faults(lost=1), await visitors.tell()
    while faults.lost and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        told = await visitors.tell()
        faults = sum((_faults(each, mentors[each["id"]], said[each["id"]]) for each in told), Faults())
    return {
        "cuts": sum(relay.cuts.values()), "holes": relay.cuts["hole"], "by": dict(relay.cuts), "pairs": len(mentors),
        "seconds": time.monotonic() - began, "settled": not faults.lost,
        "said": sum(len(each["said"]) + len(said[each["id"]]) for each in told), **vars(faults),
    }  # fmt: skip


def _faults(visitor: dict[str, Any], mentor: Mentor, said: list[Line]) -> Faults:
    heard = [each.text for each in mentor.shown]
    own = [Line(text, Own(number, 0, "message", "")) for number, text in enumerate(visitor["said"])]
    return compare(own, heard, len(mentor.seat.alarms)) + compare(
        said, visitor["shown"], len(visitor["notices"])
    )


async def _answer(mentors: dict[str, Mentor], said: dict[str, list[Line]]) -> None:
    while True:
        await asyncio.sleep(SAYS_EVERY_S / len(mentors))
        conversation, mentor = random.choice(list(mentors.items()))
        text = f"mentor {conversation[:6]} {len(said[conversation])}"
        said[conversation].append(Line(text, mentor.say_soon(text)))


async def _run(options: argparse.Namespace, folder: Path) -> Row:
    home = await asyncio.to_thread(make_home, folder / "home", options.pairs)
    service = TriedService(home.data_dir, log=folder / "service.log")
    await asyncio.to_thread(service.start)
    try:
        async with (
            Relay("127.0.0.1", service.port, origin=service.base_url) as relay,
            Evening(service.base_url, home.pin) as evening,
        ):
            on_duty = await evening.on_duty(home.mentors)  # or the chat is closed
            visitors = await Visitors.come(relay.base_url, home.pin, options.pairs)
            mentors = await evening.take_whoever_comes(on_duty)
            row = await cut_browsers(visitors, mentors, relay, options.cuts)
            await visitors.go()
    finally:
        await asyncio.to_thread(service.stop)
    return keep("reliability_browsers", row)


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.reliability_browsers")
    parser.add_argument("--pairs", default=10, type=int)
    parser.add_argument("--cuts", default=200, type=int)
    options = parser.parse_args()
    run_and_judge(lambda folder: _run(options, folder), COLUMNS)


if __name__ == "__main__":
    main()
