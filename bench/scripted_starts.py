"""A thousand scripts begin conversations while people come: how long does a person take to stand in line?

    .venv/bin/python -m bench.scripted_starts                       # 10 rounds of 1,000 scripts; about two minutes
    .venv/bin/python -m bench.scripted_starts --rounds 1 --scripts 200

Two services with the settings of production as to starts, on one core: in each round a thousand scripts go to one of
them, and people, one after the other, to both. The scripts speak the protocol without fault, never solve anything, and
keep their connections until the round is over; they and the people are on the other core, in processes of their own.
Rows go to results/scripted_starts.jsonl. Exits with 1 when people wait a second longer at the 95th percentile, when one
is turned away, or when scripts have more than the free places.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from pyotp.totp import TOTP
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from bench.process import ROOT, free_port
from bench.service import PASSWORD, Home, MeasuredService, make_home
from tools.participants.mentor import Mentor
from tools.participants.service import Service
from tools.participants.visitor import Visitor

SERVER_CORE, CLIENT_CORE = 0, 1
FREE_STARTS, QUEUE_CAP = 25, 50
AT_ONCE = 100
LONGER_S = 1.0
PERSON_S = 30.0
ANSWER_S = 60.0
RESULTS = ROOT / "bench" / "results" / "scripted_starts.jsonl"
SETTINGS = {"FREE_STARTS": str(FREE_STARTS), "QUEUE_CAP": str(QUEUE_CAP)}


async def script(url: str, told: Counter[str], stack: AsyncExitStack) -> None:
    """Begin a conversation without fault, hear the answer, and stay."""
    keys = Visitor(Service(url), pins=[])
    try:
        socket: ClientConnection = await stack.enter_async_context(
            connect(
                Service(url).socket_url("visitor"),
                origin=Origin(url),
                compression=None,
                ping_interval=None,
                open_timeout=ANSWER_S,
                close_timeout=1,
                proxy=None,
            )
        )
        async with asyncio.timeout(ANSWER_S):
            await socket.send(json.dumps(keys.join(json.loads(await socket.recv()))))
            frame = json.loads(await socket.recv())
        told[frame.get("code", frame["type"])] += 1
    except (OSError, TimeoutError, WebSocketException):
        told["lost"] += 1


async def attack(url: str, count: int) -> None:
    """Be so many scripts; print how they were answered, and stay until somebody ends this process."""
    told: Counter[str] = Counter()
    door = asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:

        async def one() -> None:
            async with door:
                await script(url, told, stack)

        print("{}", flush=True)
        await asyncio.gather(*(one() for _ in range(count)))
        print(json.dumps(told), flush=True)
        await asyncio.Event().wait()


async def start_attack(url: str, count: int) -> Process:
    """Start the scripts in a process of their own, which gives way to whoever measures."""
    process = await asyncio.create_subprocess_exec(
        "nice", sys.executable, "-m", "bench.scripted_starts", "--be", url, "--scripts", str(count),
        stdin=PIPE, stdout=PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def comes(service: MeasuredService) -> float:
    """Come as one person, stand in line, and leave again; return how long it took until then, seconds."""
    began_s = time.perf_counter()
    async with Visitor(Service(service.base_url), pins=[service.pin]) as person:
        await person.until_waiting(timeout_s=PERSON_S)
        waited_s = time.perf_counter() - began_s
        await person.leave()
    return waited_s


async def run_round(
    calm: MeasuredService, crowded: MeasuredService, scripts: int, people: int
) -> tuple[list[float], list[float], Counter[str]]:
    """Let people come to both, while scripts come to one of them."""
    process = await start_attack(crowded.base_url, scripts)
    assert process.stdout is not None
    among: list[float] = []
    alone: list[float] = []
    answers = asyncio.create_task(process.stdout.readline())
    for number in range(people):
        # Spread over the whole attack, and one more behind its end is not counted as among them.
        if number and answers.done():
            break
        among.append(await comes(crowded))
    told: Counter[str] = Counter(json.loads(await answers))
    # Gone without a word, as scripts go.
    process.kill()
    await process.wait()
    for _ in range(len(among)):
        alone.append(await comes(calm))
    return among, alone, told


async def on_duty(stack: AsyncExitStack, home: Home, service: MeasuredService) -> None:
    """Put the mentor on duty, so that the chat is open."""
    account = home.mentors[0]
    mentor = await Mentor.sign_in(
        Service(service.base_url), username=account.username, password=PASSWORD,
        code=TOTP(account.code_secret).now(),
    )  # fmt: skip
    await (await stack.enter_async_context(mentor)).set_duty("on")


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of all is not above."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def run_rounds(
    home: Home, folder: Path, *, rounds: int, scripts: int, people: int
) -> tuple[list[float], list[float], Counter[str]]:
    """Run the rounds against two fresh services; return all waits among scripts and alone, and what scripts heard."""
    among: list[float] = []
    alone: list[float] = []
    told: Counter[str] = Counter()
    calm, crowded = (
        MeasuredService(home, folder / name, core=SERVER_CORE, port=free_port(), settings=SETTINGS)
        for name in ("calm", "crowded")
    )
    with calm, crowded:
        async with AsyncExitStack() as stack:
            for service in (calm, crowded):
                await on_duty(stack, home, service)
            for number in range(rounds):
                crowd, few, answers = await run_round(calm, crowded, scripts, people)
                among, alone, told = among + crowd, alone + few, told + answers
                print(f"round {number + 1}: {len(crowd)} people, scripts {dict(answers)}", flush=True)
    return among, alone, told


def measure(rounds: int, scripts: int, people: int) -> bool:
    """Run the rounds, print and keep what came of them; return whether everything was as promised."""
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "home", 1)
        among, alone, told = asyncio.run(
            run_rounds(home, Path(folder), rounds=rounds, scripts=scripts, people=people)
        )
    longer_s = percentile(among, 0.95) - percentile(alone, 0.95)
    row = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "rounds": rounds,
        "scripts": scripts,
        "people": len(among),
        "scripts_told": dict(told),
        **{
            f"{name}_{what}_s": round(value, 3)
            for name, values in (("alone", alone), ("among", among))
            for what, value in (
                ("p50", statistics.median(values)), ("p95", percentile(values, 0.95)), ("max", max(values)),
            )
        },
        "p95_longer_s": round(longer_s, 3),
    }  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row, indent=2))
    return longer_s < LONGER_S and told["joined"] <= FREE_STARTS * rounds


def main() -> None:
    """Read the arguments and measure, or be the scripts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--scripts", type=int, default=1000)
    arguments.add_argument("--people", type=int, default=10, help="people in each round, at most")
    arguments.add_argument("--be", metavar="URL", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    if given.be:
        asyncio.run(attack(given.be, given.scripts))
    elif not measure(given.rounds, given.scripts, given.people):
        sys.exit(1)


if __name__ == "__main__":
    main()
