"""Passwords, one-time codes and the organisation key, as the use cases need them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class PasswordHasher(Protocol):
    """Turns passwords into hashes that are slow to guess from. Never blocks the loop."""

    async def hash(self, password: str) -> str:
        """Return a salted hash."""
        ...

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether the password is right. Without a hash the answer is False and takes the same time."""
        ...


class OneTimeCodes(Protocol):
    """The six digits that a phone shows for half a minute."""

    def new_secret(self) -> str:
        """Return a fresh secret in the form that code apps take."""
        ...

    def matching_step(self, secret: str | None, code: str) -> int | None:
        """Return the step that a code belongs to, one step of clock error allowed, or None.

        Without a secret the answer is None and takes the same time.
        """
        ...


@dataclass(frozen=True, slots=True)
class SignedBody:
    """A certificate's body as it was signed, and the signature (raw, 64 bytes)."""

    body: bytes
    signature: bytes


class CertificateSigner(Protocol):
    """The organisation key, where it may be used without a person: in the example set-up only."""

    def certify(
        self, *, alias: str, public_key: bytes, not_before: datetime, not_after: datetime
    ) -> SignedBody:
        """Sign a certificate."""
        ...
