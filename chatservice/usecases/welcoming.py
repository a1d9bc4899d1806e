"""Letting in who was invited: she chooses a password and a second factor, once, and is signed in.

The same for who comes anew after losing her second factor: then everything she had before is gone with it. Nothing of
it happens before all of it is right, and the invitation is used up just before, so that of two who hold the same
address one comes in. Making invitations: `inviting.py`.
"""

from dataclasses import dataclass, field
from datetime import date

from chatservice.domain.audit import Act
from chatservice.domain.certification import Account
from chatservice.domain.invitation import Invitation
from chatservice.errors import InvitationOverError, SignInRefusedError
from chatservice.ports import Passkey
from chatservice.usecases import passkeys
from chatservice.usecases.accounts import SignedIn, open_session
from chatservice.usecases.auditing import note
from chatservice.usecases.inviting import open_invitation
from chatservice.usecases.passkeys import UNNAMED
from chatservice.usecases.proving import strong
from chatservice.usecases.recovery import make_recovery_codes
from chatservice.usecases.staff_desk import StaffDesk


@dataclass(frozen=True, slots=True)
class Welcome:
    """Somebody at the door. `code_secret` is for her code app; it is hers only when she proves that she has it."""

    invitation: Invitation
    account: Account
    code_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WelcomedIn:
    """Somebody who came in, with her recovery codes to be shown once."""

    signed_in: SignedIn
    recovery_codes: tuple[str, ...] = field(repr=False)


async def open_welcome(desk: StaffDesk, token: str) -> Welcome:
    """Return who is invited, and a secret for her code app; using nothing up. Raises `InvitationOverError`."""
    invitation, account = await open_invitation(desk, token)
    return Welcome(invitation, account, await setup_secret(desk, _setup(invitation)))


async def ask_for_passkey(desk: StaffDesk, token: str) -> str:
    """Return what her browser needs to make a passkey, as JSON. Raises `InvitationOverError`."""
    invitation, account = await open_invitation(desk, token)
    # A device may hold one that was lost with it; it is replaced, so none is left out.
    return desk.passkeys.creation_options(
        challenge=await passkeys.new_challenge(desk, _setup(invitation)), account=account, known=()
    )


async def come_in_with_code(
    desk: StaffDesk, token: str, *, password: str, code: str, former_session_id: str | None = None
) -> WelcomedIn:
    """Set password and code app, and sign in.

    Raises `InvitationOverError`, `WeakPasswordError`, or `SignInRefusedError` for a code that is not right.
    """
    welcome = await open_welcome(desk, token)
    step = desk.codes.matching_step(welcome.code_secret, "".join(code.split()))
    if step is None:
        raise SignInRefusedError
    return await _come_in(desk, welcome, password, None, step, former_session_id)


async def come_in_with_passkey(
    desk: StaffDesk,
    token: str,
    *,
    password: str,
    answer: str,
    today: date,
    former_session_id: str | None = None,
) -> WelcomedIn:
    """Set password and a passkey, and sign in.

    Raises `InvitationOverError`, `WeakPasswordError`, or `SignInRefusedError` for a passkey that is not right.
    """
    welcome = await open_welcome(desk, token)
    strong(password)
    passkey = await passkeys.read_made(
        desk, answer, _setup(welcome.invitation), welcome.account.id, name=UNNAMED, today=today
    )
    return await _come_in(desk, welcome, password, passkey, -1, former_session_id)


async def setup_secret(desk: StaffDesk, name: str) -> str:
    """Return the secret of a code app that is being set up, the same for half an hour."""
    secret = await desk.setups.find(name)
    if secret is None:
        secret = desk.codes.new_secret()
        await desk.setups.keep(name, secret)
    return secret


async def _come_in(
    desk: StaffDesk,
    welcome: Welcome,
    password: str,
    passkey: Passkey | None,
    step: int,
    former_session_id: str | None,
) -> WelcomedIn:
    account, now = welcome.account, desk.clock.now()
    password_hash = await desk.passwords.hash(strong(password))
    if await desk.records.invitations.take(welcome.invitation.id, now) is None:
        raise InvitationOverError
    await desk.records.accounts.renew(
        account.id,
        password_hash=password_hash,
        code_secret="" if passkey else welcome.code_secret,
        used_step=step,
    )
    if passkey:
        await desk.records.passkeys.add(passkey)
    await desk.setups.take(_setup(welcome.invitation))
    await note(desk.records.audit_log, desk.clock, account.id, Act.INVITATION_USED)
    codes = await make_recovery_codes(desk, account.id)
    signed_in = await open_session(desk, account, former_session_id=former_session_id)
    return WelcomedIn(signed_in, codes)


def _setup(invitation: Invitation) -> str:
    return f"welcome {invitation.id}"
