"""Letters of the contact form, sealed, in the database. Implements `ports.Letters`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from chatservice.domain.letter import SealedLetter
from chatservice.records.connections import Database
from chatservice.records.instants import from_seconds, to_seconds
from chatservice.records.tables import letters


class DatabaseLetters:
    """Sealed letters in a table; an erased one leaves no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, letter: SealedLetter) -> None:
        """Add a letter; the table gives it its number."""
        values = {
            "key_id": letter.key_id,
            "sealed": letter.sealed,
            "received_on": to_seconds(letter.received_on),
            "kept_until": to_seconds(letter.kept_until),
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(letters).values(values))

    async def count(self) -> int:
        """Return how many letters are held."""
        async with self._database.connect() as connection:
            return (await connection.execute(select(func.count()).select_from(letters))).scalar_one()

    async def everything(self) -> Sequence[SealedLetter]:
        """Return every letter, oldest first."""
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(letters).order_by(letters.c.id))).all()
        return [_letter(row) for row in rows]

    async def find(self, number: int) -> SealedLetter | None:
        """Return a letter, or None."""
        async with self._database.connect() as connection:
            row = (await connection.execute(select(letters).where(letters.c.id == number))).one_or_none()
        return None if row is None else _letter(row)

    async def remove(self, number: int) -> bool:
        """Erase a letter; False when there is none."""
        async with self._database.begin() as connection:
            return (await connection.execute(delete(letters).where(letters.c.id == number))).rowcount == 1

    async def remove_kept_until(self, now: datetime) -> int:
        """Erase the letters that are kept until now or an earlier instant; return how many they were."""
        statement = delete(letters).where(letters.c.kept_until <= to_seconds(now))
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _letter(row: Row[Any]) -> SealedLetter:
    return SealedLetter(
        row.key_id, row.sealed, from_seconds(row.received_on), from_seconds(row.kept_until), row.id
    )
