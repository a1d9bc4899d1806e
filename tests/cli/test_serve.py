"""`serve`, as a process: ready quickly, bounded at the socket, ended politely, one line when it cannot start."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.running_service import free_port

WAIT_S = 60


@dataclass
class Service:
    """A service without a site, in a folder of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def origin(self) -> Origin:
        return Origin(f"http://localhost:{self.port}")

    def visit(self, compression: str | None = None) -> connect:
        address = f"ws://127.0.0.1:{self.port}/chatt/ws/visitor"
        return connect(
            address, origin=self.origin, max_size=None, compression=compression, open_timeout=WAIT_S
        )


def environ(folder: Path, port: int, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}
    ours = {
        "CHAT_DATA_DIR": str(folder / "var"),
        "CHAT_PORT": str(port),
        "CHAT_SITE_DIR": "",
        "PYTHONUNBUFFERED": "1",
    }
    return kept | ours | settings


def begin(project: Path, folder: Path) -> Service:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "chatservice", "serve"],
        cwd=project,
        env=environ(folder, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == f"Klar på http://localhost:{port}\n"
    return Service(process, port)


@pytest.fixture(scope="module")
def service(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = begin(project, tmp_path_factory.mktemp("serve"))
    yield service
    service.process.terminate()
    assert service.process.wait(WAIT_S) == 0


def refuse(project: Path, folder: Path, port: int, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "chatservice", "serve"],
        cwd=project,
        env=environ(folder, port, **settings),
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_busy_port_is_one_line(project, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        said = refuse(project, tmp_path, port)

    assert f"Port {port} är upptagen" in said
    assert "CHAT_PORT=" in said


def test_a_valkey_that_does_not_answer_is_one_line_without_its_password(project, tmp_path):
    with socket.socket() as silent:  # bound, so that nobody else listens there meanwhile
        silent.bind(("127.0.0.1", 0))
        url = f"valkey://:marker@127.0.0.1:{silent.getsockname()[1]}/0"

        said = refuse(project, tmp_path, free_port(), CHAT_LIVE_URL=url)

    assert "Valkey svarar inte" in said
    assert "CHAT_LIVE_URL" in said
    assert "marker" not in said


def test_an_address_of_another_machine_is_one_line(project, tmp_path):
    assert "CHAT_BIND" in refuse(project, tmp_path, free_port(), CHAT_BIND="192.0.2.1")


def test_production_without_a_pinned_key_does_not_start(project, tmp_path):
    said = refuse(
        project,
        tmp_path,
        free_port(),
        CHAT_MODE="production",
        CHAT_SECRET="x" * 40,
        CHAT_PUBLIC_ORIGIN="https://chatt.example.org",
    )

    assert "pinned" in said


async def ended(connection: ClientConnection) -> int | None:
    """Read until the connection is over; return the close code that the service gave."""
    async with asyncio.timeout(WAIT_S):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def test_compression_is_never_agreed_to(service):
    async with service.visit(compression="deflate") as connection:
        assert connection.response is not None
        assert "Sec-WebSocket-Extensions" not in connection.response.headers
        assert connection.protocol.extensions == []


@pytest.mark.parametrize("size", [65_537, 300_000, 5_000_000])
async def test_a_message_that_is_too_large_ends_the_connection(service, size):
    async with service.visit() as connection:
        await connection.send("x" * size)

        assert await ended(connection) == 1009


async def test_a_message_in_many_parts_is_measured_as_a_whole(service):
    async with service.visit() as connection:

        async def parts():
            for _ in range(100):
                yield "x" * 1000

        await connection.send(parts())

        assert await ended(connection) == 1009


async def test_after_too_large_a_message_nothing_is_read_for_long(service):
    reader, writer = await raw_handshake(service)
    writer.write(frame(b"x" * 70_000))
    await writer.drain()
    async with asyncio.timeout(WAIT_S):
        # Never answers the close, and goes on sending.
        while await reader.read(65536):
            writer.write(frame(b"y" * 1000))

    writer.close()


@pytest.mark.parametrize(
    ("name", "first_byte"), [("compressed", 0xC1), ("reserved bit", 0xA1), ("unknown opcode", 0x83)]
)
async def test_a_frame_of_another_form_is_answered_with_its_code(service, name, first_byte):
    reader, writer = await raw_handshake(service)

    writer.write(frame(b"{}", first_byte=first_byte))

    async with asyncio.timeout(WAIT_S):
        received = await reader.read()
    assert struct.pack("!H", 1002) in received
    writer.close()


async def raw_handshake(service: Service) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(
        (
            "GET /chatt/ws/visitor HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {service.origin}\r\n\r\n"
        ).encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def frame(payload: bytes, first_byte: int = 0x81) -> bytes:
    """Return a masked frame; the mask of zeros leaves the payload as it is."""
    length = len(payload)
    head = (
        bytes([first_byte, 0x80 | length])
        if length < 126
        else bytes([first_byte, 0xFF]) + struct.pack("!Q", length)
    )
    return head + bytes(4) + payload


async def test_a_page_of_another_site_cannot_open_a_socket(service):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"ws://127.0.0.1:{service.port}/chatt/ws/visitor",
            origin=Origin("https://example.org"),
            open_timeout=WAIT_S,
        ):  # pyright: ignore
            pass

    assert refused.value.response.status_code == 403


async def test_nobody_signed_in_cannot_open_the_mentors_socket(service):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"ws://127.0.0.1:{service.port}/chatt/ws/mentor", origin=service.origin, open_timeout=WAIT_S
        ):  # pyright: ignore
            pass

    assert refused.value.response.status_code == 401


async def test_headers_that_never_end_are_cut_off(service):
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000)

    async with asyncio.timeout(WAIT_S):
        answer = await reader.readline()
        # What had not been read when it was cut off is answered with a reset.
        with contextlib.suppress(ConnectionResetError):
            await reader.read()

    assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
    writer.close()


async def test_a_planned_end_tells_open_pages_to_come_back(project, tmp_path):
    service = begin(project, tmp_path)
    async with service.visit() as connection:
        await connection.recv()
        service.process.send_signal(signal.SIGTERM)

        assert await ended(connection) == 1012
    assert await asyncio.to_thread(service.process.wait, WAIT_S) == 0
    assert service.process.stdout is not None
    assert service.process.stdout.read() == ""


def test_a_second_start_answers_and_says_nothing_of_who_came(project, tmp_path):
    first = begin(project, tmp_path)
    first.process.terminate()
    first.process.wait(WAIT_S)

    service = begin(project, tmp_path)

    with socket.create_connection(("127.0.0.1", service.port)) as visit:
        visit.sendall(
            b"GET /halsa HTTP/1.1\r\nHost: localhost\r\nUser-Agent: marker\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: visit.recv(65536), b""))
    service.process.terminate()
    assert service.process.wait(WAIT_S) == 0
    assert service.process.stdout is not None
    assert service.process.stdout.read() == ""
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"server:" not in answer.lower()
