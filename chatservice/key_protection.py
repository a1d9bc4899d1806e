"""How a private key is protected in its file: PKCS#8 behind a passphrase, as RFC 8018 (PBES2) writes it.

`cryptography` writes such files too, but with 2,048 rounds of PBKDF2 and no way to ask for more; whoever finds a key
file may guess for as long as she likes. So the frame is written here, and everything that computes is `cryptography`'s.
OpenSSL, `cryptography` and theme/static/js/crypto/key_file.js read it (docs/decisions/0011-key-files.md).
"""

import base64
import os
import textwrap
from typing import Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509 import ObjectIdentifier

ROUNDS: Final = 600_000
"""Of PBKDF2-HMAC-SHA256, as OWASP's Password Storage Cheat Sheet asks for."""

_SALT_BYTES: Final = 16
_BLOCK_BYTES: Final = 16
_KEY_BYTES: Final = 32
_PBES2: Final = ObjectIdentifier("1.2.840.113549.1.5.13")
_PBKDF2: Final = ObjectIdentifier("1.2.840.113549.1.5.12")
_HMAC_SHA256: Final = ObjectIdentifier("1.2.840.113549.2.9")
_AES256_CBC: Final = ObjectIdentifier("2.16.840.1.101.3.4.1.42")


@asn1.sequence
class _Hash:
    algorithm: ObjectIdentifier
    parameters: asn1.Null


@asn1.sequence
class _Derivation:
    salt: bytes
    rounds: int
    hash: _Hash


@asn1.sequence
class _KeyFromPassphrase:
    algorithm: ObjectIdentifier
    parameters: _Derivation


@asn1.sequence
class _Encryption:
    algorithm: ObjectIdentifier
    first_block: bytes


@asn1.sequence
class _Scheme:
    derivation: _KeyFromPassphrase
    encryption: _Encryption


@asn1.sequence
class _Protection:
    algorithm: ObjectIdentifier
    parameters: _Scheme


@asn1.sequence
class _ProtectedKey:
    protection: _Protection
    ciphertext: bytes


def protected_pem(
    private_key: ec.EllipticCurvePrivateKey, passphrase: bytes, *, rounds: int = ROUNDS
) -> bytes:
    """Return the key as PEM ("ENCRYPTED PRIVATE KEY") behind a passphrase: PBKDF2-HMAC-SHA256, AES-256-CBC."""
    salt, first_block = os.urandom(_SALT_BYTES), os.urandom(_BLOCK_BYTES)
    secret = PBKDF2HMAC(hashes.SHA256(), _KEY_BYTES, salt, rounds).derive(passphrase)
    plain = private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    padder = padding.PKCS7(_BLOCK_BYTES * 8).padder()
    encryptor = Cipher(algorithms.AES256(secret), modes.CBC(first_block)).encryptor()
    ciphertext = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    derivation = _Derivation(
        salt=salt, rounds=rounds, hash=_Hash(algorithm=_HMAC_SHA256, parameters=asn1.Null())
    )
    scheme = _Scheme(
        derivation=_KeyFromPassphrase(algorithm=_PBKDF2, parameters=derivation),
        encryption=_Encryption(algorithm=_AES256_CBC, first_block=first_block),
    )
    protected = _ProtectedKey(
        protection=_Protection(algorithm=_PBES2, parameters=scheme), ciphertext=ciphertext
    )
    lines = textwrap.wrap(base64.b64encode(asn1.encode_der(protected)).decode("ascii"), 64)
    return "\n".join(
        ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", ""]
    ).encode("ascii")
