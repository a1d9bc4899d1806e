"""What is remembered for minutes, in the memory of one process: values by name, counts by keyed hash, settling, turns.

A restart forgets it all, and whoever was in the middle of a sign-in begins that step again. For several processes:
valkey_brief.py. Every method runs without a pause from its first line to its last, so each is atomic on the event loop.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict

from chatservice.domain.sealing import framed
from chatservice.ports import Clock


class MemoryBriefMemory:
    """See `ports.BriefMemory`."""

    def __init__(self, clock: Clock, *, kept_s: float, most: int) -> None:
        self._clock = clock
        self._kept_s = kept_s
        self._most = most
        self._held: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def keep(self, name: str, value: str) -> None:
        """Remember a value from now on; what is over or too much goes."""
        now_s = self._clock.monotonic_s()
        self._held.pop(name, None)
        self._held[name] = (value, now_s + self._kept_s)
        while len(self._held) > self._most or next(iter(self._held.values()))[1] <= now_s:
            self._held.popitem(last=False)

    async def find(self, name: str) -> str | None:
        """Return the value, or None when there is none (any longer)."""
        return self._living(self._held.get(name))

    async def take(self, name: str) -> str | None:
        """Return the value and forget it."""
        return self._living(self._held.pop(name, None))

    def _living(self, held: tuple[str, float] | None) -> str | None:
        return held[0] if held is not None and held[1] > self._clock.monotonic_s() else None


class MemoryBriefCounts:
    """See `ports.BriefCounts`. The key is made here, replaced after `key_s`, and dies with the process."""

    def __init__(self, clock: Clock, *, kept_s: float, key_s: float, most: int) -> None:
        self._clock = clock
        self._kept_s = kept_s
        self._key_s = key_s
        self._most = most
        self._begin()

    async def count(self, *parts: str) -> int:
        """Return how often this was added."""
        self._tidy()
        return self._held.get(self._hash(parts), (0, 0.0))[0]

    async def add(self, *parts: str) -> int:
        """Count one more, and forget what is over or too much."""
        self._tidy()
        name = self._hash(parts)
        count = self._held.pop(name, (0, 0.0))[0] + 1
        self._held[name] = (count, self._clock.monotonic_s())
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return count

    async def forget(self, *parts: str) -> None:
        """Count from nothing again."""
        self._held.pop(self._hash(parts), None)

    async def left_s(self) -> float:
        """Return how long it takes at most until everything is forgotten with the key."""
        self._tidy()
        return self._began_s + self._key_s - self._clock.monotonic_s()

    def _begin(self) -> None:
        self._began_s = self._clock.monotonic_s()
        self._key = secrets.token_bytes(32)
        self._held: OrderedDict[bytes, tuple[int, float]] = OrderedDict()

    def _tidy(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._began_s >= self._key_s:
            self._begin()
        while self._held and now_s - next(iter(self._held.values()))[1] >= self._kept_s:
            self._held.popitem(last=False)

    def _hash(self, parts: tuple[str, ...]) -> bytes:
        return hmac.digest(self._key, framed(*parts), hashlib.sha256)


class MemorySettling:
    """See `ports.Settling`: counts `settle_s` from the first visitor who comes back; before that nothing waits."""

    __slots__ = ("_done", "_settle_s", "_timer")

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._done = asyncio.Event()
        self._done.set()
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """Note that a visitor came back by ticket."""
        if self._timer is None:
            self._done.clear()
            self._timer = asyncio.get_running_loop().call_later(self._settle_s, self._done.set)

    async def settled(self) -> None:
        """Return when the queue has its order."""
        await self._done.wait()


class OneProcessTurns:
    """See `ports.Turns`: a process that is alone has every turn, as often as its own loops come to it."""

    async def is_mine(self, task: str, for_s: float) -> bool:
        """Take the turn."""
        return True
