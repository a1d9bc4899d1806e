"""Keeps machines away from the contact form, without any third party and without remembering people.

Two parts: a signed mark in the form says when the page was given out, so that what comes back in no time is noticed;
and letters are counted by the hour, by `ports.BriefCounts`, under a keyed hash of where they came from. No address is
held.
"""

import hashlib
import hmac
import secrets
from typing import Final

from chatservice.domain import sealing
from chatservice.domain.connection import home_of
from chatservice.errors import MalformedError
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

    async def note(self, address: str, *parts: str) -> None:
        """Count a letter that was taken."""
        await self._counts.add(_ALL)
        await self._counts.add(_LETTER, *parts)
        home = home_of(address)
        if home is not None:
            await self._counts.add(_FROM, home)
