"""Who comes in by the short way: nobody who would not come in by the long one, and nobody is refused there."""

import asyncio
import contextlib
import gc
import socket
import struct
import time
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import replace
from typing import Any, cast

import pytest
from hypercorn.asyncio.tcp_server import TCPServer
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from chatservice import lean_door
from chatservice.domain.certification import Role
from chatservice.errors import RecordsAwayError
from chatservice.lean_door import SPEAKS_WITHIN_S, FirstLook, Opening
from chatservice.lean_sockets import LeanConnection
from chatservice.plain_handshakes import LARGEST_HEAD, PlainHandshake, read_plain_handshake
from chatservice.web.connection_address import address_behind
from chatservice.web.door import Door
from chatservice.web.parts import EXTENSION
from chatservice.web.sockets import LeanSide
from tests.running_service import RunningService
from tests.structure.test_routes import STRANGERS
from tests.web.conftest import ORIGIN, WebRoom
from tests.web.hypercorn_connection import connection_of, silent_config
from tests.web.test_plain_handshakes import handshake

VISITOR, MENTOR = "/chatt/ws/visitor", "/chatt/ws/mentor"
WITHIN_S = 30


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be taken for silent because the machine is busy."""
    monkeypatch.setattr(lean_door, "SPEAKS_WITHIN_S", WITHIN_S)


def asked(path: str, **changed: Any) -> PlainHandshake:
    """Return a handshake of a page of ours, with changes."""
    changes: dict[str, Any] = {"Cookie": None} | changed
    read = read_plain_handshake(handshake(f"GET {path} HTTP/1.1", **changes))
    assert read is not None
    return read


async def cookie_of(web: WebRoom, role: Role) -> str:
    """Sign somebody in; return what her browser says in `Cookie`."""
    browser = web.browser()
    person = await web.staff.add(role.value, role)
    answer = await web.sign_in(browser, person)
    assert answer.status_code == 303
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookie_jar)


@pytest.mark.parametrize("path", [VISITOR, MENTOR])
@pytest.mark.parametrize("headers", STRANGERS)
async def test_nobody_comes_in_from_another_site(web: WebRoom, path: str, headers: dict[str, str]) -> None:
    cookie = await cookie_of(web, Role.MENTOR)
    stranger = asked(
        path, Cookie=cookie, Origin=headers.get("Origin"), Sec_Fetch_Site=headers.get("Sec-Fetch-Site")
    )

    assert await Door(web.app)(stranger, "192.0.2.1") is None


async def test_no_other_address_is_known(web: WebRoom) -> None:
    for path in ("/", "/chatt/ws", "/chatt/ws/", "/chatt/ws/samordnare", f"{VISITOR}/", "/chatt/status"):
        assert await Door(web.app)(replace(asked(VISITOR), path=path), "192.0.2.1") is None, path


async def test_only_a_signed_in_mentor_comes_in_as_one(web: WebRoom) -> None:
    door = Door(web.app)
    mentor = await cookie_of(web, Role.MENTOR)

    for cookie in (None, "", "staff=", "staff=forged", mentor[:-1], f"other{mentor}"):
        assert await door(asked(MENTOR, Cookie=cookie), "192.0.2.1") is None, cookie
    for role in set(Role) - {Role.MENTOR}:
        assert await door(asked(MENTOR, Cookie=await cookie_of(web, role)), "192.0.2.1") is None, role
    assert await door(asked(MENTOR, Cookie=mentor), "192.0.2.1") is not None


async def test_a_session_that_has_ended_does_not_come_in(web: WebRoom) -> None:
    mentor = await cookie_of(web, Role.MENTOR)
    for person in await web.staff.desk.records.accounts.everybody():
        await web.staff.desk.records.sessions.remove_all(person.id)

    assert await Door(web.app)(asked(MENTOR, Cookie=mentor), "192.0.2.1") is None


async def test_while_the_records_are_away_the_long_way_answers(
    web: WebRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor = await cookie_of(web, Role.MENTOR)

    async def away(_: object, __: str) -> None:
        raise RecordsAwayError

    monkeypatch.setattr(type(web.staff.desk.records.sessions), "find", away)

    assert await Door(web.app)(asked(MENTOR, Cookie=mentor), "192.0.2.1") is None


async def test_before_the_service_has_started_nobody_comes_in(web: WebRoom) -> None:
    the = web.app.extensions.pop(EXTENSION)
    try:
        assert await Door(web.app)(asked(VISITOR), "192.0.2.1") is None
    finally:
        web.app.extensions[EXTENSION] = the


async def test_a_visitor_comes_in_from_a_page_of_ours(web: WebRoom) -> None:
    for site in (None, "same-origin"):
        assert (
            await Door(web.app)(asked(VISITOR, Sec_Fetch_Site=site, Origin=ORIGIN), "192.0.2.1") is not None
        )


def test_the_address_is_the_one_that_the_outermost_web_server_of_ours_saw() -> None:
    told = asked(VISITOR, X_Forwarded_For="192.0.2.1, 192.0.2.2,192.0.2.3")

    assert address_behind(told, "192.0.2.9", 0) == "192.0.2.9"
    assert address_behind(told, "192.0.2.9", 1) == "192.0.2.3"
    assert address_behind(told, "192.0.2.9", 2) == "192.0.2.2"
    assert address_behind(told, "192.0.2.9", 4) == ""
    assert address_behind(asked(VISITOR, X_Forwarded_For=None), "192.0.2.9", 1) == ""


class Watched(FirstLook):
    """A first look that says what happened to it."""

    def __init__(self, echo: "Echo") -> None:
        super().__init__(echo, echo.listen_long)
        self.noticed = echo.noticed
        self.size = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.size += len(data)
        if self.size > LARGEST_HEAD:
            self.noticed.put_nowait("too much")

    def eof_received(self) -> bool:
        keeps_open = super().eof_received()
        self.noticed.put_nowait("half closed")
        return keeps_open

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.noticed.put_nowait("gone")


class Echo:
    """A door that lets everybody in to an echo, or nobody; and the long way behind it, which refuses with 404."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.asked = 0
        self.noticed: asyncio.Queue[str] = asyncio.Queue()
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.is_gone = asyncio.Event()
        self.config = silent_config()

    async def __call__(self, handshake: PlainHandshake, address: str) -> Opening | None:
        assert (handshake.path, address) == (VISITOR, "127.0.0.1")
        self.asked += 1
        self.is_asked.set()
        await self.may_answer.wait()
        return self.open if self.is_open else None

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def open(self, lean: LeanSide) -> None:
        def answer(message: str | bytes) -> None:
            lean.unsent.append(str(message).encode())
            lean.flush()

        lean.attend(answer, self.is_gone.set)

    async def long_way(self, _: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b"", "more_body": False})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await connection_of(TCPServer, self.long_way, self.config, reader, writer)

    def listen_long(self) -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(), self.serve)

    def look(self) -> FirstLook:
        return Watched(self)

    async def until_noticed(self, what: str) -> None:
        while await self.noticed.get() != what:
            pass

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncGenerator[str]:
        async with (
            await asyncio.get_running_loop().create_server(self.look, "127.0.0.1", 0) as server,
            asyncio.timeout(WITHIN_S),
        ):
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/chatt/ws/visitor"


