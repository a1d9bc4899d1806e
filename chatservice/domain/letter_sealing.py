"""Seals a letter, or a line of feedback, to the coordinators' inbox key, so that only they can read what is kept.

HPKE (RFC 9180, base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM) as in docs/protocol.md. A letter is
padded before it is sealed: its size then says only whether it is short, middling or long. A line of feedback has one
size for all. The browser opens both too: theme/static/js/crypto/letters.js.
"""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain.letter import Letter, Topic
from chatservice.domain.sealing import SUITE, framed, to_base64url
from chatservice.errors import MalformedError, NotOwnerError

SIZES: Final = (1024, 4096, 20_480)
_LENGTH_BYTES: Final = 4
_END: Final = b"\x80"
_SUITE: Final = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_INFO: Final = framed(f"{SUITE} letter")
_LINE_INFO: Final = framed(f"{SUITE} feedback")
LINE_SIZE: Final = 2048
"""Room for the longest line of domain/feedback.py, four bytes a character."""


def inbox_key_id(public_key: bytes) -> str:
    """Return the short name of an inbox key (65 bytes): base64url of 16 bytes."""
    return to_base64url(hashlib.sha256(framed(f"{SUITE} inbox", public_key)).digest()[:16])


def seal_letter(letter: Letter, public_key: bytes) -> bytes:
    """Seal a letter to an inbox key (65 bytes). Raises `MalformedError` for a key that is none."""
    return _SUITE.encrypt(_padded(letter), to_public_key(public_key), _INFO)


def open_letter(sealed: bytes, private_key: ec.EllipticCurvePrivateKey) -> Letter:
    """Open a sealed letter. Raises `NotOwnerError` for another key's letter or a changed one."""
    try:
        return _unpadded(_SUITE.decrypt(sealed, private_key, _INFO))
    except InvalidTag as error:
        raise NotOwnerError from error


def seal_line(line: str, public_key: bytes) -> bytes:
    """Seal a line of feedback to an inbox key (65 bytes). Raises `MalformedError` for a key that is none."""
    content = framed(line) + _END
    return _SUITE.encrypt(content.ljust(LINE_SIZE, b"\0"), to_public_key(public_key), _LINE_INFO)


def open_line(sealed: bytes, private_key: ec.EllipticCurvePrivateKey) -> str:
    """Open a line of feedback. Raises `NotOwnerError` for another key's line or a changed one."""
    try:
        (line,) = _parts(_SUITE.decrypt(sealed, private_key, _LINE_INFO))
    except InvalidTag as error:
        raise NotOwnerError from error
    except ValueError as error:
        raise MalformedError("not a line of feedback") from error
    return line


def to_public_key(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """Read a public key, 65 bytes. Raises `MalformedError`."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError as error:
        raise MalformedError("not a point on the curve") from error


def _padded(letter: Letter) -> bytes:
    content = framed(letter.topic.value, letter.email, letter.text) + _END
    return content.ljust(next(size for size in SIZES if len(content) <= size), b"\0")


def _unpadded(padded: bytes) -> Letter:
    try:
        topic, email, text = _parts(padded)
        return Letter(Topic(topic), text, email)
    except ValueError as error:
        raise MalformedError("not a letter") from error


def _parts(padded: bytes) -> list[str]:
    """Take padded content apart into the strings that it was framed from. Raises ValueError."""
    content = padded.rstrip(b"\0")
    if not content.endswith(_END):
        raise ValueError("no end")
    rest = content[: -len(_END)]
    parts: list[str] = []
    while rest:
        end = _LENGTH_BYTES + int.from_bytes(rest[:_LENGTH_BYTES], "big")
        if end > len(rest):
            raise ValueError("a length behind the end")
        parts.append(rest[_LENGTH_BYTES:end].decode())
        rest = rest[end:]
    return parts
