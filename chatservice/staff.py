"""Puts the staff desk together: which clocks, which hasher, and whether the example organisation key may sign."""

from datetime import timedelta
from urllib.parse import urlsplit

from argon2 import PasswordHasher

from chatservice.clock import SystemClock
from chatservice.credentials import Argon2Passwords, TimeCodes
from chatservice.live.brief import MemoryBriefMemory
from chatservice.organisation_key import OrganisationKey
from chatservice.passkey_verifier import WebauthnPasskeys
from chatservice.ports import BriefMemory, Clock, Records
from chatservice.settings import Settings
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.staff_desk import CHALLENGE_S, MOST_CHALLENGES, MOST_SETUPS, SETUP_S


def make_desk(
    settings: Settings,
    records: Records,
    clock: Clock,
    *,
    pinned: tuple[str, ...] = (),
    hasher: PasswordHasher | None = None,
    challenges: BriefMemory | None = None,
    setups: BriefMemory | None = None,
) -> StaffDesk:
    """Return the desk. `pinned` are the organisation's own public keys; with any of them a person must sign.

    `hasher` is for tests, which need cheaper passwords. Several processes share `challenges` and `setups`; without
    them this process remembers alone. Raises `KeyFileError`.
    """
    wall = SystemClock()
    signs_by_itself = settings.is_example and not pinned
    return StaffDesk(
        records=records,
        clock=clock,
        wall=wall,
        passwords=Argon2Passwords(hasher),
        codes=make_codes(settings, wall, clock),
        signer=OrganisationKey.load_or_create(settings.example_key_file) if signs_by_itself else None,
        passkeys=WebauthnPasskeys(
            host=urlsplit(settings.public_origin).hostname or "", origins=settings.allowed_origins
        ),
        challenges=challenges or MemoryBriefMemory(clock, kept_s=CHALLENGE_S, most=MOST_CHALLENGES),
        setups=setups or MemoryBriefMemory(clock, kept_s=SETUP_S, most=MOST_SETUPS),
        session_idle=timedelta(seconds=settings.session_idle_s),
        session_absolute=timedelta(seconds=settings.session_absolute_s),
    )


def make_codes(settings: Settings, wall: Clock, clock: Clock) -> TimeCodes:
    """Return the one-time codes: by the real time and, when a test has set the clock, by that clock too."""
    return TimeCodes((wall,) if settings.clock is None else (wall, clock))
