"""A mobile network at its worst: packets are lost and late, and then nothing comes through at all for a while.

    .venv/bin/python -m bench.reliability_network               # 5 % loss, 200 ms ± 50, 20 s of nothing; 2 minutes

The service runs in a network namespace of its own, and between it and everybody else lies a wire that this program is:
two TUN devices, from one of which it takes each packet, throws some away, and writes the others to the other one later.
So the kernel's TCP on both sides meets true loss, true delay and packets in another order, as with `tc netem`, which
asks for a kernel module (sch_netem) that many machines do not have; whether this one has it is printed. Needs root.
"""

import argparse
import asyncio
import contextlib
import fcntl
import os
import random
import struct
import subprocess
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.reliability_kill import CLIENT_CORE, SERVER_CORE
from bench.reliability_pairs import Evening
from bench.reliability_rows import Row, keep, percentile
from bench.reliability_run import run_and_judge
from bench.reliability_service import TriedService
from bench.service import make_home

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
NEAR, FAR = "10.231.77.1", "10.231.77.2"
SAYS_EVERY_S = 2.0
COLUMNS = (
    "loss", "delay_ms", "said", "packets", "dropped", "delivery_p50_s", "delivery_p95_s", "reconnects",
    "lost", "doubled", "out_of_order", "foreign", "alarms", "settled",
)  # fmt: skip


class BadWire:
    """Carries packets between two devices. ``loss`` 0 to 1; ``delay_s`` each way, ± ``jitter_s``."""

    def __init__(self, devices: tuple[int, int], *, loss: float, delay_s: float, jitter_s: float) -> None:
        self._devices = devices
        self.loss = loss
        self._delay_s, self._jitter_s = delay_s, jitter_s
        self.packets = self.dropped = 0

    @contextmanager
    def carrying(self) -> Generator[None]:
        """Carry for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        for source, target in (self._devices, self._devices[::-1]):
            loop.add_reader(source, self._take, loop, source, target)
        try:
            yield
        finally:
            for device in self._devices:
                loop.remove_reader(device)

    def _take(self, loop: asyncio.AbstractEventLoop, source: int, target: int) -> None:
        with contextlib.suppress(BlockingIOError):
            while packet := os.read(source, 65_536):
                self.packets += 1
                if random.random() < self.loss:
                    self.dropped += 1
                    continue
                delay_s = max(0.0, self._delay_s + random.uniform(-self._jitter_s, self._jitter_s))
                loop.call_later(delay_s, self._give, target, packet)

    def _give(self, target: int, packet: bytes) -> None:
        with contextlib.suppress(OSError):  # a full queue drops packets too
            os.write(target, packet)


@contextmanager
def wire_to_namespace(name: str) -> Generator[tuple[int, int]]:
    """Make a namespace and the two devices; everything is gone after the block. Raises CalledProcessError."""
    with ExitStack() as stack:
        _ip("netns", "add", name)
        stack.callback(_ip, "netns", "del", name)
        near, far = (_device(f"{name}{which}") for which in "nf")
        for device in (near, far):
            stack.callback(os.close, device)
        _ip("link", "set", f"{name}f", "netns", name)
        _ip("addr", "add", NEAR, "peer", FAR, "dev", f"{name}n")
        _ip("link", "set", f"{name}n", "up")
        _ip("-n", name, "addr", "add", FAR, "peer", NEAR, "dev", f"{name}f")
        _ip("-n", name, "link", "set", f"{name}f", "up")
        _ip("-n", name, "link", "set", "lo", "up")
        yield near, far


def netem_answer(name: str) -> str:
    """Ask the kernel of a namespace for netem; return what tc says."""
    tried = subprocess.run(
        ["ip", "netns", "exec", name, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return tried.stderr.strip() or "here"


def _device(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


async def talk_over(wire: BadWire, evening: Evening, *, seconds: float, nothing_s: float) -> Row:
    """Let everybody talk over the bad wire, then let nothing through for a while, then go on; compare."""
    joins = {end: end.joins for talk in evening.talks for end in talk.ends}
    took: list[float] = []
    chatter = asyncio.create_task(evening.chatter(SAYS_EVERY_S))
    timing = asyncio.create_task(_time(evening, took))
    await asyncio.sleep(seconds)
    loss, wire.loss = wire.loss, 1.0
    await asyncio.sleep(nothing_s)
    wire.loss = loss
    await asyncio.sleep(seconds)
    for task in (chatter, timing):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    settled = await evening.settle()
    return {
        "loss": loss, "nothing_s": nothing_s, "packets": wire.packets, "dropped": wire.dropped,
        "said": sum(len(lines) for talk in evening.talks for lines in talk.said.values()),
        "reconnects": sum(end.joins - before for end, before in joins.items()),
        "delivery_p50_s": percentile(took, 0.5), "delivery_p95_s": percentile(took, 0.95),
        "settled": settled, **vars(evening.faults()),
    }  # fmt: skip


async def _time(evening: Evening, took: list[float]) -> None:
    """Say one line after another from visitor to mentor, and note how long each was on its way."""
    talk = evening.talks[0]
    while True:
        began, count = time.monotonic(), len(talk.mentor.shown)
        talk.say("visitor")
        await talk.mentor.until(lambda count=count: len(talk.mentor.shown) > count)
        took.append(time.monotonic() - began)
        await asyncio.sleep(1)


async def _run(options: argparse.Namespace, folder: Path) -> Row:
    home = await asyncio.to_thread(make_home, folder / "home", options.pairs)
    name = f"bad{os.getpid() % 10_000}"
    with wire_to_namespace(name) as devices:
        print(f"tc netem: {netem_answer(name)}")
        delay_s, jitter_s = options.delay_ms / 1000, options.jitter_ms / 1000
        wire = BadWire(devices, loss=options.loss, delay_s=delay_s, jitter_s=jitter_s)
        with wire.carrying():
            service = TriedService(
                home.data_dir, log=folder / "service.log", core=SERVER_CORE, host=FAR,
                settings={"CHAT_BIND": "0.0.0.0"}, before=("ip", "netns", "exec", name),  # noqa: S104 -- alone in there
            )  # fmt: skip
            await asyncio.to_thread(service.start)
            try:
                origin = f"http://127.0.0.1:{service.port}"
                async with Evening(service.base_url, home.pin, origin=origin) as evening:
                    await evening.begin(home.mentors)
                    row = await talk_over(wire, evening, seconds=options.seconds, nothing_s=options.nothing)
            finally:
                await asyncio.to_thread(service.stop)
    return keep("reliability_network", {"pairs": options.pairs, "delay_ms": options.delay_ms, **row})


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.reliability_network")
    parser.add_argument("--pairs", default=20, type=int)
    parser.add_argument("--loss", default=0.05, type=float)
    parser.add_argument("--delay-ms", default=200.0, type=float, help="each way")
    parser.add_argument("--jitter-ms", default=50.0, type=float)
    parser.add_argument("--seconds", default=30.0, type=float, help="before the nothing, and after it")
    parser.add_argument("--nothing", default=20.0, type=float, help="seconds with 100 %% loss")
    options = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    run_and_judge(lambda folder: _run(options, folder), COLUMNS)


if __name__ == "__main__":
    main()
