"""Proving who one is with password and code: at sign-in, and again before what is sensitive.

Wrong anything gives one answer after the same work, whether the username exists or not. An account without a password
(invited, not come yet) or without a code secret (passkeys only) matches nothing, the empty text least of all.
Passkeys: `passkeys.py`.
"""

import unicodedata
from dataclasses import dataclass

from chatservice.domain.certification import Account
from chatservice.errors import SignInRefusedError, WeakPasswordError
from chatservice.usecases.guessable import is_guessable
from chatservice.usecases.recovery import use_recovery_code
from chatservice.usecases.staff_desk import StaffDesk

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True)
class Proof:
    """Who it is, and whether it took a recovery code."""

    account: Account
    used_recovery_code: bool = False


async def prove(desk: StaffDesk, *, username: str, password: str, code: str) -> Proof:
    """Check a password and a code, from a phone or a recovery code, and use the code up.

    Raises `SignInRefusedError` for wrong anything, after the same work whatever was wrong.
    """
    found = await desk.records.accounts.credentials(plain_username(username)[:64])
    password_is_right = await desk.passwords.matches(
        (found.password_hash or None) if found else None, normal(password[:LONGEST_PASSWORD])
    )
    typed = "".join(code.split())
    step = desk.codes.matching_step((found.code_secret or None) if found else None, typed)
    if found is None:
        raise SignInRefusedError
    account = found.account
    if password_is_right and account.active:
        # Last, because only a sign-in that is right in everything else may use a code up.
        if step is not None and await desk.records.accounts.use_code_step(account.id, step):
            return Proof(account)
        if step is None and await use_recovery_code(desk, account.id, typed):
            return Proof(account, used_recovery_code=True)
    desk.failures.note(account.id, desk.clock.now())
    raise SignInRefusedError


def plain_username(username: str) -> str:
    """Return a username as it is held."""
    return normal(username).strip().lower()


def strong(password: str) -> str:
    """Return a password as it is hashed.

    Raises `WeakPasswordError` unless it has 10 to 200 characters and is none of those that are tried first.
    """
    normalised = normal(password)
    if not SHORTEST_PASSWORD <= len(normalised) <= LONGEST_PASSWORD:
        raise WeakPasswordError
    if is_guessable(normalised):
        raise WeakPasswordError
    return normalised


def normal(text: str) -> str:
    """Return a text in one spelling: keyboards differ in how they write å, ä and ö; the password is the same."""
    return unicodedata.normalize("NFC", text)
