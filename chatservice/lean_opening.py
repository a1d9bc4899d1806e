"""Gives an accepted connection to picows, whose handshake somebody else has read and judged.

picows is shown a request of one key in order to answer it, and a transport that says nothing of the peer: as it begins
it asks the kernel a dozen questions, only to write them with the peer's address into a log that nobody keeps. Knows
picows and the transport; what is done with frames stands in lean_sockets.py.
"""
# picows says little of its own types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportAttributeAccessIssue=false, reportUnknownParameterType=false

import asyncio
import logging
from typing import Any, Final

from picows import WSAutoPingStrategy, WSListener
from picows.api import WSProtocol

from chatservice.bounded_sockets import LARGEST_MESSAGE

_FIRST_BUFFER_BYTES: Final = 2048
_LARGEST_PIECE: Final = 512

_silent = logging.LoggerAdapter(logging.getLogger("chatservice.picows"))
_silent.logger.setLevel(logging.CRITICAL + 1)
_nobody: Final = asyncio.Protocol()


class _Wire:
    """A transport as picows sees it: it has no address, and its socket is as it should be already."""

    __slots__ = ("_transport",)

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def get_extra_info(self, name: str) -> Any:
        """Say what the frames depend on: whether they are encrypted below, and through which socket they go."""
        if name == "socket":
            return self
        return self._transport.get_extra_info(name) if name == "ssl_object" else None

    def fileno(self) -> int:
        """Return the socket's number."""
        return int(self._transport.get_extra_info("socket").fileno())

    def setsockopt(self, *_option: int) -> None:
        """Leave the socket as uvloop made it: without delay."""

    def getsockopt(self, *_option: int) -> int:
        """Say nothing."""
        return 0


def open_frames(listener: WSListener, transport: asyncio.Transport, key: bytes, early: bytes) -> None:
    """Answer the handshake whose `key` the browser sent; `listener` hears of every frame. `early` came too soon."""
    protocol = WSProtocol(
        "", "/", False, lambda _request: listener, _silent, True, None,
        False, 0, 0, WSAutoPingStrategy.PING_WHEN_IDLE, False, LARGEST_MESSAGE, None, _FIRST_BUFFER_BYTES,
    )  # fmt: skip
    # uvloop goes on holding the last protocol that was not picows', and with it all that Hypercorn's streams hold.
    transport.set_protocol(_nobody)
    transport.set_protocol(protocol)
    protocol.connection_made(_Wire(transport))
    request = (
        b"GET / HTTP/1.1\r\nHost: -\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + b"\r\n\r\n"
    )
    heard = request + early
    for start in range(0, len(heard), _LARGEST_PIECE):
        part = heard[start : start + _LARGEST_PIECE]
        protocol.get_buffer(-1)[: len(part)] = part
        protocol.buffer_updated(len(part))
    opened: Any = protocol.transport
    if opened.request is not None and opened.response is not None:
        opened.request.headers = opened.response.headers = None
