"""The one way to the database: connections that are asked for, waited for a bounded time, and given back.

Adapters ask here and never the engine itself, so that what a database says when it is gone, full, damaged or mute
reaches everybody else as one error, `RecordsAwayError`. What is a mistake of the program passes as it is. Says once in
the log that the records are away, and once that they answer again.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, Literal

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chatservice.errors import RecordsAwayError

PATIENCE_S: Final = 5.0
"""How long a server may take for one piece of work before it counts as gone. SQLite waits for its lock as long."""
_MISTAKES: Final = ("22", "23")
"""The classes of SQLSTATE for data that do not fit or break a rule: mistakes of the program, not of the server."""

_log = logging.getLogger(__name__)
_Purpose = Literal["reading", "changing"]


class Database:
    """Connections of an engine. With `patience_s` a connection that keeps silent for so long is thrown away."""

    def __init__(self, engine: AsyncEngine, *, patience_s: float | None) -> None:
        self._engine = engine
        self._patience_s = patience_s
        self._away_for: set[_Purpose] = set()

    @property
    def dialect(self) -> str:
        """Return which kind of database it is: `sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection to read by. Raises `RecordsAwayError`."""
        with self._told("reading"):
            async with self._borrowed() as connection, self._bounded(connection):
                yield connection

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection to change by: everything in the block holds, or nothing. Raises `RecordsAwayError`."""
        with self._told("changing"):
            async with self._borrowed() as connection, self._bounded(connection):
                yield connection
                await connection.commit()

    @asynccontextmanager
    async def _borrowed(self) -> AsyncGenerator[AsyncConnection]:
        connection = self._engine.connect()
        async with asyncio.timeout(self._patience_s):
            await connection.start()
        try:
            yield connection
        finally:
            await _give_back(connection)

    @asynccontextmanager
    async def _bounded(self, connection: AsyncConnection) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._patience_s):
                yield
        except (TimeoutError, asyncio.CancelledError):
            if self._patience_s is not None:
                # A server that is mute would keep us waiting for the end of the transaction too.
                await connection.invalidate()
            raise

    @contextmanager
    def _told(self, purpose: _Purpose) -> Generator[None]:
        try:
            yield
        except (DBAPIError, NoConnectionFreeError, OSError) as error:
            if isinstance(error, DBAPIError) and _is_mistake(error):
                raise
            if not self._away_for:
                _log.warning("The records cannot be reached: %s.", _name(error))
            self._away_for.add(purpose)
            raise RecordsAwayError from error
        # A full disk can still be read: that is not to be back.
        if purpose in self._away_for:
            self._away_for.remove(purpose)
            if not self._away_for:
                _log.warning("The records answer again.")


async def _give_back(connection: AsyncConnection) -> None:
    """Give a connection back whole; whoever is cancelled in the middle of it waits for that first."""
    giving = asyncio.ensure_future(connection.close())
    try:
        await asyncio.shield(giving)
    except asyncio.CancelledError:
        await asyncio.wait({giving}, timeout=PATIENCE_S)
        raise


def _is_mistake(error: DBAPIError) -> bool:
    """Say whether the program asked for what cannot be, rather than the database being unable to answer."""
    sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
    cause = getattr(error.orig, "__cause__", None)
    return isinstance(error, IntegrityError) or sqlstate[:2] in _MISTAKES or isinstance(cause, ValueError)


def _name(error: Exception) -> str:
    """Name an error without its text, which may hold values of a row."""
    orig = getattr(error, "orig", None)
    sqlstate = getattr(orig, "sqlstate", None)
    return f"{type(error).__name__} {sqlstate}" if sqlstate else type(error).__name__
