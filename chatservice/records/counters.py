"""Counters by hour, tied to nobody, in the database. Implements `ports.Counters`."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from chatservice.domain.statistics import Counter
from chatservice.records.tables import counters


class DatabaseCounters:
    """One row for each name in each hour in which it was counted."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, counts: Mapping[Counter, int]) -> None:
        """Add to the counters, all of them or none."""
        async with self._engine.begin() as connection:
            for counter, number in counts.items():
                key = {"day": counter.day.isoformat(), "hour": counter.hour, "name": counter.name}
                same = (counters.c[column] == value for column, value in key.items())
                added = await connection.execute(
                    update(counters).where(*same).values(number=counters.c.number + number)
                )
                if added.rowcount == 0:
                    await connection.execute(insert(counters).values(**key, number=number))

    async def between(self, first: date, last: date) -> Mapping[Counter, int]:
        """Return the counters from one day to another, both included."""
        days = counters.c.day.between(first.isoformat(), last.isoformat())
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(counters).where(days))).all()
        return {Counter(date.fromisoformat(row.day), row.hour, row.name): row.number for row in rows}

    async def first_day(self) -> date | None:
        """Return the earliest day on which anything was counted; None when nothing was."""
        async with self._engine.connect() as connection:
            day = (await connection.execute(select(func.min(counters.c.day)))).scalar_one()
        return date.fromisoformat(day) if day else None
