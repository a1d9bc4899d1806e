"""A relay between a browser and the service: honest, until a test lets it drop, repeat, alter, delay or cut.

The browser opens the relay's address instead of the service's and cannot tell them apart: Host and Origin are written
anew. Plain requests pass through as they are; of a WebSocket the relay knows every frame. It holds no key, so that it
can do exactly what a malicious server or a bad network can. Give each browser a relay of its own (fixture `relay`).

A test, on its own thread, sets what the relay shall do and may wait for what has passed (`wait_for`).
"""

import asyncio
import contextlib
import json
import random
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

Frame = dict[str, Any]
Direction = Literal["down", "up"]
"""down: to the browser; up: to the service."""
Meddling = Callable[[Frame], Iterable[Frame]]
"""What becomes of a frame: nothing, itself, or others."""
Claim = Callable[[Frame], bool]

_TEXT, _FIRST_CONTROL = 0x1, 0x8
_THE_END = b""
_LARGEST_HEAD_BYTES = 65_536


@dataclass(eq=False)
class _Line:
    """One WebSocket through the relay, and what waits to go out at each of its ends."""

    down: asyncio.StreamWriter
    up: asyncio.StreamWriter
    waiting: dict[Direction, asyncio.Queue[tuple[float, bytes]]] = field(
        default_factory=lambda: {"down": asyncio.Queue(), "up": asyncio.Queue()}
    )


