"""Makes guessing slow without locking anybody out: who fails often waits a little before the next try is looked at.

Failures are counted for a quarter of an hour, under keyed hashes, by `ports.BriefCounts`, for all processes together:
no username and no address is held. How many sign-ins are under way at once is each process's own affair.
"""

from chatservice.meter import Meter
from chatservice.ports import BriefCounts

FREE_FAILURES = 3
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0
REMEMBERED_S = 900.0
KEY_LIFE_S = 24 * 3600.0
MOST_REMEMBERED = 10_000
MOST_AT_ONCE = 32

Name = tuple[str, str]
"""Username and address together, so that a stranger cannot slow down a mentor elsewhere. Never kept."""


class SignInDelays:
    """How long the next try of somebody has to wait."""

    def __init__(self, failures: BriefCounts, meter: Meter | None = None) -> None:
        self._failures = failures
        self._meter = meter or Meter()
        self._under_way = 0

    def name(self, username: str, address: str) -> Name:
        """Return what failures are counted under."""
        return (username.strip().lower(), address)

    async def delay_s(self, name: Name) -> float:
        """Return how long the next try has to wait."""
        count = await self._failures.count(*name)
        if count < FREE_FAILURES:
            return 0.0
        return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(count - FREE_FAILURES, 10))

    async def note_failure(self, name: Name) -> None:
        """Count a failure."""
        self._meter.sign_in_failures += 1
        await self._failures.add(*name)

    async def forget(self, name: Name) -> None:
        """Forget the failures of somebody who signed in."""
        await self._failures.forget(*name)

    @property
    def is_full(self) -> bool:
        """Say whether so many sign-ins are under way that a further one is turned away."""
        return self._under_way >= MOST_AT_ONCE

    def __enter__(self) -> None:
        self._under_way += 1

    def __exit__(self, *_: object) -> None:
        self._under_way -= 1
