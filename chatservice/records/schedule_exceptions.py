"""Days with other hours than the week's, in the database. Implements `ports.ScheduleExceptions`."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select

from chatservice.domain.day_hours import kept_windows, write_windows
from chatservice.domain.opening_hours import DatedException
from chatservice.records.connections import Database
from chatservice.records.tables import schedule_exceptions
from chatservice.records.writing import put as put_row

_day = schedule_exceptions.c.day


class DatabaseScheduleExceptions:
    """Exceptions in a table. Days are ISO texts, which sort as dates do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, exception: DatedException) -> None:
        """Give a day these hours, in the place of what it had."""
        values = {
            "day": exception.date.isoformat(),
            "windows": write_windows(exception.windows),
            "reason": exception.reason,
            "reason_en": dict(exception.reasons).get("en", ""),
        }
        async with self._database.begin() as connection:
            await put_row(connection, schedule_exceptions, values)

    async def take_back(self, day: date) -> bool:
        """Let a day have its former hours again; False when it had no others."""
        async with self._database.begin() as connection:
            gone = await connection.execute(delete(schedule_exceptions).where(_day == day.isoformat()))
            return gone.rowcount > 0

    async def since(self, day: date) -> Sequence[DatedException]:
        """Return the exceptions of a day and all later ones, by date."""
        statement = select(schedule_exceptions).where(_day >= day.isoformat()).order_by(_day)
        async with self._database.connect() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            DatedException(
                date.fromisoformat(row.day),
                kept_windows(row.windows),
                row.reason,
                (("en", row.reason_en),) if row.reason_en else (),
            )
            for row in rows
        ]

    async def remove_before(self, day: date) -> int:
        """Forget the exceptions of earlier days; return how many they were."""
        async with self._database.begin() as connection:
            gone = await connection.execute(delete(schedule_exceptions).where(_day < day.isoformat()))
            return gone.rowcount
