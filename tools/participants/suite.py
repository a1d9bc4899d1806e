"""The suite `stodchatt/1` in Python: the one file that names algorithms.

SHA-256, HKDF-SHA256, ECDSA P-256, AES-256-GCM and HPKE (RFC 9180), all from `cryptography`. Next: identity.py.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tools.participants.encoding import framed

SUITE = "stodchatt/1"
PUBLIC_KEY_BYTES = 65
SIGNATURE_BYTES = 64
SECRET_BYTES = 32
NONCE_BYTES = 12

PrivateKey = ec.EllipticCurvePrivateKey

HPKE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def new_private_key() -> PrivateKey:
    """Make a P-256 key, for signatures or for HPKE."""
    return ec.generate_private_key(ec.SECP256R1())


def public_key_bytes(key: PrivateKey) -> bytes:
    """Give the public half as its uncompressed point of 65 bytes."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def hashed(*parts: bytes | str) -> bytes:
    """H of the protocol: SHA-256 over framed parts."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(framed(*parts))
    return digest.finalize()


def derived(secret: bytes, salt: bytes | None, *info: bytes | str) -> bytes:
    """HKDF of the protocol: HKDF-SHA256 with 32 bytes out; the info is framed."""
    return HKDF(hashes.SHA256(), SECRET_BYTES, salt, framed(*info)).derive(secret)


def signed(key: PrivateKey, *parts: bytes | str) -> bytes:
    """Sign framed parts: raw r‖s, 64 bytes. Deterministic (RFC 6979), so that vectors can be made again."""
    der = key.sign(framed(*parts), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def is_signed(public_key: bytes, signature: bytes, *parts: bytes | str) -> bool:
    """Tell whether the signature over framed parts is this key's; a key that is no key has signed nothing."""
    key = read_public_key(public_key)
    if key is None or len(signature) != SIGNATURE_BYTES:
        return False
    der = utils.encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    try:
        key.verify(der, framed(*parts), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def read_public_key(raw: bytes) -> ec.EllipticCurvePublicKey | None:
    """Read an uncompressed point of P-256; None when it is none."""
    if len(raw) != PUBLIC_KEY_BYTES or raw[0] != 4:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return None
