"""What the use cases of staff work with: records, clocks, checks of passwords and codes, and short memories.

Put together in `staff.py`. Read `accounts.py` and `proving.py` next.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from chatservice.ports import CertificateSigner, Clock, OneTimeCodes, PasskeyVerifier, PasswordHasher, Records
from chatservice.usecases.brief_memory import BriefMemory
from chatservice.usecases.failure_notes import FailureNotes


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What the staff use cases work with.

    `clock` decides how long sessions last. `wall` is always the real time, by which phones and browsers judge codes
    and certificates. `signer` is the example organisation key, None wherever a person must sign.
    `challenges` holds what each challenge for a passkey was issued for, `setups` the secrets of code apps that are
    being set up.
    """

    records: Records
    clock: Clock
    wall: Clock
    passwords: PasswordHasher
    codes: OneTimeCodes
    signer: CertificateSigner | None
    session_idle: timedelta
    session_absolute: timedelta
    passkeys: PasskeyVerifier
    challenges: BriefMemory[str] = field(
        default_factory=lambda: BriefMemory(kept_for=timedelta(minutes=5), most=10_000)
    )
    setups: BriefMemory[str] = field(
        default_factory=lambda: BriefMemory(kept_for=timedelta(minutes=30), most=1_000)
    )
    failures: FailureNotes = field(default_factory=FailureNotes)