class Relay:
    """One browser's way to the service. `start` and `stop` run on a loop; everything else is for the test's thread."""

    def __init__(self, upstream_url: str) -> None:
        self._upstream = urlsplit(upstream_url)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._lines: list[_Line] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._passed: list[tuple[Direction, Frame]] = []
        self._answered: list[bytes] = []
        self._hold = threading.Lock()
        self._meddling: dict[Direction, Meddling | None] = {"down": None, "up": None}
        self._is_open = True
        self._delay_s = 0.0
        self._loss = 0.0
        self._resend_s = 0.0
        # The same losses each time: a test must not depend on luck.
        self._chance = random.Random(5)

    # -- for the test

    @property
    def base_url(self) -> str:
        """Return the address that the browser opens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def passed(self, direction: Direction) -> list[Frame]:
        """Return every frame that came in for this direction, before anything was done to it."""
        with self._hold:
            return [frame for way, frame in self._passed if way == direction]

    @property
    def answered(self) -> str:
        """Return every answer to a plain request, head and body, one after the other."""
        return b"".join(self._answered).decode("utf-8", "replace")

    def meddle(self, direction: Direction, how: Meddling | None) -> None:
        """Let this become of every frame from now on; None is honest again."""
        self._meddling[direction] = how

    def insert(self, direction: Direction, frame: Frame) -> None:
        """Say something as if the other end had said it, on every line that is open."""
        self._soon(lambda: [self._pass(line, direction, frame) for line in self._lines])

    def cut(self, *, stay_away: bool = False) -> None:
        """Cut every line without a word; with ``stay_away`` nobody comes through until `mend`."""
        self._is_open = not stay_away
        self._soon(self._abort)

    def mend(self) -> None:
        """Let everybody through again."""
        self._is_open = True

    def slow(self, *, delay_s: float, loss: float, resend_s: float) -> None:
        """Take ``delay_s`` each way; a part ``loss`` of the frames is lost and comes ``resend_s`` later.

        What was sent behind a lost frame waits for it, as it does in TCP.
        """
        self._delay_s, self._loss, self._resend_s = delay_s, loss, resend_s

    # -- running

    async def start(self) -> None:
        """Listen on a free port."""
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LARGEST_HEAD_BYTES)

    async def stop(self) -> None:
        """Cut everything and listen no more."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _soon(self, act: Callable[[], object]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(act)

    def _abort(self) -> None:
        for line in self._lines:
            line.down.transport.abort()
            line.up.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            # A line that breaks is what a relay is for; being stopped is how it ends.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if not self._is_open:
            return
        upstream = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            await asyncio.sleep(2 * self._delay_s)
            upstream[1].write(self._as_from_us(head))
            if b"\r\nupgrade: websocket\r\n" not in head.lower():
                answered = _pipe(upstream[0], writer, self._answered)
                await _first_done(_pipe(reader, upstream[1], []), answered)
                return
            answer = await upstream[0].readuntil(b"\r\n\r\n")
            writer.write(answer)
            if answer.startswith(b"HTTP/1.1 101"):
                await self._converse(reader, writer, *upstream)
            else:
                await _pipe(upstream[0], writer, self._answered)
        finally:
            upstream[1].transport.abort()

    def _as_from_us(self, head: bytes) -> bytes:
        """Write the head anew as if the browser had opened the service's own address, once and uncompressed."""
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        is_socket = "websocket" in head.decode("latin-1").lower()
        ours = {"host": self._upstream.netloc, "origin": f"http://{self._upstream.netloc}"}
        kept = [first]
        for line in lines:
            name = line.partition(":")[0].lower()
            # Uncompressed, so that it can be read.
            if name in {"sec-websocket-extensions", "accept-encoding"} or (
                name == "connection" and not is_socket
            ):
                continue
            kept.append(f"{name}: {ours[name]}" if name in ours else line)
        kept += [] if is_socket else ["Connection: close"]
        return "\r\n".join((*kept, "", "")).encode("latin-1")

    # -- one WebSocket

    async def _converse(
        self,
        browser: asyncio.StreamReader,
        to_browser: asyncio.StreamWriter,
        service: asyncio.StreamReader,
        to_service: asyncio.StreamWriter,
    ) -> None:
        line = _Line(to_browser, to_service)
        self._lines.append(line)
        try:
            await _first_done(
                asyncio.gather(
                    self._listen(line, "up", browser),
                    self._listen(line, "down", service),
                ),
                self._speak(line, "up", to_service),
                self._speak(line, "down", to_browser),
            )
        finally:
            self._lines.remove(line)

    async def _listen(self, line: _Line, direction: Direction, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async for opcode, payload in _messages(reader):
                if opcode == _TEXT:
                    self._heard(line, direction, json.loads(payload))
                else:
                    self._queue(line, direction, _packed(opcode, payload, masked=direction == "up"))
        # What came before the end still goes out before it.
        self._queue(line, direction, _THE_END)

    def _heard(self, line: _Line, direction: Direction, frame: Frame) -> None:
        with self._hold:
            self._passed.append((direction, frame))
        how = self._meddling[direction]
        for each in (frame,) if how is None else how(frame):
            self._pass(line, direction, each)

    def _pass(self, line: _Line, direction: Direction, frame: Frame) -> None:
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
        self._queue(line, direction, _packed(_TEXT, text.encode(), masked=direction == "up"))

    def _queue(self, line: _Line, direction: Direction, packed: bytes) -> None:
        lost = self._chance.random() < self._loss
        due_s = asyncio.get_running_loop().time() + self._delay_s + (self._resend_s if lost else 0)
        line.waiting[direction].put_nowait((due_s, packed))

    async def _speak(self, line: _Line, direction: Direction, writer: asyncio.StreamWriter) -> None:
        while True:
            due_s, packed = await line.waiting[direction].get()
            await asyncio.sleep(due_s - asyncio.get_running_loop().time())
            if packed == _THE_END:
                return
            writer.write(packed)
            await writer.drain()


# -- what a malicious relay does


def saying(frame: Frame) -> bool:
    """Tell whether a frame carries something that somebody said, on its way up or down."""
    return frame["type"] in {"envelope", "post"} and frame["kind"] == "message"


def dropping(claim: Claim, *, count: int = 1) -> Meddling:
    """Drop the first ``count`` frames that answer to a claim."""
    left = count

    def drop(frame: Frame) -> Iterable[Frame]:
        nonlocal left
        if left > 0 and claim(frame):
            left -= 1
            return ()
        return (frame,)

    return drop


def repeating(claim: Claim) -> Meddling:
    """Say every frame that answers to a claim twice."""
    return lambda frame: (frame, frame) if claim(frame) else (frame,)


def swapping(claim: Claim) -> Meddling:
    """Let the first frame that answers to a claim come after the second."""
    held: list[Frame] = []
    done = False

    def swap(frame: Frame) -> Iterable[Frame]:
        nonlocal done
        if done or not claim(frame):
            return (frame,)
        if not held:
            held.append(frame)
            return ()
        done = True
        return (frame, held[0])

    return swap


def altering(claim: Claim) -> Meddling:
    """Change one character in the middle of what answers to a claim."""

    def alter(frame: Frame) -> Iterable[Frame]:
        if not claim(frame):
            return (frame,)
        body: str = frame["body"]
        middle = len(body) // 2
        other = "A" if body[middle] != "A" else "B"
        return ({**frame, "body": body[:middle] + other + body[middle + 1 :]},)

    return alter


# -- bytes


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[bytes]) -> None:
    while chunk := await reader.read(65_536):
        heard.append(chunk)
        writer.write(chunk)
        await writer.drain()


async def _first_done(*parts: Any) -> None:
    """Run parts together until one of them is done; the others are given up."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, bytes]]:
    """Give whole messages and control frames: (opcode, payload)."""
    kind, parts = 0, bytearray()
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await reader.readexactly(8))
        mask = await reader.readexactly(4) if second & 0x80 else b"\0\0\0\0"
        payload = bytes(byte ^ mask[index & 3] for index, byte in enumerate(await reader.readexactly(length)))
        opcode = first & 0x0F
        if opcode >= _FIRST_CONTROL:
            yield opcode, payload
            continue
        kind = opcode or kind
        parts += payload
        if first & 0x80:
            yield kind, bytes(parts)
            parts.clear()


def _packed(opcode: int, payload: bytes, *, masked: bool) -> bytes:
    """Make one frame; a mask of zeros is a mask too."""
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        length = struct.pack("!B", bit | len(payload))
    elif len(payload) < 65_536:
        length = struct.pack("!BH", bit | 126, len(payload))
    else:
        length = struct.pack("!BQ", bit | 127, len(payload))
    return bytes([0x80 | opcode]) + length + (b"\0\0\0\0" if masked else b"") + payload
