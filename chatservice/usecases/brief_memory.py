"""What is remembered for a few minutes, in this process only: challenges, and secrets of a setup that is under way.

Bounded in number and in time; the oldest goes first. A restart forgets it all, and whoever was in the middle begins
that step again. Several service processes would need one such memory between them (or a proxy that leads a browser
to the same process for half an hour), since the second step of a sign-in may reach another process than the first.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class BriefMemory(Generic[_Value]):
    """Values by name, each for `kept_for`, at most `most` of them."""

    def __init__(self, *, kept_for: timedelta, most: int) -> None:
        self._kept_for = kept_for
        self._most = most
        self._held: OrderedDict[str, tuple[_Value, datetime]] = OrderedDict()

    def keep(self, name: str, value: _Value, now: datetime) -> None:
        """Remember a value from now on; a former one of the same name is replaced."""
        self._held.pop(name, None)
        self._held[name] = (value, now + self._kept_for)
        while len(self._held) > self._most or next(iter(self._held.values()))[1] <= now:
            self._held.popitem(last=False)

    def find(self, name: str, now: datetime) -> _Value | None:
        """Return the value, or None when there is none (any longer)."""
        value, until = self._held.get(name, (None, now))
        return value if until > now else None

    def take(self, name: str, now: datetime) -> _Value | None:
        """Return the value and forget it: nobody gets it twice."""
        value = self.find(name, now)
        self._held.pop(name, None)
        return value
