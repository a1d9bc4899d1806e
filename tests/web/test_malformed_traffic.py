"""What is no WebSocket, byte by byte, on raw sockets and on both paths: refused with the code of RFC 6455, or cut off.

After every one of them the same service greets an ordinary browser. Closing codes: RFC 6455, 7.4.1.
"""

import asyncio
import base64
import contextlib
import os
import time
import zlib
from collections.abc import Callable

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from chatservice.bounded_sockets import LARGEST_MESSAGE
from tests.running_service import RunningService

WITHIN_S = 60
HEADERS_WITHIN_S = 10
"""For so long the service waits for the rest of a request (server.py)."""
TEXT, BINARY, CLOSE, PING = 0x1, 0x2, 0x8, 0x9
FIN, RSV1 = 0x80, 0x40
PROTOCOL_ERROR, INVALID_TEXT, TOO_BIG, OUR_MALFORMED, OUR_SILENT = 1002, 1007, 1009, 4400, 4408


@pytest.fixture(scope="module", params=["lean", "plain"])
def service(request: pytest.FixtureRequest, make_service: Callable[..., RunningService]) -> RunningService:
    """Start the service, once for each path that an open connection can take."""
    return make_service(sockets=request.param, idle_timeout_s=30)


def frame(first: int, payload: bytes, *, mask: bool = True, length: bytes | None = None) -> bytes:
    """Return a client's frame; `length` is what it says of its size instead of the truth."""
    bit = 0x80 if mask else 0
    if length is None:
        size = len(payload)
        length = (
            bytes((bit | size,))
            if size < 126
            else bytes((bit | 126,)) + size.to_bytes(2, "big")
            if size < 65536
            else bytes((bit | 127,)) + size.to_bytes(8, "big")
        )
    key = os.urandom(4) if mask else b""
    masked = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload)) if mask else payload
    return bytes((first,)) + length + key + masked


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(FIN | CLOSE, code.to_bytes(2, "big") + reason)


async def raw(
    service: RunningService, *, extensions: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection by hand, up to the service's first words."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        (
            f"GET /chatt/ws/visitor HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nOrigin: {service.base_url}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n{extensions}\r\n"
        ).encode()
    )
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101"), answer
    assert b"sec-websocket-extensions" not in answer.lower()
    opcode, welcome = await read_frame(reader)
    assert opcode == TEXT
    assert b'"welcome"' in welcome
    return reader, writer


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    assert not second & 0x80, "a server's frame is never masked"
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2), "big")
    return first & 0x0F, await reader.readexactly(size)


async def how_it_ends(reader: asyncio.StreamReader) -> int | None:
    """Return the code that the service closes with, or None when it hangs up without one."""
    async with asyncio.timeout(WITHIN_S):
        try:
            while True:
                opcode, payload = await read_frame(reader)
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big") if payload else 1005
        except (asyncio.IncompleteReadError, ConnectionError):
            return None


async def still_greets(service: RunningService) -> None:
    async with asyncio.timeout(WITHIN_S):
        address = f"ws://127.0.0.1:{service.port}/chatt/ws/visitor"
        async with connect(address, origin=Origin(service.base_url), open_timeout=WITHIN_S) as browser:
            assert '"welcome"' in str(await browser.recv())


TABLE: dict[str, tuple[bytes, set[int | None]]] = {
    "an opcode that does not exist": (frame(FIN | 0x3, b"x"), {PROTOCOL_ERROR}),
    "a control opcode that does not exist": (frame(FIN | 0xB, b""), {PROTOCOL_ERROR}),
    "a frame that is not masked": (frame(FIN | TEXT, b"{}", mask=False), {PROTOCOL_ERROR}),
    "a reserved bit": (frame(FIN | RSV1 | TEXT, b"{}"), {PROTOCOL_ERROR}),
    "compressed, though nobody agreed": (
        frame(FIN | RSV1 | TEXT, zlib.compress(b" " * 1_000_000)[2:-4]),
        {PROTOCOL_ERROR},
    ),
    "a ping in parts": (frame(PING, b"x"), {PROTOCOL_ERROR}),
    "a ping that is too long": (frame(FIN | PING, b"x" * 126), {PROTOCOL_ERROR}),
    "a length of 125 in two bytes": (
        frame(FIN | TEXT, b"x" * 125, length=bytes((0x80 | 126, 0, 125))),
        {PROTOCOL_ERROR},
    ),
    "a length beyond 63 bits": (
        frame(FIN | TEXT, b"", length=bytes((0x80 | 127,)) + b"\xff" * 8),
        {PROTOCOL_ERROR, TOO_BIG},
    ),
    "more than is allowed": (frame(FIN | TEXT, b"x" * (LARGEST_MESSAGE + 1)), {TOO_BIG}),
    "more than is allowed, said and not sent": (
        frame(FIN | TEXT, b"", length=bytes((0x80 | 127,)) + (1 << 40).to_bytes(8, "big")),
        # The plain path counts what comes and not what was said: then nothing more comes.
        {TOO_BIG, OUR_SILENT},
    ),
    "more than is allowed, in parts": (
        frame(TEXT, b"x" * 40_000) + frame(FIN, b"x" * 40_000),
        {TOO_BIG},
    ),
    "a continuation of nothing": (frame(FIN, b"x"), {PROTOCOL_ERROR}),
    "a new message within another": (frame(TEXT, b"{") + frame(FIN | TEXT, b"}"), {PROTOCOL_ERROR}),
    "no text": (frame(FIN | TEXT, b"\xff\xfe"), {INVALID_TEXT}),
    "no text, in parts": (frame(TEXT, b"{\xc3") + frame(FIN, b"\x28}"), {INVALID_TEXT}),
    "bytes instead of text": (frame(FIN | BINARY, b"\x00\x01"), {OUR_MALFORMED}),
    "half of a text": (frame(FIN | TEXT, b'{"type":"jo'), {OUR_MALFORMED}),
    "a goodbye of one byte": (frame(FIN | CLOSE, b"\x03"), {PROTOCOL_ERROR}),
    "a goodbye with a forbidden code": (close(1005), {PROTOCOL_ERROR}),
    "a goodbye that is no text": (close(1000, b"\xff"), {PROTOCOL_ERROR, INVALID_TEXT}),
    "HTTP": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", {PROTOCOL_ERROR}),
    "zeros": (b"\x00" * 4096, {PROTOCOL_ERROR}),
}


