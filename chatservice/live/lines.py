"""The line between mentors and coordinators, in the memory of one process.

Holds what has not been handed over yet, sealed, for as long as both pages are there; nothing touches a disk. Every
method runs without a pause from its first line to its last, so each is atomic on the event loop.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from chatservice.errors import FullError, NotOwnerError
from chatservice.live.bells import Belfry, MemoryBell
from chatservice.ports import LINE_TOPIC, MOST_COORDINATORS, LineNews, line_topic

MOST_WAITING: Final = 64
"""News of one page that nobody has read; with 8,000 characters each, half a megabyte."""


@dataclass(slots=True)
class _Page:
    account_id: int
    connection: str
    key: str | None
    news: deque[LineNews] = field(default_factory=deque[LineNews])


class MemoryLines:
    """See `ports.Lines`."""

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}
        self._belfry = Belfry()

    async def arrive(self, page: str, *, account_id: int, connection: str, key: str | None = None) -> None:
        """Let a connection speak for a page; an earlier one loses it, and what waits stays for the new one."""
        held = self._pages.get(page)
        if held is not None:
            if (held.account_id, held.key) != (account_id, key):
                raise NotOwnerError
            held.connection = connection
        else:
            if key is not None and len(await self.coordinator_keys()) >= MOST_COORDINATORS:
                raise FullError
            self._pages[page] = _Page(account_id, connection, key)
        self._ring(page)

    async def depart(self, page: str, connection: str) -> None:
        """Forget a page and what waits for it."""
        held = self._pages.get(page)
        if held is not None and held.connection == connection:
            del self._pages[page]
            self._ring(page)

    async def connection(self, page: str) -> str | None:
        """Return the connection that speaks for a page."""
        held = self._pages.get(page)
        return held.connection if held else None

    async def coordinator_keys(self) -> Sequence[str]:
        """Return the keys of the coordinators' pages."""
        return [page.key for page in self._pages.values() if page.key is not None]

    async def send(self, page: str, to: str, number: int, body: str | None) -> bool:
        """Let one end reach the other; False when nothing was kept."""
        sender, reader = self._pages.get(page), self._pages.get(to)
        if sender is None or reader is None or (sender.key is None) == (reader.key is None):
            return False
        if len(reader.news) >= MOST_WAITING:
            return False
        reader.news.append(LineNews(page, number, body))
        self._belfry.ring(line_topic(to))
        return True

    async def take(self, page: str, connection: str) -> Sequence[LineNews]:
        """Hand over what waits for a page, and forget it."""
        held = self._pages.get(page)
        if held is None or held.connection != connection:
            return ()
        news = tuple(held.news)
        held.news.clear()
        return news

    def listen(self, *topics: str) -> MemoryBell:
        """Return a bell that follows the topics."""
        return self._belfry.listen(*topics)

    def _ring(self, page: str) -> None:
        self._belfry.ring(LINE_TOPIC)
        self._belfry.ring(line_topic(page))
