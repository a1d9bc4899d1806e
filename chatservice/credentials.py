"""Passwords and one-time codes: Argon2id and TOTP, behind the ports that the use cases know.

Knows two libraries and nothing of accounts. Read `usecases/accounts.py` next.
"""

import asyncio
import base64
import secrets
from collections.abc import Sequence

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp import random_base32
from pyotp.totp import TOTP

from chatservice.ports import Clock

STEP_S = 30
AT_ONCE = 2
"""How many passwords are hashed at once: each takes 64 MiB and a core."""


class Argon2Passwords:
    """Argon2id in a thread. Implements `ports.PasswordHasher`. Tests hand in a cheaper hasher."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._nobody = self._impossible_hash()

    async def hash(self, password: str) -> str:
        """Return a salted hash."""
        async with self._at_once:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether the password is right. Without a hash the answer is False and takes the same time."""
        async with self._at_once:
            found = await asyncio.to_thread(self._verify, password_hash or self._nobody, password)
        return found and bool(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _impossible_hash(self) -> str:
        """Return a hash of no known password with this hasher's costs, so that nobody costs what somebody does."""
        hasher = self._hasher
        salt, digest = (
            base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
            for length in (hasher.salt_len, hasher.hash_len)
        )
        if hasher.type is not Type.ID:
            raise ValueError("passwords are hashed with Argon2id")
        costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        return f"$argon2id$v=19${costs}${salt}${digest}"


class TimeCodes:
    """Time-based one-time codes (RFC 6238, six digits, 30 s). Implements `ports.OneTimeCodes`.

    `clocks` begins with the wall clock, because that is what a phone shows. An acceptance test that runs the service
    on another clock may use codes of that clock too; they count as used in the wall clock's present step.
    """

    def __init__(self, clocks: Sequence[Clock]) -> None:
        self._clocks = tuple(clocks)
        self._nobody = random_base32()

    def new_secret(self) -> str:
        """Return a fresh secret in the form that code apps take."""
        return random_base32()

    def matching_step(self, secret: str | None, code: str) -> int | None:
        """Return the step that a code belongs to, one step of clock error allowed, or None.

        Without a secret the answer is None and takes the same time.
        """
        generator = TOTP(secret or self._nobody)
        found: int | None = None
        wall_step = self._step(self._clocks[0])
        for clock in self._clocks:
            present = self._step(clock)
            for step in (present - 1, present, present + 1):
                if secrets.compare_digest(
                    generator.generate_otp(step), code.encode("ascii", "replace").decode()
                ):
                    found = step if clock is self._clocks[0] else wall_step
        return found if secret else None

    def code_now(self, secret: str) -> tuple[str, int]:
        """Return the present code and for how many more seconds a phone will show it."""
        seconds = int(self._clocks[0].now().timestamp())
        return TOTP(secret).generate_otp(seconds // STEP_S), STEP_S - seconds % STEP_S

    def address(self, secret: str, *, username: str, issuer: str) -> str:
        """Return the otpauth address that code apps read."""
        return TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)

    @staticmethod
    def _step(clock: Clock) -> int:
        return int(clock.now().timestamp()) // STEP_S
