"""The server's small part of the sealed conversation: ids, proofs of ownership and certificates.

Knows the byte strings of docs/protocol.md. Does not know message keys, roots or texts: the server never holds any.
The other two implementations are theme/static/js/crypto/ and tools/participants/sealing.py; the vectors in
tests/fixtures/vectors/ bind the three together.
"""

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from chatservice.errors import MalformedError, NotOwnerError

SUITE = "stodchatt/1"
PUBLIC_KEY_BYTES = 65
SIGNATURE_BYTES = 64
_HALF_SIGNATURE_BYTES = SIGNATURE_BYTES // 2
# Made once: each is an object with nothing in it, and a storm of returns makes thousands.
_CURVE = ec.SECP256R1()
_ECDSA = ec.ECDSA(hashes.SHA256())
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")


def to_base64url(data: bytes) -> str:
    """Encode bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Decode base64url without padding; raise `MalformedError` for anything that is not its one spelling.

    Spare bits at the end must be zero: conversations are found by their text, so two spellings would be two of them.
    """
    if not _BASE64URL.match(text):
        raise MalformedError("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise MalformedError("not base64url") from error
    if to_base64url(data) != text:
        raise MalformedError("another spelling of the same bytes")
    return data


def framed(*parts: bytes | str) -> bytes:
    """Join parts, each behind its length as u32 big-endian, so that no two lists give the same bytes."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def conversation_id(verification_key: bytes) -> bytes:
    """Return the 32-byte id that commits to the visitor's key of one conversation (65 bytes)."""
    return hashlib.sha256(framed(f"{SUITE} conversation", verification_key)).digest()


def mentor_key_id(identity_key: bytes) -> str:
    """Return the short name of a mentor's identity key (65 bytes): base64url of 16 bytes."""
    return to_base64url(hashlib.sha256(framed(f"{SUITE} identity", identity_key)).digest()[:16])


def verify(public_key: bytes, signature: bytes, *parts: bytes | str) -> None:
    """Check an ECDSA P-256 signature (raw r‖s, 64 bytes) over the framed parts.

    Raises `MalformedError` for a key or signature of the wrong form, `NotOwnerError` for one that does not match.
    """
    if len(signature) != SIGNATURE_BYTES or len(public_key) != PUBLIC_KEY_BYTES:
        raise MalformedError("key or signature of wrong length")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_key)
    except ValueError as error:
        raise MalformedError("not a point on the curve") from error
    r = int.from_bytes(signature[:_HALF_SIGNATURE_BYTES], "big")
    s = int.from_bytes(signature[_HALF_SIGNATURE_BYTES:], "big")
    try:
        key.verify(encode_dss_signature(r, s), framed(*parts), _ECDSA)
    except InvalidSignature as error:
        raise NotOwnerError from error


def sign(private_key: ec.EllipticCurvePrivateKey, *parts: bytes | str) -> bytes:
    """Sign the framed parts; the answer is raw r‖s, 64 bytes."""
    r, s = decode_dss_signature(private_key.sign(framed(*parts), _ECDSA))
    return r.to_bytes(_HALF_SIGNATURE_BYTES, "big") + s.to_bytes(_HALF_SIGNATURE_BYTES, "big")


def public_bytes(private_key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the uncompressed public point of a private key, 65 bytes."""
    return private_key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def verify_ownership(verification_key: bytes, conversation: bytes, challenge: bytes, proof: bytes) -> None:
    """Check that the sender holds the key a conversation id was made from, by its answer to our challenge.

    Source: ../docs/protocol.md, "ownership proof". Raises `NotOwnerError` or `MalformedError`.
    """
    if conversation_id(verification_key) != conversation:
        raise NotOwnerError
    verify(verification_key, proof, f"{SUITE} ownership", conversation, challenge)
