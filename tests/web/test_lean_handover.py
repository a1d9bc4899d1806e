"""An open connection that its app attends to: Hypercorn's server for it is gone, and the connection goes on."""

import asyncio
import gc
import weakref
from typing import Any, cast

import pytest
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol import h11
from websockets.asyncio.client import connect

from chatservice import lean_sockets
from chatservice.lean_handover import LeanWebSocket, is_usable
from chatservice.web.sockets import LEAN_EXTENSION, LeanSide
from tests.web.hypercorn_connection import connection_of, silent_config

WITHIN_S = 30


class Echo:
    """An app that answers each message with the same, without a task of its own."""

    def __init__(self) -> None:
        self.servers: list[weakref.ref[TCPServer]] = []
        self.is_gone = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept", "headers": [], "subprotocol": None})
        lean = cast("LeanSide", scope["extensions"][LEAN_EXTENSION])

        def answer(message: str | bytes) -> None:
            lean.unsent.append(str(message).encode())
            lean.flush()

        lean.attend(answer, self.is_gone.set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = connection_of(TCPServer, self, silent_config(), reader, writer)
        self.servers.append(weakref.ref(server))
        await server


async def test_the_connection_goes_on_when_hypercorn_has_let_go_of_it(monkeypatch: pytest.MonkeyPatch):
    assert is_usable()
    monkeypatch.setattr(h11, "WSStream", LeanWebSocket)
    echo = Echo()

    async with await asyncio.start_server(echo.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with asyncio.timeout(WITHIN_S), connect(f"ws://127.0.0.1:{port}/", compression=None) as browser:
            await browser.send("before")
            assert await browser.recv() == "before"
            gc.collect()
            assert [server() for server in echo.servers] == [None]

            await browser.send("after")
            assert await browser.recv() == "after"
            assert not echo.is_gone.is_set()
        async with asyncio.timeout(WITHIN_S):
            await echo.is_gone.wait()


async def test_who_is_told_what_was_wrong_and_never_answers_is_hung_up_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(h11, "WSStream", LeanWebSocket)
    monkeypatch.setattr(lean_sockets, "CLOSING_S", 0.05)
    echo = Echo()

    async with await asyncio.start_server(echo.serve, "127.0.0.1", 0) as listening, asyncio.timeout(WITHIN_S):
        port = listening.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.write(bytes((0xC1, 0x81)) + bytes(4) + b"x")  # a text with a reserved bit
        await echo.is_gone.wait()

        assert await reader.read() == bytes((0x88, 2)) + (1002).to_bytes(2, "big")
        writer.close()
