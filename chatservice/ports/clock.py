"""Where time comes from."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never go backwards; only differences mean anything."""
        ...


def now_ms(clock: Clock) -> int:
    """Return the wall-clock time as whole milliseconds since 1970, in which places in the queue are counted."""
    return int(clock.now().timestamp() * 1000)
