"""The short way in, byte by byte: what is read there is plain beyond doubt, and everything else is Hypercorn's."""

import pytest

from chatservice.plain_handshakes import LARGEST_HEAD, read_plain_handshake

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PLAIN = {
    "Host": "localhost:8000",
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    "Origin": "http://localhost:8000",
    "Sec-Fetch-Site": "same-origin",
    "Cookie": "staff=token",
    "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
}


def handshake(
    start: str = "GET /chatt/ws/visitor HTTP/1.1", *, more: str = "", **changed: str | None
) -> bytes:
    """Return a handshake with headers changed (`_` for `-`), left out (None) or added."""
    changes = {name.replace("_", "-"): value for name, value in changed.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (PLAIN | changes).items() if value is not None)
    return f"{start}\r\n{lines}{more}\r\n".encode("latin-1")


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        handshake()[:-1],
        handshake()[:-2],
        b"\r\n" + handshake(),
        handshake().replace(b"\r\n", b"\n"),
        handshake("POST /chatt/ws/visitor HTTP/1.1"),
        handshake("get /chatt/ws/visitor HTTP/1.1"),
        handshake("GET /chatt/ws/visitor HTTP/1.0"),
        handshake("GET /chatt/ws/visitor HTTP/2.0"),
        handshake("GET /chatt/ws/visitor?a=b HTTP/1.1"),
        handshake("GET /chatt/ws/%76isitor HTTP/1.1"),
        handshake("GET http://localhost:8000/chatt/ws/visitor HTTP/1.1"),
        handshake("GET  /chatt/ws/visitor HTTP/1.1"),
        handshake(Host=None),
        handshake(Connection=None),
        handshake(Connection="keep-alive"),
        handshake(Connection="upgraded"),
        handshake(Upgrade=None),
        handshake(Upgrade="h2c"),
        handshake(Upgrade="websocket, h2c"),
        handshake(Sec_WebSocket_Version=None),
        handshake(Sec_WebSocket_Version="8"),
        handshake(Sec_WebSocket_Key=None),
        handshake(Sec_WebSocket_Key=""),
        handshake(Sec_WebSocket_Key="c2hvcnQ="),
        handshake(Sec_WebSocket_Key=f"{KEY} "),
        handshake(Sec_WebSocket_Key=f"{KEY[:-3]}R=="),
        handshake(Content_Length="0"),
        handshake(Transfer_Encoding="chunked"),
        handshake(Expect="100-continue"),
        handshake(more="Origin: http://localhost:8000\r\n"),
        handshake(more="ORIGIN: https://example.org\r\n"),
        handshake(more="Cookie: staff=another\r\n"),
        handshake(more="X-Forwarded-For: 192.0.2.3\r\n"),
        handshake(more=" folded\r\n"),
        handshake(more="Tight:value\r\n"),
        handshake(more="Name : value\r\n"),
        handshake(more="Na_me: value\r\n"),
        handshake(more=": value\r\n"),
        handshake(more="Name: ett \xe5\r\n"),
        handshake(more="Name: a\tb\r\n"),
        handshake(more="Name: a\x00b\r\n"),
        handshake(more="Name: a\rOrigin: b\r\n"),
        handshake(more="Name: " + "a" * LARGEST_HEAD + "\r\n"),
        handshake(more="".join(f"X-{number}: a\r\n" for number in range(60))),
    ],
)
def test_whatever_is_not_plain_is_left_alone(heard: bytes) -> None:
    assert read_plain_handshake(heard) is None


def test_a_plain_handshake_says_who_asks_for_what_and_where_it_ends() -> None:
    read = read_plain_handshake(handshake() + b"a frame that came early")

    assert read is not None
    assert read.path == "/chatt/ws/visitor"
    assert read.key == KEY.encode()
    assert read.size == len(handshake())
    assert read.headers == {name.lower(): value for name, value in PLAIN.items()}
