"""How things become bytes: base64url, big-endian numbers, lists of parts behind their lengths, strict JSON objects.

Knows nothing of keys. Its specification is "Building blocks" in docs/protocol.md; next: sealing.py.
"""

import base64
import json
import re
from collections.abc import Collection
from typing import cast

MAX_SAFE_INTEGER = 2**53 - 1

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


class EncodingError(ValueError):
    """Something is not the bytes it should be."""


def to_base64url(raw: bytes) -> str:
    """Encode bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: object, length: int | None = None) -> bytes:
    """Decode base64url without padding; refuse other characters, second spellings and another length."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise EncodingError("base64url")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(raw) != text or (length is not None and len(raw) != length):
        raise EncodingError("base64url")
    return raw


def u32(number: int) -> bytes:
    """Write a number from 0 to 2**32 - 1 as four bytes, big-endian."""
    return _big_endian(number, 4, 2**32 - 1)


def u64(number: int) -> bytes:
    """Write a number from 0 to 2**53 - 1 as eight bytes, big-endian; a browser counts no further."""
    return _big_endian(number, 8, MAX_SAFE_INTEGER)


def framed(*parts: bytes | str) -> bytes:
    """Join parts, each behind its length as u32, so that no two lists of parts give the same bytes."""
    raw_parts = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(u32(len(raw)) + raw for raw in raw_parts)


def write_json(value: object) -> str:
    """Write JSON as a browser does: no blanks, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_json(raw: bytes | str) -> object:
    """Read JSON; raise EncodingError for everything that is not."""
    try:
        return cast(object, json.loads(raw.decode() if isinstance(raw, bytes) else raw))
    except (ValueError, RecursionError) as error:
        raise EncodingError("json") from error


def exactly(value: object, names: Collection[str]) -> dict[str, object]:
    """Give a JSON value as an object with exactly these names, or raise EncodingError."""
    if not isinstance(value, dict):
        raise EncodingError("object")
    fields = cast("dict[str, object]", value)
    if fields.keys() != set(names):
        raise EncodingError("fields")
    return fields


def is_count(value: object) -> bool:
    """Tell whether a JSON value is a whole number that is not negative; true and false are no numbers."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE_INTEGER


def _big_endian(number: int, size: int, largest: int) -> bytes:
    if not 0 <= number <= largest:
        raise EncodingError("number")
    return number.to_bytes(size, "big")
