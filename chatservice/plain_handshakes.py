"""Reads the handshake of a WebSocket in its plainest form, as browsers and web servers in front of us send it.

Only what leaves no room for a second opinion is read here: one of a few paths without parameters, each header once,
nothing but printable ASCII, no body. Anything else is None and goes to Hypercorn, which judges it as ever; so nothing
is refused here, and what is read here means the same to both. Knows bytes; read lean_door.py for what becomes of it.
"""

import re
from dataclasses import dataclass
from typing import Final

LARGEST_HEAD: Final = 8192
_HEAD: Final = re.compile(
    rb"GET (/[a-z/]{1,100}) HTTP/1\.1\r\n((?:[A-Za-z0-9-]{1,60}: [\x20-\x7e]*\r\n){1,60})\r\n"
)
_KEY: Final = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")
"""16 bytes in base64: RFC 6455, 4.1."""
_NOT_PLAIN: Final = frozenset(("content-length", "expect", "trailer", "transfer-encoding"))


@dataclass(frozen=True, slots=True)
class PlainHandshake:
    """What a plain handshake says."""

    path: str
    key: bytes
    size: int
    """How many bytes it had; what follows is no part of it."""
    headers: dict[str, str]
    """By their names in small letters."""


def read_plain_handshake(heard: bytes) -> PlainHandshake | None:
    """Return the handshake that these bytes begin with, or None when it is not plain or not whole."""
    head = _HEAD.match(heard, 0, LARGEST_HEAD)
    if head is None:
        return None
    headers: dict[str, str] = {}
    lines = head[2].decode("ascii").split("\r\n")
    lines.pop()
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    if len(headers) != len(lines) or not _NOT_PLAIN.isdisjoint(headers):
        return None
    key = headers.get("sec-websocket-key", "")
    if (
        "host" not in headers
        or headers.get("sec-websocket-version") != "13"
        or headers.get("upgrade", "").lower() != "websocket"
        or "upgrade" not in headers.get("connection", "").lower().replace(" ", "").split(",")
        or _KEY.fullmatch(key) is None
    ):
        return None
    return PlainHandshake(head[1].decode("ascii"), key.encode("ascii"), head.end(), headers)
