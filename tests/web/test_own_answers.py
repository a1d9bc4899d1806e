"""What the server answers before the app is asked: requests that are none, byte by byte, get every header too."""

import socket
from contextlib import suppress
from email.parser import BytesParser

import pytest

from chatservice.settings import Settings
from chatservice.web.headers import page_headers
from tests.running_service import RunningService

WITHIN_S = 30
HOST = b"Host: localhost\r\n"
SOCKET = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
TABLE = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a greeting of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "a length that is none": (b"POST /chatt/lamna HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n", 400),
    "two lengths": (
        b"POST /chatt/lamna HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        400,
    ),
    "an encoding that nobody knows": (
        b"POST /chatt/lamna HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n",
        501,
    ),
    "a header without an end": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 200_000, 431),
    "a handshake without a key": (
        b"GET /chatt/ws/visitor HTTP/1.1\r\n" + HOST + SOCKET + b"Sec-WebSocket-Version: 13\r\n\r\n",
        400,
    ),
    "a handshake of another version": (
        b"GET /chatt/ws/visitor HTTP/1.1\r\n" + HOST + SOCKET
        + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 99\r\n\r\n",
        400,
    ),
    "a method for tunnels": (b"CONNECT example.org:1 HTTP/1.1\r\n" + HOST + b"\r\n", 403),
    "the whole server": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    "another site's address": (b"GET http://example.org/finns-inte HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    "a foreign handshake": (
        b"GET /chatt/ws/visitor HTTP/1.1\r\n" + HOST + SOCKET + b"Origin: https://example.org\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        403,
    ),
}  # fmt: skip


def ask(port: int, request: bytes) -> tuple[int, dict[str, list[str]]]:
    """Send bytes; return the status and the headers of what comes back."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S) as connection:
        # Who is refused before everything has been sent may be hung up on meanwhile; the answer is there to be read.
        with suppress(ConnectionError):
            connection.sendall(request)
        while b"\r\n\r\n" not in answer and (more := connection.recv(65_536)):
            answer += more
    head = answer.partition(b"\r\n\r\n")[0]
    first, _, rest = head.partition(b"\r\n")
    message = BytesParser().parsebytes(rest)
    return int(first.split()[1]), {name: message.get_all(name) or [] for name in message}


@pytest.mark.parametrize(("request_bytes", "status"), TABLE.values(), ids=TABLE)
def test_what_is_no_request_is_refused_with_every_header(
    service: RunningService, request_bytes: bytes, status: int
):
    settings = Settings(secret="s" * 40, port=service.port, public_origin=f"http://localhost:{service.port}")

    answered, headers = ask(service.port, request_bytes)

    assert answered == status
    sent = {name.lower(): values for name, values in headers.items()}
    assert {name: sent.get(name.lower()) for name in page_headers(settings)} == {
        name: [value] for name, value in page_headers(settings).items()
    }
    assert status == 200 or sent["cache-control"] in (["no-store"], ["no-cache"])
    assert "server" not in sent
