"""The certificate by which an organisation says: this key belongs to the mentor of this name. Next: grant.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from tools.participants.encoding import (
    EncodingError,
    exactly,
    from_base64url,
    is_count,
    read_json,
    to_base64url,
    write_json,
)
from tools.participants.errors import CertificateError
from tools.participants.identity import key_id_of
from tools.participants.suite import (
    PUBLIC_KEY_BYTES,
    SIGNATURE_BYTES,
    SUITE,
    PrivateKey,
    is_signed,
    read_public_key,
    signed,
)

LONGEST_ALIAS = 100

_DAY_S = 86_400
_LONGEST_LIFE_S = 30 * _DAY_S
_CLOCK_ERROR_S = _DAY_S


@dataclass(frozen=True)
class CertificateFacts:
    """What a verified certificate says."""

    alias: str
    key: bytes
    key_id: str
    not_before: int
    not_after: int


def make_certificate(
    organisation_key: PrivateKey, *, alias: str, key: bytes, not_before: int, not_after: int
) -> dict[str, str]:
    """Certify a mentor's key; times in Unix seconds."""
    fields = {
        "version": 1,
        "alias": alias,
        "key": to_base64url(key),
        "not_before": not_before,
        "not_after": not_after,
    }
    body = write_json(fields).encode()
    signature = signed(organisation_key, f"{SUITE} certificate", body)
    return {"body": to_base64url(body), "signature": to_base64url(signature)}


def verify_certificate(
    certificate: object, *, pins: Sequence[str], denied: Collection[str], now_s: float
) -> CertificateFacts:
    """Check pin, form, life, dates and deny-list, in this order; raise CertificateError."""
    try:
        outer = exactly(certificate, ("body", "signature"))
        body = from_base64url(outer["body"])
        signature = from_base64url(outer["signature"], SIGNATURE_BYTES)
    except EncodingError as error:
        raise CertificateError("malformed") from error
    pinned_keys = [from_base64url(pin, PUBLIC_KEY_BYTES) for pin in pins]
    if not any(is_signed(key, signature, f"{SUITE} certificate", body) for key in pinned_keys):
        raise CertificateError("unpinned")
    facts = _read_certificate_body(body)
    if facts.not_after - facts.not_before > _LONGEST_LIFE_S:
        raise CertificateError("too_long")
    if now_s < facts.not_before - _CLOCK_ERROR_S:
        raise CertificateError("not_yet")
    if now_s >= facts.not_after + _CLOCK_ERROR_S:
        raise CertificateError("expired")
    if facts.key_id in denied:
        raise CertificateError("denied")
    return facts


def _read_certificate_body(body: bytes) -> CertificateFacts:
    try:
        fields = exactly(read_json(body), ("version", "alias", "key", "not_before", "not_after"))
        key = from_base64url(fields["key"], PUBLIC_KEY_BYTES)
    except EncodingError as error:
        raise CertificateError("malformed") from error
    version, alias = fields["version"], fields["alias"]
    not_before, not_after = fields["not_before"], fields["not_after"]
    if not is_count(version) or version != 1 or not (is_count(not_before) and is_count(not_after)):
        raise CertificateError("malformed")
    if not isinstance(alias, str) or not alias.strip() or len(alias) > LONGEST_ALIAS:
        raise CertificateError("malformed")
    begins, ends = cast(int, not_before), cast(int, not_after)
    if begins >= ends or read_public_key(key) is None:
        raise CertificateError("malformed")
    return CertificateFacts(alias, key, key_id_of(key), begins, ends)
