"""Counters by hour, tied to nobody, in the database. Implements `ports.Counters`."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from chatservice.domain.statistics import Counter
from chatservice.records.connections import Database
from chatservice.records.tables import counters
from chatservice.records.writing import add_to


class DatabaseCounters:
    """One row for each name in each hour in which it was counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, counts: Mapping[Counter, int]) -> None:
        """Add to the counters, all of them or none."""
        rows = [
            ((counter.day.isoformat(), counter.hour, counter.name), number)
            for counter, number in counts.items()
        ]
        async with self._database.begin() as connection:
            # In one order: two processes that write at once never wait for each other in a circle.
            for key, number in sorted(rows):
                values = dict(zip(("day", "hour", "name"), key, strict=True), number=number)
                await add_to(connection, counters, values, sum_of="number")

    async def between(self, first: date, last: date) -> Mapping[Counter, int]:
        """Return the counters from one day to another, both included."""
        days = counters.c.day.between(first.isoformat(), last.isoformat())
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(counters).where(days))).all()
        return {Counter(date.fromisoformat(row.day), row.hour, row.name): row.number for row in rows}

    async def first_day(self) -> date | None:
        """Return the earliest day on which anything was counted; None when nothing was."""
        async with self._database.connect() as connection:
            day = (await connection.execute(select(func.min(counters.c.day)))).scalar_one()
        return date.fromisoformat(day) if day else None
