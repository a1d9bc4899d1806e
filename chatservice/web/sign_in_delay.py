"""Makes guessing slow without locking anybody out: who fails often waits a little before the next try is looked at.

Remembers keyed hashes for a quarter of an hour, in memory only, under a key that dies with the process; no username and
no address is held.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict

from chatservice.meter import Meter
from chatservice.ports import Clock

FREE_FAILURES = 3
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0
REMEMBERED_S = 900.0
MOST_REMEMBERED = 10_000
MOST_AT_ONCE = 32


class SignInDelays:
    """Counts failures per username and address together, so that a stranger cannot slow down a mentor elsewhere."""

    def __init__(self, clock: Clock, meter: Meter | None = None) -> None:
        self._clock = clock
        self._meter = meter or Meter()
        self._key = secrets.token_bytes(32)
        self._failures: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._under_way = 0

    def name(self, username: str, address: str) -> bytes:
        """Return the keyed hash under which failures are counted."""
        message = f"{username.strip().lower()}\0{address}".encode()
        return hmac.digest(self._key, message, hashlib.sha256)

    def delay_s(self, name: bytes) -> float:
        """Return how long the next try has to wait."""
        count, latest_s = self._failures.get(name, (0, 0.0))
        if self._clock.monotonic_s() - latest_s > REMEMBERED_S or count < FREE_FAILURES:
            return 0.0
        return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(count - FREE_FAILURES, 10))

    def note_failure(self, name: bytes) -> None:
        """Count a failure, and forget those that are old or too many."""
        self._meter.sign_in_failures += 1
        now_s = self._clock.monotonic_s()
        count, latest_s = self._failures.pop(name, (0, now_s))
        self._failures[name] = (1 if now_s - latest_s > REMEMBERED_S else count + 1, now_s)
        while self._failures:
            _, oldest_s = next(iter(self._failures.values()))
            if now_s - oldest_s <= REMEMBERED_S and len(self._failures) <= MOST_REMEMBERED:
                break
            self._failures.popitem(last=False)

    def forget(self, name: bytes) -> None:
        """Forget the failures of somebody who signed in."""
        self._failures.pop(name, None)

    @property
    def is_full(self) -> bool:
        """Say whether so many sign-ins are under way that a further one is turned away."""
        return self._under_way >= MOST_AT_ONCE

    def __enter__(self) -> None:
        self._under_way += 1

    def __exit__(self, *_: object) -> None:
        self._under_way -= 1
