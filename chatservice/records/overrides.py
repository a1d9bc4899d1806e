"""Temporary states of the opening hours, in the database. Implements `ports.Overrides`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from chatservice.domain.opening_hours import Override
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import overrides


class DatabaseOverrides:
    """Overrides in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, override: Override) -> None:
        """Add an override."""
        async with self._database.begin() as connection:
            await connection.execute(insert(overrides).values(_values(override)))

    async def active(self, now: datetime) -> Sequence[Override]:
        """Return the overrides that have not ended: those in force, and those to come."""
        statement = (
            select(overrides)
            .where(overrides.c.ends_at > to_seconds(now))
            .order_by(overrides.c.starts_at, overrides.c.id)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            Override(
                row.kind,
                from_seconds(row.starts_at),
                from_seconds(row.ends_at),
                row.note,
                row.example,
                row.id,
            )
            for row in rows
        ]

    async def end(self, override_id: int, at: datetime) -> bool:
        """Let an override end at an instant; False when it is unknown or has ended before."""
        ends = (
            update(overrides)
            .where(overrides.c.id == override_id, overrides.c.ends_at > to_seconds(at))
            .values(ends_at=to_seconds(at))
        )
        async with self._database.begin() as connection:
            return (await connection.execute(ends)).rowcount > 0

    async def extend_example(self, override: Override) -> None:
        """Put an example override in the place of every earlier example override."""
        async with self._database.begin() as connection:
            await connection.execute(delete(overrides).where(overrides.c.example))
            await connection.execute(insert(overrides).values(_values(override)))

    async def remove_ended(self, before: datetime) -> int:
        """Forget the overrides that ended before an instant; return how many they were."""
        statement = delete(overrides).where(overrides.c.ends_at < to_seconds(before))
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _values(override: Override) -> dict[str, Any]:
    return {
        "kind": override.kind,
        "starts_at": to_seconds(override.starts_at),
        "ends_at": to_seconds(override.ends_at),
        "note": override.note,
        "example": override.example,
    }
