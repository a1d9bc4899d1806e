"""The line between mentors and coordinators, which vanishes too. Adapter: live/lines.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chatservice.ports.bells import Bell


@dataclass(frozen=True, slots=True)
class LineNews:
    """What waits for a page of the line: something sealed, or, without a body, that `page` has got that number."""

    page: str
    number: int
    body: str | None


LINE_TOPIC = "line"
MOST_COORDINATORS = 8


def line_topic(page: str) -> str:
    """Return the topic that rings when there is something for one page of the line."""
    return f"line:{page}"


class Lines(Protocol):
    """The line between mentors and coordinators: whose pages are there, and what has not been handed to them yet.

    Every method is atomic. Nothing is kept beyond delivery, and what waits for a page that goes is forgotten.
    """

    async def arrive(self, page: str, *, account_id: int, connection: str, key: str | None = None) -> None:
        """Let a connection speak for a page; a page with a key is a coordinator's. An earlier connection loses it.

        Raises `NotOwnerError` when the name is another account's, `FullError` beyond `MOST_COORDINATORS`.
        """
        ...

    async def depart(self, page: str, connection: str) -> None:
        """Forget a page and what waits for it; a connection that lost it earlier changes nothing."""
        ...

    async def connection(self, page: str) -> str | None:
        """Return the connection that speaks for a page, or None when it is not there."""
        ...

    async def coordinator_keys(self) -> Sequence[str]:
        """Return the keys of the coordinators' pages that are there."""
        ...

    async def send(self, page: str, to: str, number: int, body: str | None) -> bool:
        """Let a mentor's page reach a coordinator's, or the other way round.

        False when that page is not there or has read too little of what it was sent: then nothing is kept.
        """
        ...

    async def take(self, page: str, connection: str) -> Sequence[LineNews]:
        """Hand over what waits for a page, and forget it; nothing for a connection that does not speak for it."""
        ...

    def listen(self, *topics: str) -> Bell:
        """Return a bell that follows the topics; close it when done."""
        ...
