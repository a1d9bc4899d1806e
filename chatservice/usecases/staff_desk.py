"""What the use cases of staff work with: records, clocks, checks of passwords and codes, and short memories.

Put together in `staff.py`. Read `accounts.py` and `proving.py` next.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from chatservice.ports import (
    BriefMemory,
    CertificateSigner,
    Clock,
    OneTimeCodes,
    PasskeyVerifier,
    PasswordHasher,
    Records,
)
from chatservice.usecases.by_heart import ByHeart
from chatservice.usecases.failure_notes import FailureNotes

CHALLENGE_S: Final = 300.0
MOST_CHALLENGES: Final = 10_000
SETUP_S: Final = 1800.0
MOST_SETUPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What the staff use cases work with.

    `clock` decides how long sessions last. `wall` is always the real time, by which phones and browsers judge codes
    and certificates. `signer` is the example organisation key, None wherever a person must sign.
    `challenges` holds what each challenge for a passkey was issued for, `setups` the secrets of code apps that are
    being set up. Both for a while (CHALLENGE_S, SETUP_S) and only so many.
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
    challenges: BriefMemory
    setups: BriefMemory
    failures: FailureNotes = field(default_factory=FailureNotes)
    by_heart: ByHeart = field(default_factory=ByHeart)
