"""What a coordinator does with browser keys: keeps what she has signed, refuses, and withdraws.

Every act is noted. What a certificate must be to be kept, `certifying.import_certificate` says; who signed it is
checked against the pinned keys there. Nobody certifies a key of her own.
"""

from collections.abc import Collection

from chatservice.domain.audit import Act
from chatservice.domain.certification import Certificate
from chatservice.domain.duty import DutyState
from chatservice.errors import MalformedError
from chatservice.ports import LiveStore, SignedBody
from chatservice.usecases import mentoring
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.auditing import note
from chatservice.usecases.certifying import import_certificate


async def keep_signed(
    desk: StaffDesk, signed: SignedBody, *, by: int, key_id: str, pins: Collection[str]
) -> Certificate:
    """Keep the certificate that a coordinator signed for a waiting key.

    Raises `MalformedError` naming the part that is wrong ("request", "own", "alias", "dates", "body", …),
    `NotOwnerError` when no pinned key signed it, `NotClearedError` when the account is no active mentor's.
    """
    request = await desk.records.certificates.requested(key_id)
    if request is None:
        raise MalformedError("request")
    if request.account_id == by:
        raise MalformedError("own")
    certificate = await import_certificate(desk, signed, pins=pins, key_id=key_id)
    await note(desk.records.audit_log, desk.clock, by, Act.CERTIFICATE_SIGNED, certificate.account_id)
    return certificate


async def refuse_key(desk: StaffDesk, key_id: str, *, by: int) -> None:
    """Remove a waiting key whose words were not the mentor's. Raises `MalformedError` when it does not wait."""
    request = await desk.records.certificates.requested(key_id)
    if request is None or not await desk.records.certificates.withdraw(key_id):
        raise MalformedError("request")
    await note(desk.records.audit_log, desk.clock, by, Act.KEY_REQUEST_REFUSED, request.account_id)


async def withdraw_certificate(desk: StaffDesk, live: LiveStore, key_id: str, *, by: int) -> None:
    """Withdraw a certificate at once: its mentor is off duty, and a conversation she has is allowed to end.

    Doing it again changes nothing. Raises `MalformedError` when there is no such certificate.
    """
    certificate = await desk.records.certificates.find(key_id)
    if certificate is None:
        raise MalformedError("certificate")
    if certificate.revoked:
        return
    await desk.records.certificates.revoke(key_id)
    await desk.records.certificates.withdraw(key_id)
    await mentoring.set_duty(live, certificate.account_id, DutyState.OFF, missing=())
    await note(desk.records.audit_log, desk.clock, by, Act.CERTIFICATE_REVOKED, certificate.account_id)