@pytest.mark.parametrize("case", TABLE)
async def test_what_is_no_websocket_is_refused_and_everybody_else_is_served(service, case):
    sent, codes = TABLE[case]
    reader, writer = await raw(service)

    writer.write(sent)
    ended = await how_it_ends(reader)
    writer.close()

    assert ended in codes
    await still_greets(service)


async def test_an_ordinary_goodbye_is_answered_with_its_own_code(service):
    reader, writer = await raw(service)

    writer.write(close(1000))

    assert await how_it_ends(reader) == 1000
    assert await reader.read() == b"", "it hangs up"
    writer.close()


async def test_a_ping_is_answered_with_its_own_bytes_even_within_a_message(service):
    reader, writer = await raw(service)

    writer.write(frame(TEXT, b"{") + frame(FIN | PING, b"marker") + frame(FIN, b"}"))

    async with asyncio.timeout(WITHIN_S):
        assert await read_frame(reader) == (0xA, b"marker")
    assert await how_it_ends(reader) == OUR_MALFORMED
    writer.close()


async def test_a_frame_may_come_byte_by_byte(service):
    reader, writer = await raw(service)

    for byte in frame(FIN | PING, b"slowly"):
        writer.write(bytes((byte,)))
        await writer.drain()

    async with asyncio.timeout(WITHIN_S):
        assert await read_frame(reader) == (0xA, b"slowly")
    writer.close()


async def test_compression_that_is_offered_is_not_agreed_to(service):
    _, writer = await raw(service, extensions="Sec-WebSocket-Extensions: permessage-deflate\r\n")

    writer.close()
    await still_greets(service)


async def test_who_pings_and_never_reads_is_cut_off(service, request):
    if "plain" in request.node.callspec.id:
        # Hypercorn reads no further instead, and keeps at most its write buffer for that peer.
        await still_greets(service)
        return
    _, writer = await raw(service)
    flood = frame(FIN | PING, b"x" * 125) * 500

    async with asyncio.timeout(60):
        with pytest.raises(ConnectionError):
            # Whoever never reads fills both ends' buffers, and is hung up on; a write then fails.
            while True:
                writer.write(flood)
                await asyncio.wait_for(writer.drain(), 30)
    await still_greets(service)


async def test_who_is_mute_after_the_handshake_is_left(service):
    reader, writer = await raw(service)

    async with asyncio.timeout(WITHIN_S):
        opcode, payload = await read_frame(reader)

    assert opcode == CLOSE
    assert int.from_bytes(payload[:2], "big") == OUR_SILENT
    writer.close()


async def test_headers_that_never_end_hold_nobody_up(service):
    began_s, readers = -HEADERS_WITHIN_S, []
    while time.monotonic() - began_s >= HEADERS_WITHIN_S:  # who was late was hung up on, and begins again
        began_s = time.monotonic()
        readers = [await asyncio.open_connection("127.0.0.1", service.port) for _ in range(50)]
        for _, writer in readers:
            writer.write(b"GET /chatt/ws/visitor HTTP/1.1\r\nHost: x\r\n")

        await still_greets(service)

        for _, writer in readers:
            writer.write(b"X-Filler: " + b"x" * 20_000)
    async with asyncio.timeout(WITHIN_S):
        for reader, writer in readers:
            assert (await reader.readline()).startswith(b"HTTP/1.1 4")
            # What had not been read when it was cut off is answered with a reset.
            with contextlib.suppress(ConnectionResetError):
                await reader.read()
            writer.close()
    await still_greets(service)


async def test_a_peer_that_vanishes_in_the_middle_of_a_frame_leaves_nothing_behind(service):
    for size in (1, 3, 7, 60):
        _, writer = await raw(service)
        writer.write(frame(FIN | TEXT, b"x" * 200)[:size])
        writer.transport.abort()

    await still_greets(service)
