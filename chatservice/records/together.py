"""Several who ask for rows by key at the same time ask together, in one question.

After a restart every mentor comes back at once, and each is looked up: session, account, certificate, items, pauses.
Asked one by one that was four fifths of the time until all were back (bench/README.md). Whoever asks while a question
is under way waits for its end and is in the next one, with everybody else who has come meanwhile; whoever asks alone
waits for nobody. An answer is never older than the asking: a question begins after all who are in it have asked.
Knows no table and no database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final, Generic, TypeVar

from chatservice.errors import RecordsAwayError

MOST_AT_ONCE: Final = 500
"""Keys in one question; databases bound them."""

Key = TypeVar("Key")
Row = TypeVar("Row")


class _Question(Generic[Key, Row]):
    """Who is in a question, and what came of it."""

    def __init__(self) -> None:
        self.keys: set[Key] = set()
        self.is_over = asyncio.Event()
        self.rows: dict[Key, list[Row]] | None = None
        """By key: each of hundreds who ask takes her own without looking at all others'."""
        self.error: RecordsAwayError | None = None


class Together(Generic[Key, Row]):
    """One kind of question. `fetch` gives the rows of some keys, `key_of` says whose a row is."""

    def __init__(
        self, fetch: Callable[[Collection[Key]], Awaitable[Sequence[Row]]], key_of: Callable[[Row], Key]
    ) -> None:
        self._fetch = fetch
        self._key_of = key_of
        self._turn = asyncio.Lock()
        self._gathering: _Question[Key, Row] | None = None

    async def rows_of(self, keys: Collection[Key]) -> Sequence[Row]:
        """Return the rows of these keys, those of one key in the database's order. Raises `RecordsAwayError`."""
        wanted = set(keys)
        while True:
            question = self._gathering
            if question is None:
                question = self._gathering = _Question()
                question.keys |= wanted
                await self._ask(question)
            else:
                question.keys |= wanted
                await question.is_over.wait()
            if question.error is not None:
                raise RecordsAwayError from question.error
            if question.rows is not None:
                return [row for key in wanted for row in question.rows.get(key, ())]
            # Whoever asked for all of us went away before the answer: one of us asks anew.

    async def _ask(self, question: _Question[Key, Row]) -> None:
        """Ask for everybody who has joined by then."""
        try:
            async with self._turn:
                self._gathering = None
                keys = list(question.keys)
                rows: dict[Key, list[Row]] = {}
                for first in range(0, len(keys), MOST_AT_ONCE):
                    for row in await self._fetch(keys[first : first + MOST_AT_ONCE]):
                        rows.setdefault(self._key_of(row), []).append(row)
                question.rows = rows
        except RecordsAwayError as error:
            question.error = error
        finally:
            if self._gathering is question:
                self._gathering = None
            question.is_over.set()
