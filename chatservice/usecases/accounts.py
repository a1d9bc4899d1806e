"""Staff accounts and signing in: password, one-time code, and a session that can be ended at once.

Wrong anything gives one answer in one time, whether the username exists or not. Knows ports only: how passwords are
hashed and where rows lie is decided in `staff.py`. Certificates of browser keys: `certifying.py`.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatservice.domain.certification import Account, Role
from chatservice.errors import MalformedError, SignInRefusedError, WeakPasswordError
from chatservice.ports import CertificateSigner, Clock, OneTimeCodes, PasswordHasher, Records, StaffSession

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
USERNAME = re.compile(r"[a-z0-9åäö](?:[a-z0-9åäö._-]{0,30}[a-z0-9åäö])?\Z")
ALIASES = {
    Role.MENTOR: "Mentor",
    Role.COORDINATOR: "Samordnare",
    Role.EDITOR: "Redaktör",
    Role.OPERATOR: "Driftansvarig",
}
TOUCH_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What the staff use cases work with.

    `clock` decides how long sessions last. `wall` is always the real time, by which phones and browsers judge codes
    and certificates. `signer` is the example organisation key, None wherever a person must sign.
    """

    records: Records
    clock: Clock
    wall: Clock
    passwords: PasswordHasher
    codes: OneTimeCodes
    signer: CertificateSigner | None
    session_idle: timedelta
    session_absolute: timedelta


@dataclass(frozen=True, slots=True)
class StaffIdentity:
    """Who is signed in, as the pages and sockets need to know it."""

    account_id: int
    username: str
    alias: str
    role: Role
    session_id: str


@dataclass(frozen=True, slots=True)
class FreshCredentials:
    """An account and the secret of its one-time codes, to be shown once."""

    account: Account
    code_secret: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. `token` goes into the cookie and nowhere else."""

    token: str
    identity: StaffIdentity


async def add_account(
    desk: StaffDesk, *, username: str, role: Role, alias: str | None, password: str
) -> FreshCredentials:
    """Add an account with a fresh one-time-code secret.

    Raises `MalformedError` (username, alias), `WeakPasswordError` or `UsernameTakenError`.
    """
    name = _plain_username(username)
    if not USERNAME.match(name):
        raise MalformedError("username")
    shown = await _default_alias(desk, role) if alias is None else " ".join(alias.split())
    if not 1 <= len(shown) <= 40 or not shown.isprintable():
        raise MalformedError("alias")
    secret = desk.codes.new_secret()
    account = await desk.records.accounts.add(
        username=name,
        role=role,
        alias=shown,
        password_hash=await desk.passwords.hash(_strong(password)),
        code_secret=secret,
        at=desk.clock.now(),
    )
    return FreshCredentials(account, secret)


async def renew_credentials(desk: StaffDesk, account: Account, *, password: str) -> FreshCredentials:
    """Give an account a new password and code secret, and end its sessions. Raises `WeakPasswordError`."""
    secret = desk.codes.new_secret()
    password_hash = await desk.passwords.hash(_strong(password))
    await desk.records.accounts.renew(account.id, password_hash=password_hash, code_secret=secret)
    await revoke_all(desk, account.id)
    return FreshCredentials(account, secret)


async def deactivate(desk: StaffDesk, account_id: int) -> None:
    """Let an account sign in no longer, and end its sessions at once."""
    await desk.records.accounts.set_active(account_id, active=False, at=desk.clock.now())
    await revoke_all(desk, account_id)


async def sign_in(
    desk: StaffDesk, *, username: str, password: str, code: str, former_session_id: str | None = None
) -> SignedIn:
    """Check all three and open a session with a fresh random id; the former one of this browser ends.

    Raises `SignInRefusedError` for wrong anything, after the same work whatever was wrong.
    """
    found = await desk.records.accounts.credentials(_plain_username(username)[:64])
    password_is_right = await desk.passwords.matches(
        found.password_hash if found else None, _normal(password[:LONGEST_PASSWORD])
    )
    step = desk.codes.matching_step(found.code_secret if found else None, "".join(code.split()))
    if found is None or step is None or not password_is_right or not found.account.active:
        raise SignInRefusedError
    # Last, because only a sign-in that is right in everything else may use a code up.
    if not await desk.records.accounts.use_code_step(found.account.id, step):
        raise SignInRefusedError
    now = desk.clock.now()
    await desk.records.sessions.remove_dead(
        created_before=now - desk.session_absolute, seen_before=now - desk.session_idle
    )
    if former_session_id is not None:
        await desk.records.sessions.remove(former_session_id)
    token = secrets.token_urlsafe(32)
    session = StaffSession(session_id_of(token), found.account.id, now, now, now)
    await desk.records.sessions.add(session)
    return SignedIn(token, _identity(found.account, session))


async def identify(desk: StaffDesk, token: str) -> StaffIdentity | None:
    """Return who a cookie's token speaks for, and count it as activity; None when the session is over."""
    return await _living(desk, session_id_of(token))


async def still_signed_in(desk: StaffDesk, session_ids: Collection[str]) -> frozenset[str]:
    """Return which of the sessions live, and count it as activity: who has a conversation open is not idle."""
    if not session_ids:
        return frozenset()
    now = desk.clock.now()
    held = await desk.records.sessions.held(session_ids)
    living = [session for session in held if not _is_over(desk, session, now)]
    used = [session.id for session in living if now - session.seen_at >= TOUCH_EVERY]
    if used:
        await desk.records.sessions.touch(used, now)
    return frozenset(session.id for session in living)


async def sign_out(desk: StaffDesk, session_id: str) -> None:
    """End a session; copies of its cookie are worth nothing from now on."""
    await desk.records.sessions.remove(session_id)


async def revoke_all(desk: StaffDesk, account_id: int) -> None:
    """End every session of an account."""
    await desk.records.sessions.remove_all(account_id)


def session_id_of(token: str) -> str:
    """Return the id under which a session is held: a hash, so that a reader of the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


async def _living(desk: StaffDesk, session_id: str) -> StaffIdentity | None:
    session = await desk.records.sessions.find(session_id)
    if session is None:
        return None
    now = desk.clock.now()
    account = await desk.records.accounts.find(session.account_id)
    if _is_over(desk, session, now) or account is None or not account.active:
        await desk.records.sessions.remove(session_id)
        return None
    if now - session.seen_at >= TOUCH_EVERY:
        await desk.records.sessions.touch([session_id], now)
    return _identity(account, session)


def _is_over(desk: StaffDesk, session: StaffSession, now: datetime) -> bool:
    return now - session.created_at >= desk.session_absolute or now - session.seen_at >= desk.session_idle


def _identity(account: Account, session: StaffSession) -> StaffIdentity:
    return StaffIdentity(account.id, account.username, account.alias, account.role, session.id)


async def _default_alias(desk: StaffDesk, role: Role) -> str:
    same = sum(account.role is role for account in await desk.records.accounts.everybody())
    return f"{ALIASES[role]} {same + 1}"


def _plain_username(username: str) -> str:
    return _normal(username).strip().lower()


def _strong(password: str) -> str:
    normal = _normal(password)
    if not SHORTEST_PASSWORD <= len(normal) <= LONGEST_PASSWORD:
        raise WeakPasswordError
    return normal


def _normal(text: str) -> str:
    # Keyboards differ in how they write å, ä and ö; the password is the same.
    return unicodedata.normalize("NFC", text)
