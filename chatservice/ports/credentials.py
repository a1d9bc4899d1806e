"""Passwords, one-time codes and the organisation key, as the use cases need them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatservice.domain.certification import Account


class PasswordHasher(Protocol):
    """Turns passwords into hashes that are slow to guess from. Never blocks the loop."""

    async def hash(self, password: str) -> str:
        """Return a salted hash."""
        ...

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether the password is right. Without a hash the answer is False and takes the same time."""
        ...


@dataclass(frozen=True, slots=True)
class PasskeyClaim:
    """What an answer of a passkey says of itself, before any of it is believed."""

    passkey_id: str
    challenge: str
    account_id: int | None


@dataclass(frozen=True, slots=True)
class MadePasskey:
    """A passkey that a device has just made and proved to hold."""

    id: str
    public_key: bytes
    sign_count: int


class PasskeyVerifier(Protocol):
    """Passkeys as browsers make and use them (WebAuthn). Challenges are base64url; what for is checked before."""

    def creation_options(self, *, challenge: str, account: Account, known: Collection[str]) -> str:
        """Return what a browser needs to make a passkey, as JSON; a device that has one of `known` makes none."""
        ...

    def request_options(self, *, challenge: str) -> str:
        """Return what a browser needs to use any passkey it has for this service, as JSON."""
        ...

    def claim(self, answer: str) -> PasskeyClaim:
        """Read what an answer says of itself. Raises `MalformedError`."""
        ...

    def made(self, answer: str, *, challenge: str) -> MadePasskey:
        """Return the passkey that was made. Raises `SignInRefusedError` unless everything about it is right."""
        ...

    def count_of_use(self, answer: str, *, challenge: str, public_key: bytes, sign_count: int) -> int:
        """Return the device's new count of uses. Raises `SignInRefusedError` unless the signature, the page's origin,
        the person's presence and verification are right and the count has not gone backwards.
        """
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

    def address(self, secret: str, *, username: str, issuer: str) -> str:
        """Return the otpauth address that code apps read."""
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