async def test_who_is_not_let_in_is_answered_by_the_long_way() -> None:
    echo = Echo(is_open=False)
    async with echo.listening() as address:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(address):
                raise AssertionError

    assert refused.value.response.status_code == 404
    assert echo.asked == 1


async def test_what_is_not_plain_takes_the_long_way_unasked() -> None:
    echo = Echo(is_open=True)
    async with echo.listening() as address:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"{address}?a=b"):
                raise AssertionError

    assert refused.value.response.status_code == 404
    assert echo.asked == 0


async def test_the_connection_goes_on_when_nobody_looks_any_more() -> None:
    echo = Echo(is_open=True)
    async with echo.listening() as address:
        async with connect(address) as browser:
            await browser.send("before")
            assert await browser.recv() == "before"
            gc.collect()
            assert not any(issubclass(type(each), FirstLook) for each in gc.get_objects())

            await browser.send("after")
            assert await browser.recv() == "after"
            assert not echo.is_gone.is_set()
        await echo.is_gone.wait()


@contextlib.asynccontextmanager
async def judged(echo: Echo) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Say a handshake to a door that thinks about it."""
    echo.may_answer.clear()
    async with echo.listening() as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(handshake())
        await echo.is_asked.wait()
        yield reader, writer
        writer.close()


async def test_what_comes_while_the_door_thinks_is_heard_afterwards() -> None:
    echo = Echo(is_open=True)
    async with judged(echo) as (reader, writer):
        writer.write(b"\x81\x82\0\0\0\0hi")
        await writer.drain()
        echo.may_answer.set()

        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        assert await reader.readexactly(4) == b"\x81\x02hi"


@pytest.mark.parametrize("end", ["too much", "half closed"])
async def test_who_does_something_odd_while_the_door_thinks_takes_the_long_way(end: str) -> None:
    echo = Echo(is_open=True)
    async with judged(echo) as (reader, writer):
        if end == "half closed":
            writer.write_eof()
        else:
            writer.write(bytes(LARGEST_HEAD))
        await writer.drain()
        await echo.until_noticed(end)
        echo.may_answer.set()

        assert b" 101 " not in await reader.read(4096)


async def test_who_leaves_while_the_door_thinks_is_let_in_nowhere() -> None:
    echo = Echo(is_open=True)
    async with judged(echo) as (_, writer):
        # With nothing to linger for, the kernel says at once that the connection is lost.
        line = cast("socket.socket", writer.get_extra_info("socket"))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        (opening,) = echo.tasks
        await echo.until_noticed("gone")
        echo.may_answer.set()
        await opening

    assert not echo.is_gone.is_set()


async def test_who_says_nothing_takes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean_door, "SPEAKS_WITHIN_S", 0.01)
    echo, is_served = Echo(is_open=True), asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_served.set()
        writer.close()

    echo.serve = serve  # type: ignore[method-assign]
    async with echo.listening() as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await is_served.wait()
        assert await reader.read() == b""
        writer.close()

    assert echo.asked == 0


async def test_a_socket_that_fails_to_open_is_hung_up() -> None:
    echo = Echo(is_open=True)
    lean: list[LeanConnection] = []

    async def fail(opening: LeanSide) -> None:
        lean.append(cast("LeanConnection", opening))

    echo.open = fail  # type: ignore[method-assign]
    async with echo.listening() as address, connect(address) as browser:
        await browser.wait_closed()

    assert not lean[0].is_attended


async def spoken_to(port: int, first: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect and say this, before whoever says nothing is led the long way."""
    while True:
        began_s = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        if time.monotonic() - began_s < SPEAKS_WITHIN_S:
            return reader, writer
        writer.close()


@pytest.mark.parametrize("pieces", [1, 40])
async def test_a_handshake_opens_in_one_piece_or_in_many_and_a_frame_may_follow_at_once(
    service: RunningService, pieces: int
) -> None:
    opening, ping = handshake(Origin=service.base_url), b"\x89\x82\0\0\0\0hi"
    size = -(-len(opening) // pieces)
    async with asyncio.timeout(WITHIN_S):
        # Only who says all in one piece has a frame heard before the answer; browsers wait for it.
        reader, writer = await spoken_to(service.port, opening[:size] + (ping if pieces == 1 else b""))
        for first in range(size, len(opening), size):
            writer.write(opening[first : first + size])
            await writer.drain()
            await asyncio.sleep(0)
        heard = await reader.readuntil(b"\r\n\r\n")
        if pieces > 1:
            writer.write(ping)
        after = b""
        while b"\x8a\x02hi" not in after or b'"welcome"' not in after:
            part = await reader.read(4096)
            assert part
            after += part
        writer.close()

    assert heard.startswith(b"HTTP/1.1 101 ")
