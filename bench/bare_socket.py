"""A WebSocket's client end on a bare socket, which can be given to another program between two frames.

Knows the handshake and the frames of RFC 6455 as far as a measurement needs them: text, pings and closes, at most
65,535 bytes, not fragmented, without compression. Its mask is four zeros, which every server takes and which costs no
time; browsers and tools/participants do it properly. Knows nothing of what the frames say.
"""

import asyncio
import socket
from collections.abc import Mapping

ADDRESS = "127.0.0.1"
READ_BYTES = 65_536
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
NO_MASK = bytes(4)


class ClosedError(Exception):
    """The server hung up or refused; its status or close code is the first argument."""


def handshake(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    """Return the request that opens a WebSocket."""
    lines = {
        "Host": f"{ADDRESS}:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()


def frame_of(payload: bytes, kind: int = TEXT) -> bytes:
    """Return a frame as a client sends it."""
    if len(payload) < 126:
        return bytes((0x80 | kind, 0x80 | len(payload))) + NO_MASK + payload
    return bytes((0x80 | kind, 0x80 | 126)) + len(payload).to_bytes(2, "big") + NO_MASK + payload


def split_frame(received: bytes | bytearray) -> tuple[int, bytes, int] | None:
    """Return the kind and the payload of the first whole frame and how many bytes it takes; None while it is not whole.

    Raises ValueError for a frame that is longer than 65,535 bytes.
    """
    if len(received) < 2:
        return None
    head, length = 2, received[1] & 127
    if length == 127:
        raise ValueError("longer than any frame of a measurement")
    if length == 126:
        if len(received) < 4:
            return None
        head, length = 4, int.from_bytes(received[2:4], "big")
    if len(received) < head + length:
        return None
    return received[0] & 15, bytes(received[head : head + length]), head + length


class BareSocket:
    """An open WebSocket. Make it with `connect`."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def connect(cls, port: int, path: str, headers: Mapping[str, str]) -> "BareSocket":
        """Open a WebSocket. Raises ClosedError with the status of a refusal."""
        line = socket.socket()
        line.setblocking(False)
        opened = cls(line)
        try:
            await opened._loop.sock_connect(line, (ADDRESS, port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await opened._loop.sock_sendall(line, handshake(port, path, headers))
            while (end := opened._received.find(b"\r\n\r\n")) < 0:
                await opened._read()
            if bytes(opened._received[9:12]) != b"101":
                raise ClosedError(int(opened._received[9:12]))
        except BaseException:
            line.close()
            raise
        del opened._received[: end + 4]
        return opened

    async def send(self, text: str) -> None:
        """Send a text."""
        await self._loop.sock_sendall(self._line, frame_of(text.encode()))

    async def receive(self) -> str:
        """Return the next text; pings are answered. Raises ClosedError."""
        while True:
            while (frame := split_frame(self._received)) is None:
                await self._read()
            kind, payload, taken = frame
            del self._received[:taken]
            if kind == TEXT:
                return payload.decode()
            if kind == CLOSE:
                raise ClosedError(int.from_bytes(payload[:2], "big"))
            if kind == PING:
                await self._loop.sock_sendall(self._line, frame_of(payload, PONG))

    async def give_away(self) -> socket.socket:
        """Return the socket between two frames; whole frames that nobody has asked for are dropped."""
        while self._received:
            await self.receive()
        return self._line

    def close(self) -> None:
        """Hang up without a word."""
        self._line.close()

    async def _read(self) -> None:
        received = await self._loop.sock_recv(self._line, READ_BYTES)
        if not received:
            raise ClosedError(0)
        self._received += received
