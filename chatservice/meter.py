"""What the service counts about itself while it runs: plain numbers in memory, added to on the event loop.

No number belongs to anybody: there is no address, name, id or text in it, and none of its keys comes from outside. It
begins at nought with each process. What an operator reads of it stands in web/inside.py; what an organisation keeps for
its own statistics is something else (`usecases/counting.py`).
"""

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from typing import Final

from chatservice.domain.statistics import LEFT, LENGTH_STEPS_MIN, OPENED, QUEUED, TAKEN, step_names
from chatservice.ports import Tally

LAG_STEPS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
ENDED: Final = "ended"
SEATS: Final = {"visitor": "visitor", "mentor": "mentor", "samordnare": "coordinator"}
"""Whose sockets are counted, by the last part of their address."""

_LOOK_EVERY_S: Final = 0.5
_EVENTS: Final = {
    **{name: name for name in (OPENED, QUEUED, TAKEN, LEFT)},
    **dict.fromkeys(step_names("length", LENGTH_STEPS_MIN), ENDED),
}


class Meter:
    """Counts since the process began. Whoever counts adds one to a number, and that is all it costs."""

    __slots__ = (
        "delivered",
        "events",
        "failed_looks",
        "lag",
        "lag_sum_s",
        "open_sockets",
        "refusals",
        "sign_in_failures",
    )

    def __init__(self) -> None:
        self.delivered = 0
        """Envelopes sent to the browser they are for."""
        self.sign_in_failures = 0
        self.refusals: Counter[str] = Counter()
        """What sockets refused, by the code of the error (errors.py)."""
        self.events: Counter[str] = Counter()
        """Conversations asked for (opened), queued, taken, ended, and visitors who left the queue."""
        self.open_sockets: dict[str, int] = dict.fromkeys(SEATS.values(), 0)
        self.failed_looks: Counter[str] = Counter()
        """How often the records or the live store did not answer when somebody looked."""
        self.lag = [0] * (len(LAG_STEPS_S) + 1)
        """How late the event loop woke a task, counted by steps; the last is for what is later than all of them."""
        self.lag_sum_s = 0.0

    def note_lag(self, late_s: float) -> None:
        """Count how late a task was woken."""
        self.lag[bisect_left(LAG_STEPS_S, late_s)] += 1
        self.lag_sum_s += late_s


class MeteredTally:
    """A tally that the meter sees too. Implements `ports.Tally`."""

    def __init__(self, tally: Tally, meter: Meter) -> None:
        self._tally = tally
        self._meter = meter

    def count(self, name: str) -> None:
        """Count one event of this name now."""
        self._tally.count(name)
        event = _EVENTS.get(name)
        if event is not None:
            self._meter.events[event] += 1


async def keep_measuring_lag(meter: Meter) -> None:
    """Look twice a second how late the event loop is, without an end."""
    while True:
        due_s = time.monotonic() + _LOOK_EVERY_S
        await asyncio.sleep(_LOOK_EVERY_S)
        meter.note_lag(max(0.0, time.monotonic() - due_s))
