"""Keeps machines away from the contact form, without any third party and without remembering people.

Two parts: a signed mark in the form says when the page was given out, so that what comes back in no time is noticed;
and letters are counted by the hour, by `ports.BriefCounts`, under a keyed hash of where they came from. No address is
held.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from chatservice.domain import sealing
from chatservice.domain.connection import home_of
from chatservice.errors import LiveStoreAwayError, MalformedError
from chatservice.ports import BriefCounts, Clock

QUICKEST_S: Final = 3.0
"""Nobody reads, chooses and writes faster."""
LONGEST_S: Final = 24 * 3600.0
HOUR_S: Final = 3600.0
MOST_FROM_ONE: Final = 5
MOST_ALTOGETHER: Final = 100
MOST_REMEMBERED: Final = 1_000
_STAMP_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"contact form\0"
_ALL: Final = "all"
_FROM: Final = "from"
_LETTER: Final = "letter"
_IN_HAND: Final = "in hand"
LOOK_EVERY_S: Final = 0.05
MOST_LOOKS: Final = 60
"""Three seconds: longer than it takes to keep a letter, shorter than anybody waits for a page."""


class FormMarks:
    """Signs the moment at which a form was given out. `secret` outlives the process, so that a restart is not felt."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def issue(self, *, age_s: float = 0) -> str:
        """Return a fresh mark, or one that is `age_s` old already."""
        stamp = int(self._clock.now().timestamp() - age_s).to_bytes(_STAMP_BYTES, "big")
        content = stamp + secrets.token_bytes(_NONCE_BYTES)
        return sealing.to_base64url(content + self._sign(content))

    def age_s(self, mark: str) -> float | None:
        """Return how long ago a mark was issued, or None for one that is not ours."""
        try:
            data = sealing.from_base64url(mark)
        except MalformedError:
            return None
        content, signature = data[: _STAMP_BYTES + _NONCE_BYTES], data[_STAMP_BYTES + _NONCE_BYTES :]
        if not hmac.compare_digest(self._sign(content), signature):
            return None
        return self._clock.now().timestamp() - int.from_bytes(content[:_STAMP_BYTES], "big")

    def _sign(self, content: bytes) -> bytes:
        return hmac.digest(self._secret, _PURPOSE + content, hashlib.sha256)


class LetterLimits:
    """Counts the letters of this hour, and knows those that came already: a form that is sent twice is one letter.

    All processes count together. `counts` replaces its key each hour, and that is how an hour ends.
    """

    def __init__(self, counts: BriefCounts) -> None:
        self._counts = counts

    async def wait_s(self, address: str) -> float:
        """Return how long somebody at this address has to wait before another letter is taken; 0 for not at all."""
        left_s = await self._counts.left_s()
        is_full = await self._counts.count(_ALL) >= MOST_ALTOGETHER
        home = home_of(address)
        if is_full or (home is not None and await self._counts.count(_FROM, home) >= MOST_FROM_ONE):
            return left_s
        return 0.0

    async def knows(self, *parts: str) -> bool:
        """Say whether this very letter, from the same form, was taken before."""
        return await self._counts.count(_LETTER, *parts) > 0

    @asynccontextmanager
    async def in_hand(self, *parts: str) -> AsyncGenerator[bool]:
        """Let one process at a time take this very letter; give whether it is ours to take, or was taken meanwhile.

        Another process may have it in hand: then wait for what comes of it, so that nobody is thanked for a letter that
        was not kept. One that died with it in hand is waited for too, and then we take it: rather twice than never.
        """
        for _ in range(MOST_LOOKS):
            if await self._is_first(*parts):
                break
            if await self._was_taken(*parts):
                yield False
                return
            await asyncio.sleep(LOOK_EVERY_S)
        is_kept = False
        try:
            yield True
            is_kept = True
        finally:
            if not is_kept:
                with suppress(LiveStoreAwayError):
                    await self._counts.forget(_IN_HAND, *parts)

    async def _is_first(self, *parts: str) -> bool:
        try:
            return await self._counts.add(_IN_HAND, *parts) == 1
        except LiveStoreAwayError:  # nobody can tell, and what can be kept is kept
            return True

    async def _was_taken(self, *parts: str) -> bool:
        with suppress(LiveStoreAwayError):
            return await self.knows(*parts)
        return False

    async def note(self, address: str, *parts: str) -> None:
        """Count a letter that was taken."""
        await self._counts.add(_ALL)
        await self._counts.add(_LETTER, *parts)
        home = home_of(address)
        if home is not None:
            await self._counts.add(_FROM, home)
