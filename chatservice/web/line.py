"""The two ends of the line between a mentor and the coordinators: sealed things go from page to page, or are told lost.

Knows who is there and how fast one may write. Does not know what is said, and keeps none of it. The mentor's end is
part of her socket (`mentor.py`), the coordinator's has a socket of its own (`coordinator.py`).
"""

import hashlib
from collections.abc import Callable
from typing import Final

from chatservice.domain.sealing import SUITE, framed, from_base64url, to_base64url
from chatservice.errors import FullError, MalformedError, NotOwnerError, OutOfTurnError
from chatservice.ports import LINE_TOPIC, Bell, Clock, Lines, line_topic
from chatservice.web.limits import Allowance
from chatservice.web.line_frames import Line, LineGot, LineHere, LineLost, LineOpen, LinePage
from chatservice.web.sockets import CloseCode, Closing, Socket

_LINES_PER_S: Final = 1.0
_LINES_AT_ONCE: Final = 40
_MOST_PAGES: Final = 100
_PAGE_NAME_BYTES: Final = 16


def page_of(key: str) -> str:
    """Return the name of a coordinator's page, which is made from its key. Raises `MalformedError`."""
    digest = hashlib.sha256(framed(f"{SUITE} line-page", from_base64url(key))).digest()
    return to_base64url(digest[:_PAGE_NAME_BYTES])


class _End:
    """What both ends do alike."""

    def __init__(self, lines: Lines, clock: Clock, socket: Socket, account_id: int) -> None:
        self._lines = lines
        self._socket = socket
        self._account_id = account_id
        self._page: str | None = None
        self._bell: Bell = lines.listen(LINE_TOPIC)
        self._allowance = Allowance(clock, rate_per_s=_LINES_PER_S, burst=_LINES_AT_ONCE)

    def follow(self, wake: Callable[[], None]) -> None:
        """Wake whoever calls `tell` when there may be something to tell."""
        self._bell.call(wake)

    async def leave(self) -> None:
        """Forget this page, unless a newer connection speaks for it."""
        self._bell.close()
        if self._page is not None:
            await self._lines.depart(self._page, self._socket.name)

    async def _arrive(self, page: str, key: str | None) -> None:
        if self._page is not None and self._page != page:
            raise MalformedError("another page on the same connection")
        try:
            await self._lines.arrive(page, account_id=self._account_id, connection=self._socket.name, key=key)
        except (FullError, NotOwnerError):
            raise Closing(CloseCode.REFUSED) from None
        self._page = page
        self._bell.follow(line_topic(page))
        self._bell.ring()

    async def _relay(self, frame: Line | LineGot) -> None:
        """Pass something on, or say that it was not delivered; what is not delivered is kept nowhere."""
        if self._page is None:
            raise OutOfTurnError
        body = frame.body if isinstance(frame, Line) else None
        is_too_fast = body is not None and self._allowance.spend() > 0
        if is_too_fast or not await self._lines.send(self._page, frame.page, frame.number, body):
            await self._socket.send(LineLost(frame.page, frame.number))

    async def _hand_over(self) -> None:
        if self._page is None:
            return
        for news in await self._lines.take(self._page, self._socket.name):
            if news.body is None:
                await self._socket.send(LineGot(news.page, news.number))
            else:
                await self._heard_from(news.page)
                await self._socket.send(Line(news.page, news.number, news.body))

    async def _heard_from(self, page: str) -> None:
        """Take note of who writes."""


class MentorLine(_End):
    """The mentor's end; it has no name before her page has something to say."""

    _told_keys: tuple[str, ...] | None = None

    async def tell(self) -> None:
        """Tell which coordinators are there and what they say."""
        keys = tuple(await self._lines.coordinator_keys())
        if keys != self._told_keys:
            self._told_keys = keys
            await self._socket.send(LineOpen(keys))
        await self._hand_over()

    async def hear(self, frame: LineHere | Line | LineGot) -> None:
        """Take one frame of the line. Raises `OutOfTurnError` before the page has said its name."""
        if isinstance(frame, LineHere):
            await self._arrive(frame.page, None)
        else:
            await self._relay(frame)


class CoordinatorLine(_End):
    """The coordinator's end; it is told about the mentors' pages that wrote to it."""

    def __init__(self, lines: Lines, clock: Clock, socket: Socket, account_id: int) -> None:
        super().__init__(lines, clock, socket, account_id)
        self._told_pages: dict[str, bool] = {}

    async def arrive(self, key: str, pages: tuple[str, ...]) -> None:
        """Open the line to the mentors; `pages` are those that this page has heard from before."""
        await self._arrive(page_of(key), key)
        for page in pages:
            # What it knows may be old: tell it in any case.
            present = await self._is_there(page)
            self._told_pages[page] = present
            await self._socket.send(LinePage(page, present))

    async def tell(self) -> None:
        """Tell what the mentors say and whether they are there."""
        if self._page and await self._lines.connection(self._page) != self._socket.name:
            raise Closing(CloseCode.REPLACED)
        await self._hand_over()
        for page, told in self._told_pages.items():
            present = await self._is_there(page)
            if present != told:
                self._told_pages[page] = present
                await self._socket.send(LinePage(page, present))

    async def hear(self, frame: Line | LineGot) -> None:
        """Take one frame of the line."""
        await self._relay(frame)

    async def _heard_from(self, page: str) -> None:
        self._told_pages[page] = True
        if len(self._told_pages) > _MOST_PAGES:
            del self._told_pages[next(iter(self._told_pages))]

    async def _is_there(self, page: str) -> bool:
        return await self._lines.connection(page) is not None
