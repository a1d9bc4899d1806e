"""Certificates for the identity keys of mentors' browsers: asked for, signed, and brought home.

In the example set-up the example organisation key signs at once. Everywhere else a key waits until a coordinator has
compared its words with the mentor and signed it (docs/protocol.md); what she does with keys is in key_office.py.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.domain.certification import (
    LONGEST_CERTIFICATE,
    Account,
    Certificate,
    CertificateRequest,
    Missing,
    Role,
)
from chatservice.errors import MalformedError, NotClearedError, NotOwnerError
from chatservice.ports import SignedBody
from chatservice.usecases.accounts import StaffDesk

RENEW_BEFORE = timedelta(days=7)
"""Before a certificate's end: then it is renewed, and both pages warn. Of a short life, its last third."""

BACKDATED = timedelta(minutes=1)


async def request_certificate(
    desk: StaffDesk, account_id: int, public_key: bytes
) -> Certificate | CertificateRequest:
    """Return the key's certificate, or the request that waits for the coordinator.

    Raises `MalformedError` for a key that is none, `NotOwnerError` for another account's key, and `NotClearedError`
    when the account is not an active mentor or the key was withdrawn.
    """
    _check_point(public_key)
    account = await _mentor(desk, account_id)
    now = desk.wall.now()
    key_id = sealing.mentor_key_id(public_key)
    held = await desk.records.certificates.find(key_id)
    waiting = await desk.records.certificates.requested(key_id)
    if any(known is not None and known.account_id != account_id for known in (held, waiting)):
        raise NotOwnerError
    if held is not None and held.revoked:
        raise NotClearedError((Missing.CERTIFICATE_REVOKED,))
    if held is not None and not ends_soon(held, now):
        return held
    if desk.signer is None:
        request = waiting or CertificateRequest(key_id, account_id, public_key, now)
        await desk.records.certificates.request(request)
        return held if held is not None and held.holds(now) else request
    not_before = now - BACKDATED
    not_after = not_before + LONGEST_CERTIFICATE
    signed = desk.signer.certify(
        alias=account.alias, public_key=public_key, not_before=not_before, not_after=not_after
    )
    return await _keep(desk, account_id, public_key, signed, not_before, not_after)


async def import_certificate(
    desk: StaffDesk, signed: SignedBody, *, pins: Collection[str], key_id: str | None = None
) -> Certificate:
    """Keep a certificate that a person signed, once everything that a visitor's browser checks is right.

    `pins` are the organisation's public keys, `key_id` the key it must be about. Raises `MalformedError` naming the
    part that is wrong, or `NotOwnerError` when no pinned key signed it.
    """
    body = _read_body(signed.body)
    public_key = sealing.from_base64url(body["key"])
    request = await desk.records.certificates.requested(sealing.mentor_key_id(public_key))
    if request is None or request.public_key != public_key or key_id not in {None, request.key_id}:
        raise MalformedError("request")
    account = await _mentor(desk, request.account_id)
    if body["alias"] != account.alias:
        raise MalformedError("alias")
    not_before, not_after = (datetime.fromtimestamp(body[name], UTC) for name in ("not_before", "not_after"))
    if not timedelta(0) < not_after - not_before <= LONGEST_CERTIFICATE or not_after <= desk.wall.now():
        raise MalformedError("dates")
    _check_signature(signed, pins)
    return await _keep(desk, account.id, public_key, signed, not_before, not_after)


def ends_soon(certificate: Certificate, now: datetime) -> bool:
    """Say whether it is time to renew a certificate."""
    life = certificate.not_after - certificate.not_before
    return now >= certificate.not_after - min(RENEW_BEFORE, life / 3)


def fingerprint(key_id: str) -> str:
    """Return the whole of a key's short name: eight groups of four hexadecimal digits."""
    digits = sealing.from_base64url(key_id).hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


async def _mentor(desk: StaffDesk, account_id: int) -> Account:
    account = await desk.records.accounts.find(account_id)
    if account is None or not account.active:
        raise NotClearedError((Missing.ACCOUNT_INACTIVE,))
    if account.role is not Role.MENTOR:
        raise NotClearedError((Missing.NOT_A_MENTOR,))
    return account


async def _keep(
    desk: StaffDesk,
    account_id: int,
    public_key: bytes,
    signed: SignedBody,
    not_before: datetime,
    not_after: datetime,
) -> Certificate:
    certificate = Certificate(
        key_id=sealing.mentor_key_id(public_key),
        account_id=account_id,
        public_key=public_key,
        body=signed.body,
        signature=signed.signature,
        # Whole seconds, as in the body.
        not_before=not_before.replace(microsecond=0),
        not_after=not_after.replace(microsecond=0),
    )
    await desk.records.certificates.keep(certificate)
    return certificate


def _check_point(public_key: bytes) -> None:
    if len(public_key) != sealing.PUBLIC_KEY_BYTES:
        raise MalformedError("key")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError as error:
        raise MalformedError("key") from error


def _check_signature(signed: SignedBody, pins: Collection[str]) -> None:
    for pin in pins:
        try:
            sealing.verify(
                sealing.from_base64url(pin), signed.signature, f"{sealing.SUITE} certificate", signed.body
            )
        except NotOwnerError:
            continue
        return
    raise NotOwnerError


def _read_body(body: bytes) -> dict[str, Any]:
    fields: dict[str, type] = {"version": int, "alias": str, "key": str, "not_before": int, "not_after": int}
    try:
        read: object = json.loads(body)
    except ValueError as error:
        raise MalformedError("body") from error
    if not isinstance(read, dict):
        raise MalformedError("body")
    values = cast("dict[str, Any]", read)
    if values.keys() != fields.keys() or any(type(values[name]) is not kind for name, kind in fields.items()):
        raise MalformedError("body")
    if values["version"] != 1 or not all(0 < values[name] < 2**40 for name in ("not_before", "not_after")):
        raise MalformedError("body")
    return values
