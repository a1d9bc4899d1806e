"""Staff accounts and signing in: a session for who has proved herself, which can be ended at once.

Knows ports only: how passwords are hashed and where rows lie is decided in `staff.py`. What a proof is: `proving.py`
and `passkeys.py`. One's own sessions: `sessions.py`. Certificates of browser keys: `certifying.py`.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.errors import MalformedError
from chatservice.ports import StaffSession
from chatservice.usecases.auditing import note
from chatservice.usecases.proving import LONGEST_PASSWORD as LONGEST_PASSWORD
from chatservice.usecases.proving import SHORTEST_PASSWORD as SHORTEST_PASSWORD
from chatservice.usecases.proving import plain_username, prove, strong
from chatservice.usecases.staff_desk import StaffDesk as StaffDesk

USERNAME = re.compile(r"[a-z0-9åäö](?:[a-z0-9åäö._-]{0,30}[a-z0-9åäö])?\Z")
LONGEST_ALIAS = 40
ALIASES = {
    Role.MENTOR: "Mentor",
    Role.COORDINATOR: "Samordnare",
    Role.EDITOR: "Redaktör",
    Role.OPERATOR: "Driftansvarig",
}
TOUCH_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class StaffIdentity:
    """Who is signed in, as the pages and sockets need to know it."""

    account_id: int
    username: str
    alias: str
    role: Role
    session_id: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class FreshCredentials:
    """An account and the secret of its one-time codes, to be shown once."""

    account: Account
    code_secret: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. `token` goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    identity: StaffIdentity
    used_recovery_code: bool = False


async def add_account(
    desk: StaffDesk, *, username: str, role: Role, alias: str | None, password: str
) -> FreshCredentials:
    """Add an account with a fresh one-time-code secret.

    Raises `MalformedError` (username, alias), `WeakPasswordError` or `UsernameTakenError`.
    """
    name, shown = checked_username(username), await checked_alias(desk, role, alias)
    secret = desk.codes.new_secret()
    account = await desk.records.accounts.add(
        username=name,
        role=role,
        alias=shown,
        password_hash=await desk.passwords.hash(strong(password)),
        code_secret=secret,
        at=desk.clock.now(),
    )
    return FreshCredentials(account, secret)


def checked_username(username: str) -> str:
    """Return a username as it is kept. Raises `MalformedError` ("username")."""
    name = plain_username(username)
    if not USERNAME.match(name):
        raise MalformedError("username")
    return name


async def checked_alias(desk: StaffDesk, role: Role, alias: str | None) -> str:
    """Return an alias as it is kept; without one the role's and a number. Raises `MalformedError` ("alias")."""
    shown = await _default_alias(desk, role) if alias is None else " ".join(alias.split())
    if not 1 <= len(shown) <= LONGEST_ALIAS or not shown.isprintable():
        raise MalformedError("alias")
    return shown


async def renew_credentials(desk: StaffDesk, account: Account, *, password: str) -> FreshCredentials:
    """Give an account a new password and code secret; all it had before is gone. Raises `WeakPasswordError`."""
    secret = desk.codes.new_secret()
    password_hash = await desk.passwords.hash(strong(password))
    await desk.records.accounts.renew(account.id, password_hash=password_hash, code_secret=secret)
    return FreshCredentials(account, secret)


async def sign_in(
    desk: StaffDesk, *, username: str, password: str, code: str, former_session_id: str | None = None
) -> SignedIn:
    """Check all three and open a session with a fresh random id; the former one of this browser ends.

    Raises `SignInRefusedError` for wrong anything, after the same work whatever was wrong.
    """
    proof = await prove(desk, username=username, password=password, code=code)
    return await open_session(
        desk, proof.account, former_session_id=former_session_id, used_recovery_code=proof.used_recovery_code
    )


async def confirm(desk: StaffDesk, staff: StaffIdentity, *, password: str, code: str) -> None:
    """Let who is signed in prove again that it is she. Raises `SignInRefusedError`."""
    await prove(desk, username=staff.username, password=password, code=code)
    await desk.records.sessions.confirm(staff.session_id, desk.clock.now())


async def open_session(
    desk: StaffDesk, account: Account, *, former_session_id: str | None, used_recovery_code: bool = False
) -> SignedIn:
    """Open a session with a fresh random id for somebody who has proved who she is; this browser's former one ends."""
    now = desk.clock.now()
    await desk.records.sessions.remove_dead(
        created_before=now - desk.session_absolute, seen_before=now - desk.session_idle
    )
    if former_session_id is not None:
        await desk.records.sessions.remove(former_session_id)
    token = secrets.token_urlsafe(32)
    session = StaffSession(session_id_of(token), account.id, now, now, now)
    await desk.records.sessions.add(session)
    await note(desk.records.audit_log, desk.clock, account.id, Act.SIGNED_IN)
    return SignedIn(token, _identity(account, session), used_recovery_code)


async def identify(desk: StaffDesk, token: str) -> StaffIdentity | None:
    """Return who a cookie's token speaks for, and count it as activity; None when the session is over."""
    session_id = session_id_of(token)
    identity = await _living(desk, session_id)
    if identity is None:
        desk.by_heart.forget(session_id)
    else:
        desk.by_heart.learn(identity, desk.clock.now())
    return identity


def recall(desk: StaffDesk, token: str) -> StaffIdentity | None:
    """Return who a cookie's token spoke for when the records last answered; for sockets while they are away."""
    return desk.by_heart.recall(session_id_of(token), desk.clock.now(), within=desk.session_idle)


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
    found = await desk.records.sessions.find(session_id)
    if found is None:
        return None
    now = desk.clock.now()
    session, account = found
    if is_over(desk, session, now) or not account.active:
        await desk.records.sessions.remove(session_id)
        return None
    if now - session.seen_at >= TOUCH_EVERY:
        await desk.records.sessions.touch([session_id], now)
    return _identity(account, session)


def is_over(desk: StaffDesk, session: StaffSession, now: datetime) -> bool:
    """Say whether a session has lasted too long, or was left for too long."""
    return now - session.created_at >= desk.session_absolute or now - session.seen_at >= desk.session_idle


def _identity(account: Account, session: StaffSession) -> StaffIdentity:
    return StaffIdentity(
        account.id, account.username, account.alias, account.role, session.id, session.confirmed_at
    )


async def _default_alias(desk: StaffDesk, role: Role) -> str:
    same = sum(account.role is role for account in await desk.records.accounts.everybody())
    return f"{ALIASES[role]} {same + 1}"
