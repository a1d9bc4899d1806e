"""Passkeys: made at the first sign-in or later, used to sign in and to prove again who one is, taken away.

Each challenge is random, issued for one purpose, used once and forgotten after five minutes. What a device answers is
checked behind `ports.PasskeyVerifier`; wrong anything gives one refusal. Never the last factor is taken away.
"""

import secrets
from datetime import date
from typing import Final

from chatservice.domain import sealing
from chatservice.domain.audit import Act
from chatservice.domain.certification import Account
from chatservice.errors import LastFactorError, MalformedError, SignInRefusedError
from chatservice.ports import Passkey
from chatservice.usecases.accounts import SignedIn, StaffIdentity, open_session
from chatservice.usecases.auditing import note
from chatservice.usecases.staff_desk import StaffDesk

SIGN_IN: Final = "sign_in"
LONGEST_NAME: Final = 40
UNNAMED: Final = "Passkey"


def confirming(staff: StaffIdentity) -> str:
    """Return the purpose of proving again who one is, in one session."""
    return f"confirm {staff.session_id}"


def adding(staff: StaffIdentity) -> str:
    """Return the purpose of adding a passkey, in one session."""
    return f"add {staff.session_id}"


async def ask_to_use(desk: StaffDesk, purpose: str) -> str:
    """Return what a browser needs to use a passkey for a purpose, as JSON."""
    return desk.passkeys.request_options(challenge=await new_challenge(desk, purpose))


async def ask_to_make(desk: StaffDesk, purpose: str, account: Account) -> str:
    """Return what a browser needs to make a passkey for an account, as JSON."""
    known = [passkey.id for passkey in await desk.records.passkeys.of_account(account.id)]
    return desk.passkeys.creation_options(
        challenge=await new_challenge(desk, purpose), account=account, known=known
    )


async def sign_in_with_passkey(
    desk: StaffDesk, answer: str, *, former_session_id: str | None = None
) -> SignedIn:
    """Open a session for whose passkey this is. Raises `SignInRefusedError` for wrong anything."""
    account = await _prove(desk, answer, SIGN_IN)
    return await open_session(desk, account, former_session_id=former_session_id)


async def confirm_with_passkey(desk: StaffDesk, staff: StaffIdentity, answer: str) -> None:
    """Let who is signed in prove again that it is she. Raises `SignInRefusedError`."""
    account = await _prove(desk, answer, confirming(staff))
    if account.id != staff.account_id:
        raise SignInRefusedError
    await desk.records.sessions.confirm(staff.session_id, desk.clock.now())


async def read_made(
    desk: StaffDesk, answer: str, purpose: str, account_id: int, *, name: str, today: date
) -> Passkey:
    """Return the passkey that a device has made, not kept yet. Raises `SignInRefusedError`."""
    challenge = await _take_challenge(desk, answer, purpose)
    made = desk.passkeys.made(answer, challenge=challenge)
    known = await desk.records.passkeys.find(made.id)
    if known is not None and known.account_id != account_id:
        raise SignInRefusedError
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:LONGEST_NAME]
    return Passkey(made.id, account_id, made.public_key, made.sign_count, shown or UNNAMED, today)


async def add_passkey(desk: StaffDesk, staff: StaffIdentity, answer: str, *, name: str, today: date) -> None:
    """Give one's own account a further passkey. Raises `SignInRefusedError`."""
    passkey = await read_made(desk, answer, adding(staff), staff.account_id, name=name, today=today)
    if not await desk.records.passkeys.add(passkey):
        raise SignInRefusedError
    await note(desk.records.audit_log, desk.clock, staff.account_id, Act.PASSKEY_ADDED)


async def remove_passkey(desk: StaffDesk, staff: StaffIdentity, passkey_id: str) -> None:
    """Take a passkey away from one's own account; an unknown one is left alone. Raises `LastFactorError`."""
    held = await desk.records.passkeys.of_account(staff.account_id)
    credentials = await desk.records.accounts.credentials(staff.username)
    has_code_app = credentials is not None and bool(credentials.code_secret)
    if not has_code_app and {passkey.id for passkey in held} <= {passkey_id}:
        raise LastFactorError
    if await desk.records.passkeys.remove(staff.account_id, passkey_id):
        await note(desk.records.audit_log, desk.clock, staff.account_id, Act.PASSKEY_REMOVED)


async def _prove(desk: StaffDesk, answer: str, purpose: str) -> Account:
    challenge = await _take_challenge(desk, answer, purpose)
    claim = desk.passkeys.claim(answer)
    passkey = await desk.records.passkeys.find(claim.passkey_id)
    if passkey is None or claim.account_id != passkey.account_id:
        raise SignInRefusedError
    try:
        count = desk.passkeys.count_of_use(
            answer, challenge=challenge, public_key=passkey.public_key, sign_count=passkey.sign_count
        )
    except SignInRefusedError:
        desk.failures.note(passkey.account_id, desk.clock.now())
        raise
    account = await desk.records.accounts.find(passkey.account_id)
    if account is None or not account.active:
        raise SignInRefusedError
    if not await desk.records.passkeys.count_use(passkey.id, former=passkey.sign_count, present=count):
        raise SignInRefusedError
    return account


async def new_challenge(desk: StaffDesk, purpose: str) -> str:
    """Return a random challenge that is good for one purpose, once, for five minutes."""
    challenge = sealing.to_base64url(secrets.token_bytes(32))
    await desk.challenges.keep(challenge, purpose)
    return challenge


async def _take_challenge(desk: StaffDesk, answer: str, purpose: str) -> str:
    """Return the challenge of an answer, used up. Raises `SignInRefusedError` unless it was issued for this purpose."""
    try:
        challenge = desk.passkeys.claim(answer).challenge
    except MalformedError as error:
        raise SignInRefusedError from error
    if await desk.challenges.take(challenge) != purpose:
        raise SignInRefusedError
    return challenge
