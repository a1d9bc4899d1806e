"""Recovery codes: ten of them, shown once, each good for one sign-in in place of a code from the phone.

Sixteen letters and digits that cannot be mistaken for each other, 80 random bits, held as hashes.
"""

import hashlib
import re
import secrets
from typing import Final

from chatservice.domain.audit import Act
from chatservice.usecases.auditing import note
from chatservice.usecases.staff_desk import StaffDesk

CODES: Final = 10
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH: Final = 16
_CODE: Final = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}\Z")


async def make_recovery_codes(desk: StaffDesk, account_id: int) -> tuple[str, ...]:
    """Give an account ten new codes in place of those it had; return them in groups of four, to be shown once."""
    codes = tuple("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES))
    await desk.records.recovery_codes.replace(account_id, [_id_of(code) for code in codes])
    await note(desk.records.audit_log, desk.clock, account_id, Act.RECOVERY_CODES_MADE)
    return tuple("-".join(code[at : at + 4] for at in range(0, LENGTH, 4)) for code in codes)


async def use_recovery_code(desk: StaffDesk, account_id: int, typed: str) -> bool:
    """Use a code up, however it was spaced; False when it is none of the account's."""
    code = "".join(typed.lower().split()).replace("-", "")
    if not _CODE.match(code) or not await desk.records.recovery_codes.use(account_id, _id_of(code)):
        return False
    await note(desk.records.audit_log, desk.clock, account_id, Act.RECOVERY_CODE_USED)
    return True


def _id_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
