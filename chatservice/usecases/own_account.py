"""What everybody changes about her own sign-in: password, code app, and where else she is signed in.

Passkeys and recovery codes: `passkeys.py`, `recovery.py`. Each change is noted. That she has proved who she is a short
while ago is asked for by web/freshness.py before any of this but the ending of sessions.
"""

from collections.abc import Sequence

from chatservice.domain.audit import Act
from chatservice.errors import SignInRefusedError
from chatservice.ports import StaffSession
from chatservice.usecases.accounts import StaffIdentity, is_over
from chatservice.usecases.auditing import note
from chatservice.usecases.proving import strong
from chatservice.usecases.staff_desk import StaffDesk
from chatservice.usecases.welcoming import setup_secret


async def change_password(desk: StaffDesk, staff: StaffIdentity, password: str) -> None:
    """Set a new password; every other session of hers ends. Raises `WeakPasswordError`."""
    await desk.records.accounts.set_password(staff.account_id, await desk.passwords.hash(strong(password)))
    await desk.records.sessions.remove_others(staff.account_id, staff.session_id)
    await note(desk.records.audit_log, desk.clock, staff.account_id, Act.PASSWORD_CHANGED)


async def begin_code_app(desk: StaffDesk, staff: StaffIdentity) -> str:
    """Return the secret for a new code app; the former one works until the new one has shown a code."""
    return await setup_secret(desk, _setup(staff))


async def change_code_app(desk: StaffDesk, staff: StaffIdentity, code: str) -> None:
    """Let the new code app replace the former one. Raises `SignInRefusedError` unless the code is of the new one."""
    secret = await desk.setups.find(_setup(staff))
    step = desk.codes.matching_step(secret, "".join(code.split()))
    if secret is None or step is None:
        raise SignInRefusedError
    await desk.records.accounts.set_code_secret(staff.account_id, secret, used_step=step)
    await desk.setups.take(_setup(staff))
    await note(desk.records.audit_log, desk.clock, staff.account_id, Act.CODE_APP_CHANGED)


async def living_sessions(desk: StaffDesk, staff: StaffIdentity) -> Sequence[StaffSession]:
    """Return where somebody is signed in, the newest first; sessions that are over by time are left out."""
    now = desk.clock.now()
    held = await desk.records.sessions.of_account(staff.account_id)
    return [session for session in held if not is_over(desk, session, now)]


async def end_session(desk: StaffDesk, staff: StaffIdentity, session_id: str) -> None:
    """End another session of one's own; an unknown one is left alone."""
    if await desk.records.sessions.remove_own(staff.account_id, session_id):
        await note(desk.records.audit_log, desk.clock, staff.account_id, Act.SESSION_ENDED)


async def end_other_sessions(desk: StaffDesk, staff: StaffIdentity) -> None:
    """End every session of one's own but this one."""
    if await desk.records.sessions.remove_others(staff.account_id, staff.session_id):
        await note(desk.records.audit_log, desk.clock, staff.account_id, Act.SESSION_ENDED)


def _setup(staff: StaffIdentity) -> str:
    return f"code app {staff.session_id}"
