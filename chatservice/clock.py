"""The clocks: the machine's own, and one that starts at a given instant (acceptance tests only).

Opening hours, sessions and overrides follow the clock of the settings. One-time codes and certificates are
judged by phones and browsers with clocks of their own, so those always follow `SystemClock`. Read `ports.py` next.
"""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    # Asked for every frame, so without a step in between. Only differences mean anything.
    monotonic_s = staticmethod(time.monotonic)


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
