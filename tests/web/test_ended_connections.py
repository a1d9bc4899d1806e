"""What is over is gone: a connection that has ended leaves nothing that the garbage collector would have to find."""

import asyncio
import gc
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypercorn.asyncio.tcp_server import TCPServer
from websockets.asyncio.client import connect

from chatservice import lean_door
from chatservice.ended_connections import EndingServer
from chatservice.lean_door import FirstLook, Opening
from chatservice.lean_sockets import LeanConnection
from chatservice.meter import Meter
from chatservice.plain_handshakes import PlainHandshake
from chatservice.web.attendance import Attendance
from chatservice.web.open_sockets import OpenSockets
from chatservice.web.sockets import LeanSide, Socket
from tests.web.hypercorn_connection import connection_of, silent_config

WITHIN_S = 30
OURS = (FirstLook, TCPServer, LeanConnection, Attendance, Socket)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be taken for silent because the machine is busy."""
    monkeypatch.setattr(lean_door, "SPEAKS_WITHIN_S", WITHIN_S)


@pytest.fixture
def uncollected() -> Generator[None]:
    """Keep the collector away, so that only what nobody holds is gone."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def left() -> list[str]:
    """Name what is left of connections; nothing else is asked what it is, as a weak proxy of the dead cannot say."""
    return [type(each).__name__ for each in gc.get_objects() if issubclass(type(each), OURS)]


class Clock:
    """A clock that stands."""

    def monotonic_s(self) -> float:
        return 0.0


class Talk:
    """A talk that says back what it hears, and holds what a real one holds: its socket, and who wakes it."""

    def __init__(self, socket: Socket, lean: LeanSide) -> None:
        self.socket = socket
        self.lean = lean
        self.wake: Any = None

    def follow(self, wake: Any, close: Any) -> None:
        self.wake = wake, close

    async def hear(self, data: str | bytes) -> None:
        self.lean.unsent.append(str(data).encode())
        self.lean.flush()

    async def tell(self) -> None:
        """Tell nothing."""

    async def leave(self) -> None:
        """Leave nothing."""


class House:
    """A door, open or shut, and an app behind it that answers every page."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.is_over = asyncio.Event()
        self.patience_s = 10.0 * WITHIN_S
        self.parts: Any = SimpleNamespace(
            settings=SimpleNamespace(idle_timeout_s=45, frames_per_s=20),
            clock=Clock(), meter=Meter(), open_sockets=OpenSockets(),
        )  # fmt: skip

    async def __call__(self, handshake: PlainHandshake, address: str, /) -> Opening | None:
        return self.open if self.is_open else None

    def spawn(self, work: Any) -> None:
        self.parts.open_sockets.spawn(work)

    async def open(self, lean: LeanSide) -> None:
        socket = Socket(lean, self.parts, lean)
        talk = Talk(socket, lean)
        attendance = Attendance(
            self.parts.open_sockets, socket, cast("Any", talk), is_at_once=True, on_over=self.is_over.set
        )
        attendance.start()
        lean.attend(attendance.hear, attendance.gone)

    async def page(self, _: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        config = silent_config()
        config.keep_alive_timeout = self.patience_s
        await connection_of(EndingServer, self.page, config, reader, writer)
        self.is_over.set()

    def listen(self) -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(), self.serve)

    async def begin(self) -> tuple[asyncio.Server, int]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: FirstLook(self, self.listen), "127.0.0.1", 0)
        return server, int(server.sockets[0].getsockname()[1])


async def until_nothing_is_left() -> list[str]:
    """Let the loop end what it is about to end."""
    for _ in range(20):
        if not left():
            break
        await asyncio.sleep(0)
    return left()


@pytest.mark.usefixtures("uncollected")
async def test_of_a_socket_nothing_is_left() -> None:
    house = House(is_open=True)
    server, port = await house.begin()
    async with server, asyncio.timeout(WITHIN_S):
        async with connect(f"ws://127.0.0.1:{port}/chatt/ws/visitor", compression=None) as browser:
            await browser.send("hej")
            assert await browser.recv() == "hej"
            assert "LeanConnection" in left()
        await house.is_over.wait()

        assert await until_nothing_is_left() == []


@pytest.mark.usefixtures("uncollected")
async def test_of_a_page_that_was_read_nothing_is_left() -> None:
    house = House(is_open=False)
    server, port = await house.begin()
    async with server, asyncio.timeout(WITHIN_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert not house.is_over.is_set()
        writer.close()
        await house.is_over.wait()

        assert await until_nothing_is_left() == []


@pytest.mark.usefixtures("uncollected")
async def test_who_asks_for_nothing_more_is_hung_up_on_and_nothing_is_left() -> None:
    house = House(is_open=False)
    house.patience_s = 0.5
    server, port = await house.begin()
    async with server, asyncio.timeout(WITHIN_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        await house.is_over.wait()

        assert await until_nothing_is_left() == []
        writer.close()
