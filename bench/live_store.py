"""Measures what the live store costs in processor time, alone: in memory, and on a Valkey of this machine.

    .venv/bin/python -m bench.live_store               a few seconds, on a quiet machine

A message is what the service asks the store for it: `post`, `envelopes_after` by the other side, its `note_received`.
The service's own cost of a message, sockets and frames, is not in it (bench.bench).
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.run import run_in_folder
from bench.systems import SERVER_CORE
from bench.two_processes import valkey
from chatservice.clock import SystemClock
from chatservice.domain.conversation import Conversation
from chatservice.domain.envelope import Draft
from chatservice.domain.seat import MentorSeat, seat_of_mentor, visitor_seat
from chatservice.errors import StartError
from chatservice.live.memory import MemoryLiveStore
from chatservice.live.valkey.store import open_valkey_store
from chatservice.ports import LiveStore

CONVERSATIONS = 200
MESSAGES = 100
ROUNDS = 3
BODY = "x" * 400
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


async def message(live: LiveStore, name: str, number: int) -> None:
    seat = visitor_seat(name)
    await live.post(seat, Draft(number, 0, "message", BODY))
    await live.envelopes_after(name, number, limit=100)
    await live.note_received(seat_of_mentor(name, MentorSeat(1, "key", 1)), seat.sender, number + 1)


async def measure(live: LiveStore, server: int | None, what: str) -> None:
    for turn in range(ROUNDS):
        names = [f"{turn} {number}" for number in range(CONVERSATIONS)]
        for name in names:
            await live.open(Conversation(name, b"", 1, "share"), queue_cap=10**6)
        held = [await live.view(name) for name in names]  # as sockets hold them

        async def talk(name: str) -> None:
            for number in range(MESSAGES):
                await message(live, name, number)

        count = CONVERSATIONS * MESSAGES
        await tell(f"{what}: message, {CONVERSATIONS} at once", talk, names, count, server)

        async def look(name: str) -> None:
            for _ in range(MESSAGES):
                await live.view(name)

        await tell(f"{what}: view, {CONVERSATIONS} at once", look, names, count, server)
        assert all(held)
    took_s: list[float] = []
    for number in range(MESSAGES, MESSAGES + 300):
        began_s = time.perf_counter()
        await message(live, "0 0", number)
        took_s.append(time.perf_counter() - began_s)
    print(f"{what}: message, one after the other: {statistics.median(took_s) * 1e6:.0f} µs", flush=True)


async def tell(
    what: str, do: Callable[[str], Awaitable[None]], names: list[str], count: int, server: int | None
) -> None:
    began_s, own_s, server_s = time.perf_counter(), time.process_time(), cpu_of(server)
    await asyncio.gather(*(do(name) for name in names))
    passed_s = time.perf_counter() - began_s
    own_us = (time.process_time() - own_s) / count * 1e6
    server_us = (cpu_of(server) - server_s) / count * 1e6
    print(
        f"{what}: {count / passed_s:,.0f}/s, {own_us:.0f} µs here, {server_us:.0f} µs in Valkey", flush=True
    )


def main() -> None:
    """Measure one after the other; what stands before the colon says which."""
    argparse.ArgumentParser(description=__doc__, prog="bench.live_store").parse_args()
    # The Valkey has the other one.
    os.sched_setaffinity(0, {SERVER_CORE})
    run_in_folder(_measure_both)


async def _measure_both(folder: Path) -> None:
    await measure(MemoryLiveStore(SystemClock()), None, "memory")
    try:
        with valkey(folder) as (port, (server, *_)):
            async with open_valkey_store(f"valkey://127.0.0.1:{port}", SystemClock()) as live:
                await measure(live, server, "valkey")
    except (RuntimeError, StartError) as error:
        print(error)


if __name__ == "__main__":
    main()
