"""Offer and grant: a certified mentor's fresh key, and the roots that a visitor seals to it. Steps 3 and 4.

Next: messages.py.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidTag

from tools.participants.certificate import CertificateFacts, verify_certificate
from tools.participants.encoding import (
    EncodingError,
    exactly,
    from_base64url,
    read_json,
    to_base64url,
    u32,
    write_json,
)
from tools.participants.errors import CertificateError, GrantError, OfferError
from tools.participants.identity import ConversationIdentity, MentorIdentity, conversation_of
from tools.participants.suite import (
    HPKE,
    PUBLIC_KEY_BYTES,
    SECRET_BYTES,
    SIGNATURE_BYTES,
    SUITE,
    PrivateKey,
    hashed,
    is_signed,
    new_private_key,
    public_key_bytes,
    read_public_key,
    signed,
)

_EPOCH = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True)
class OfferParts:
    """An offer taken apart, unchecked."""

    key: bytes
    signature: bytes
    body: bytes


def make_offer(
    identity: MentorIdentity, certificate: Mapping[str, object], *, conversation: str, epoch: int
) -> tuple[PrivateKey, dict[str, object]]:
    """Make an offer for one conversation and epoch, and the secret that its grant will be opened with."""
    secret = new_private_key()
    key = public_key_bytes(secret)
    body = from_base64url(certificate["body"])
    signature = signed(identity.signing, *_signed_parts(conversation, epoch, key, body))
    return secret, {
        "certificate": dict(certificate),
        "key": to_base64url(key),
        "signature": to_base64url(signature),
    }


def verify_offer(
    offer: object,
    *,
    pins: Sequence[str],
    denied: Collection[str],
    conversation: str,
    epoch: int,
    now_s: float,
) -> CertificateFacts:
    """Check the certificate, then the certified key's signature over the offer.

    Raises CertificateError and OfferError. The caller compares ``key_id`` with the envelope's sender.
    """
    parts = read_offer(offer)
    certificate = cast("dict[str, object]", offer)["certificate"]
    facts = verify_certificate(certificate, pins=pins, denied=denied, now_s=now_s)
    if not is_signed(facts.key, parts.signature, *_signed_parts(conversation, epoch, parts.key, parts.body)):
        raise OfferError("signature")
    if read_public_key(parts.key) is None:
        raise OfferError("malformed")
    return facts


def read_offer(offer: object) -> OfferParts:
    """Take an offer apart, unchecked; raise OfferError or CertificateError malformed."""
    try:
        fields = exactly(offer, ("certificate", "key", "signature"))
        key = from_base64url(fields["key"], PUBLIC_KEY_BYTES)
        signature = from_base64url(fields["signature"], SIGNATURE_BYTES)
    except EncodingError as error:
        raise OfferError("malformed") from error
    try:
        body = from_base64url(exactly(fields["certificate"], ("body", "signature"))["body"])
    except EncodingError as error:
        raise CertificateError("malformed") from error
    return OfferParts(key, signature, body)


def _signed_parts(conversation: str, epoch: int, key: bytes, body: bytes) -> tuple[bytes | str, ...]:
    return f"{SUITE} offer", from_base64url(conversation, SECRET_BYTES), u32(epoch), key, body


def grant_context(conversation: str, epoch: int, offer: object) -> bytes:
    """Give what binds a grant to one offer, conversation and epoch."""
    parts = read_offer(offer)
    raw_conversation = from_base64url(conversation, SECRET_BYTES)
    return hashed(f"{SUITE} grant", raw_conversation, u32(epoch), parts.key, parts.signature, parts.body)


def make_grant(
    identity: ConversationIdentity, *, epoch: int, offer: object, roots: Mapping[int, str]
) -> dict[str, str]:
    """Grant roots to the key of a verified offer."""
    context = grant_context(identity.conversation, epoch, offer)
    recipient = read_public_key(read_offer(offer).key)
    if recipient is None:
        raise OfferError("malformed")
    plaintext = write_json({"roots": {str(each): root for each, root in roots.items()}}).encode()
    sealed = HPKE.encrypt(plaintext, recipient, context)
    enc, ciphertext = sealed[:PUBLIC_KEY_BYTES], sealed[PUBLIC_KEY_BYTES:]
    signature = signed(identity.signing, f"{SUITE} grant-signature", context, enc, ciphertext)
    return {
        "key": to_base64url(identity.public_key),
        "enc": to_base64url(enc),
        "ciphertext": to_base64url(ciphertext),
        "signature": to_base64url(signature),
    }


def open_grant(
    secret: PrivateKey, grant: object, *, conversation: str, epoch: int, offer: object
) -> dict[int, str]:
    """Open a grant: the visitor's key names the conversation, signed it, and bound it to this offer.

    Gives epoch → root as b64. Raises GrantError.
    """
    try:
        fields = exactly(grant, ("key", "enc", "ciphertext", "signature"))
        key = from_base64url(fields["key"], PUBLIC_KEY_BYTES)
        enc = from_base64url(fields["enc"], PUBLIC_KEY_BYTES)
        ciphertext = from_base64url(fields["ciphertext"])
        signature = from_base64url(fields["signature"], SIGNATURE_BYTES)
    except EncodingError as error:
        raise GrantError("malformed") from error
    if conversation_of(key) != conversation:
        raise GrantError("other_visitor")
    context = grant_context(conversation, epoch, offer)
    if not is_signed(key, signature, f"{SUITE} grant-signature", context, enc, ciphertext):
        raise GrantError("signature")
    try:
        plaintext = HPKE.decrypt(enc + ciphertext, secret, context)
    except InvalidTag as error:
        raise GrantError("unreadable") from error
    return _read_roots(plaintext, epoch)


def _read_roots(plaintext: bytes, epoch: int) -> dict[int, str]:
    roots: dict[int, str] = {}
    try:
        named = exactly(read_json(plaintext), ("roots",))["roots"]
        if not isinstance(named, dict):
            raise EncodingError("object")
        for name, root in cast("dict[str, object]", named).items():
            if not _EPOCH.fullmatch(name) or int(name) > epoch:
                raise EncodingError("epoch")
            roots[int(name)] = to_base64url(from_base64url(root, SECRET_BYTES))
    except EncodingError as error:
        raise GrantError("malformed") from error
    if epoch not in roots:
        raise GrantError("malformed")
    return roots
