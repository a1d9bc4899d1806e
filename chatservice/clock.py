"""The clocks: the machine's own, and one that starts at a given instant (acceptance tests only).

Opening hours, sessions and overrides follow the clock of the settings. One-time codes and certificates are
judged by phones and browsers with clocks of their own, so those always follow `SystemClock`. Read `ports.py` next.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

FOLLOWED_AT_ONCE: Final = timedelta(days=1)
"""What the network's time corrects, and a clock that was set an hour wrong."""
HELD_BACK_S: Final = 3600.0

_log = logging.getLogger(__name__)


def _wall() -> datetime:
    return datetime.now(UTC)


def _steady_s() -> float:
    # Unlike `monotonic` it goes on while the machine sleeps; where there is none, a sleep of a day counts as a jump.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SystemClock:
    """The machine's clock, which is not followed at once when it leaps.

    A clock set 400 days wrong would sign everybody out, make every ticket worthless and close the chat. So a leap of
    more than a day is followed when it has stood for an hour, and said in the log at once; a restart follows it.
    """

    __slots__ = ("_leap", "_leapt_at_s", "_offset", "_read_steady_s", "_read_wall")

    def __init__(
        self, read_wall: Callable[[], datetime] = _wall, read_steady_s: Callable[[], float] = _steady_s
    ) -> None:
        self._read_wall = read_wall
        self._read_steady_s = read_steady_s
        self._offset = read_wall() - timedelta(seconds=read_steady_s())
        self._leap: timedelta | None = None
        self._leapt_at_s = 0.0

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        wall, steady_s = self._read_wall(), self._read_steady_s()
        offset = wall - timedelta(seconds=steady_s)
        if self._is_followed(offset - self._offset, steady_s):
            self._offset, self._leap = offset, None
            return wall
        return self._offset + timedelta(seconds=steady_s)

    def monotonic_s(self) -> float:
        """Return seconds that never go backwards; only differences mean anything."""
        return time.monotonic()

    def _is_followed(self, leap: timedelta, steady_s: float) -> bool:
        if abs(leap) <= FOLLOWED_AT_ONCE:
            return True
        if self._leap is None or abs(leap - self._leap) > FOLLOWED_AT_ONCE:
            self._leap, self._leapt_at_s = leap, steady_s
            _log.warning("The machine's clock leapt by %.0f hours. It is not followed for an hour: set it right.",
                         leap / timedelta(hours=1))  # fmt: skip
        return steady_s - self._leapt_at_s >= HELD_BACK_S


class ShiftedClock:
    """A clock that shows `start` when it is made, and runs from there."""

    __slots__ = ("_made_s", "_start")

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._made_s = time.monotonic()

    def now(self) -> datetime:
        """Return `start` plus the time since this clock was made, aware, in UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._made_s)

    def monotonic_s(self) -> float:
        """Return seconds that never go backwards; only differences mean anything."""
        return time.monotonic()
