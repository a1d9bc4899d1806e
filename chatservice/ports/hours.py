"""Opening hours as records: days with other hours, and temporary states. Adapters: records/."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from chatservice.domain.opening_hours import DatedException, Override


class ScheduleExceptions(Protocol):
    """The days to which coordinators have given other hours than the week's."""

    async def put(self, exception: DatedException) -> None:
        """Give a day these hours, in the place of what it had."""
        ...

    async def take_back(self, day: date) -> bool:
        """Let a day have its former hours again; False when it had no others."""
        ...

    async def since(self, day: date) -> Sequence[DatedException]:
        """Return the exceptions of a day and all later ones, by date."""
        ...

    async def remove_before(self, day: date) -> int:
        """Forget the exceptions of earlier days; return how many they were."""
        ...


class Overrides(Protocol):
    """Temporary states of the opening hours."""

    async def add(self, override: Override) -> None:
        """Add an override."""
        ...

    async def active(self, now: datetime) -> Sequence[Override]:
        """Return the overrides that have not ended: those in force, and those to come."""
        ...

    async def end(self, override_id: int, at: datetime) -> bool:
        """Let an override end at an instant; False when it is unknown or has ended before."""
        ...

    async def extend_example(self, override: Override) -> None:
        """Put an example override in the place of every earlier example override."""
        ...

    async def remove_ended(self, before: datetime) -> int:
        """Forget the overrides that ended before an instant; return how many they were."""
        ...
