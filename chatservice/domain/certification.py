"""Who works here, and what a mentor needs before she may go on duty.

Knows accounts, certificates of browser keys, and the one rule that joins them with what a mentor has shown and signed
(`clearance`; certification_items.py has the items). Certificates are judged by browsers on their own clocks, so the
instants here are wall-clock instants. Does not know passwords, one-time codes or sessions (usecases/accounts.py), nor
how a certificate is signed (organisation_key.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chatservice.domain.certification_items import Standing, not_ready

LONGEST_CERTIFICATE = timedelta(days=30)
"""No certificate is valid for longer (docs/protocol.md)."""

CLOCK_ERROR = timedelta(hours=24)
"""How far a browser's clock may be wrong, both ways (docs/protocol.md)."""


class Role(StrEnum):
    """What somebody who signs in does here: one for each account. What each may open, tests/web/test_roles.py says."""

    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `alias` is what visitors read; `username` never leaves the staff pages."""

    id: int
    username: str
    role: Role
    alias: str
    active: bool


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """A browser's identity key (65 bytes) that waits for a coordinator to compare its words and sign it."""

    key_id: str
    account_id: int
    public_key: bytes
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """The organisation's word that a browser's identity key belongs to a certified mentor.

    `body` is the signed JSON as it was signed, `signature` the organisation key's raw 64 bytes (docs/protocol.md).
    """

    key_id: str
    account_id: int
    public_key: bytes
    body: bytes
    signature: bytes
    not_before: datetime
    not_after: datetime
    revoked: bool = False

    def holds(self, at: datetime) -> bool:
        """Say whether it is valid at an instant, a wrong clock allowed for."""
        return not self.revoked and self.not_before - CLOCK_ERROR <= at < self.not_after + CLOCK_ERROR


class Missing(StrEnum):
    """What may stand between a mentor and going on duty; stable codes, named in words by the dashboard.

    To these come the codes of items and of quarantine (certification_items.py).
    """

    ACCOUNT_INACTIVE = "account_inactive"
    NOT_A_MENTOR = "not_a_mentor"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_EXPIRED = "certificate_expired"


def clearance(
    account: Account, certificate: Certificate | None, now: datetime, standing: Standing
) -> tuple[str, ...]:
    """Return the codes of what is missing before this account may go on duty; nothing missing means cleared.

    `certificate` is that of the key in the mentor's browser, or None; another account's certificate counts as none.
    The order is fixed: the account, the key, the items in the order of their kinds, quarantine.
    """
    missing: list[str] = []
    if not account.active:
        missing.append(Missing.ACCOUNT_INACTIVE)
    if account.role is not Role.MENTOR:
        missing.append(Missing.NOT_A_MENTOR)
    if certificate is None or certificate.account_id != account.id:
        missing.append(Missing.CERTIFICATE_MISSING)
    elif certificate.revoked:
        missing.append(Missing.CERTIFICATE_REVOKED)
    elif not certificate.holds(now):
        missing.append(Missing.CERTIFICATE_EXPIRED)
    return (*missing, *not_ready(standing))
