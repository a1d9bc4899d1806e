"""Keeps machines away from the contact form, without any third party and without remembering people.

Two parts: a signed mark in the form says when the page was given out, so that what comes back in no time is noticed;
and letters are counted by the hour, in memory, under a keyed hash of where they came from. The key is thrown away each
hour and with the process. No address is held.
"""

import hashlib
import hmac
import secrets
from typing import Final

from chatservice.domain import sealing
from chatservice.domain.connection import home_of
from chatservice.errors import MalformedError
from chatservice.ports import Clock

QUICKEST_S: Final = 3.0
"""Nobody reads, chooses and writes faster."""
LONGEST_S: Final = 24 * 3600.0
HOUR_S: Final = 3600.0
MOST_FROM_ONE: Final = 5
MOST_ALTOGETHER: Final = 100
_STAMP_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"contact form\0"


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
    """Counts the letters of this hour, and knows those that came already: a form that is sent twice is one letter."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begin_hour()

    def wait_s(self, address: str) -> float:
        """Return how long somebody at this address has to wait before another letter is taken; 0 for not at all."""
        left_s = self._began_s + HOUR_S - self._clock.monotonic_s()
        if left_s <= 0:
            self._begin_hour()
            return 0.0
        sender = self._sender(address)
        is_full = self._altogether >= MOST_ALTOGETHER
        return left_s if is_full or (sender and self._from_one.get(sender, 0) >= MOST_FROM_ONE) else 0.0

    def knows(self, *parts: str) -> bool:
        """Say whether this very letter, from the same form, was taken before."""
        return self._hash(*parts) in self._taken

    def note(self, address: str, *parts: str) -> None:
        """Count a letter that was taken."""
        self._altogether += 1
        self._taken.add(self._hash(*parts))
        sender = self._sender(address)
        if sender:
            self._from_one[sender] = self._from_one.get(sender, 0) + 1

    def _begin_hour(self) -> None:
        self._began_s = self._clock.monotonic_s()
        self._key = secrets.token_bytes(32)
        self._altogether = 0
        self._from_one: dict[bytes, int] = {}
        self._taken: set[bytes] = set()

    def _sender(self, address: str) -> bytes | None:
        home = home_of(address)
        return None if home is None else self._hash(home)

    def _hash(self, *parts: str) -> bytes:
        return hmac.digest(self._key, sealing.framed(*parts), hashlib.sha256)
