"""Who has which evening, in the database. Implements `ports.Shifts`.

That nobody has two shifts at once, and that an offered shift goes to one colleague, is decided within one statement.
Databases that let two statements run at once are made to wait by locking the mentor's account first; SQLite lets only
one write at a time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    delete,
    exists,
    false,
    insert,
    literal,
    select,
    update,
)

from chatservice.domain.shift import Shift, Stretch
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import shifts
from chatservice.records.writing import lock_account

_others = shifts.alias("others")


class DatabaseShifts:
    """One row for each shift."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account_id: int, stretch: Stretch) -> Shift | None:
        """Give a mentor a shift; None when she has one at that time."""
        values = (
            literal(account_id),
            literal(to_seconds(stretch.starts_at)),
            literal(to_seconds(stretch.ends_at)),
        )
        new = select(*values, false()).where(~_has_one_at(account_id, stretch))
        statement = insert(shifts).from_select(["account_id", "starts_at", "ends_at", "up_for_swap"], new)
        async with self._database.begin() as connection:
            await lock_account(connection, account_id)
            number = (await connection.execute(statement.returning(shifts.c.id))).scalar_one_or_none()
        return None if number is None else Shift(number, account_id, stretch)

    async def find(self, number: int) -> Shift | None:
        """Return a shift, or None."""
        found = await self._read(select(shifts).where(shifts.c.id == number))
        return found[0] if found else None

    async def coming(self, after: datetime) -> Sequence[Shift]:
        """Return everybody's shifts that have not ended, in order."""
        return await self._read(select(shifts).where(shifts.c.ends_at > to_seconds(after)))

    async def of_account(self, account_id: int, after: datetime) -> Sequence[Shift]:
        """Return the shifts of one mentor that have not ended, in order."""
        mine = (shifts.c.account_id == account_id) & (shifts.c.ends_at > to_seconds(after))
        return await self._read(select(shifts).where(mine))

    async def offer(self, number: int, account_id: int, *, up_for_swap: bool) -> bool:
        """Ask colleagues to take a mentor's own shift, or no longer; False when it is not hers."""
        statement = (
            update(shifts)
            .where(shifts.c.id == number, shifts.c.account_id == account_id)
            .values(up_for_swap=up_for_swap)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def hand_over(self, shift: Shift, account_id: int) -> bool:
        """Make an offered shift another mentor's; False when it is gone or when she has a shift at that time."""
        statement = (
            update(shifts)
            .where(
                shifts.c.id == shift.id,
                shifts.c.account_id == shift.account_id,
                shifts.c.up_for_swap,
                ~_has_one_at(account_id, shift.stretch),
            )
            .values(account_id=account_id, up_for_swap=False)
        )
        async with self._database.begin() as connection:
            await lock_account(connection, account_id)
            return (await connection.execute(statement)).rowcount == 1

    async def remove(self, number: int, account_id: int) -> bool:
        """Erase a mentor's shift; False when it is not hers."""
        return await self._erase(shifts.c.id == number, shifts.c.account_id == account_id) == 1

    async def free(self, account_id: int, starts_at: datetime, ends_at: datetime | None = None) -> int:
        """Erase a mentor's shifts that touch a time (None: without an end); return how many they were."""
        conditions = [shifts.c.account_id == account_id, shifts.c.ends_at > to_seconds(starts_at)]
        if ends_at is not None:
            conditions.append(shifts.c.starts_at < to_seconds(ends_at))
        return await self._erase(*conditions)

    async def remove_ended(self, before: datetime) -> int:
        """Erase the shifts that ended before an instant; return how many they were."""
        return await self._erase(shifts.c.ends_at < to_seconds(before))

    async def _read(self, query: Select[Any]) -> list[Shift]:
        ordered = query.order_by(shifts.c.starts_at, shifts.c.ends_at, shifts.c.id)
        async with self._database.connect() as connection:
            return [_shift(row) for row in (await connection.execute(ordered)).all()]

    async def _erase(self, *conditions: ColumnElement[bool]) -> int:
        async with self._database.begin() as connection:
            return (await connection.execute(delete(shifts).where(*conditions))).rowcount


def _has_one_at(account_id: int, stretch: Stretch) -> ColumnElement[bool]:
    return exists().where(
        _others.c.account_id == account_id,
        _others.c.starts_at < to_seconds(stretch.ends_at),
        _others.c.ends_at > to_seconds(stretch.starts_at),
    )


def _shift(row: Row[Any]) -> Shift:
    stretch = Stretch(from_seconds(row.starts_at), from_seconds(row.ends_at))
    return Shift(row.id, row.account_id, stretch, row.up_for_swap)
