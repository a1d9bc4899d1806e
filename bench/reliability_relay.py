"""A bad line: a relay between browsers and the service that cuts connections in every way a network does.

`reset` (RST both ways), `finish` (FIN both ways), `middle` (a part of the next bytes, and then RST), `hole` (nothing is
said and nothing comes through, as when a phone loses its network). Knows bytes only, nothing of what they mean.
"""

import asyncio
import os
import random
import socket
import struct
from collections import Counter
from typing import Literal, cast

Cut = Literal["reset", "finish", "middle", "hole"]
CHUNK = 65_536


class Line:
    """One browser's connection through the relay."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._ends = (near, far)
        self._is_hole = False
        self._ends_in_middle = False

    def cut(self, how: Cut) -> None:
        """Cut it now, or with `middle` inside the next bytes that come."""
        match how:
            case "reset":
                self._reset()
            case "finish":
                for end in self._ends:
                    end.close()
            case "middle":
                self._ends_in_middle = True
            case "hole":
                self._is_hole = True

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes one way until an end."""
        try:
            while chunk := await reader.read(CHUNK):
                if self._is_hole:
                    continue
                if self._ends_in_middle:
                    writer.write(chunk[: random.randrange(len(chunk))])
                    await writer.drain()
                    self._reset()
                    return
                writer.write(chunk)
                await writer.drain()
        except (OSError, RuntimeError):
            return
        finally:
            if not self._is_hole:
                writer.close()

    def _reset(self) -> None:
        for end in self._ends:
            if not end.is_closing():
                with socket.socket(fileno=os.dup(end.get_extra_info("socket").fileno())) as same:
                    same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                cast("asyncio.Transport", end.transport).abort()


class Relay:
    """Listens on a port of its own. Use it as an async context.

    With ``origin`` it says that handshakes come from there, for clients that are no browsers and do not say it.
    """

    def __init__(self, host: str, port: int, *, origin: str = "") -> None:
        self._to = (host, port)
        self._origin = origin
        self._lines: set[Line] = set()
        self._open: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.base_url = ""
        self.cuts: Counter[Cut] = Counter()

    async def __aenter__(self) -> "Relay":
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for line in tuple(self._open):
            line.cut("reset")
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_one(self, how: Cut) -> bool:
        """Cut some connection, whatever it is doing; False when there is none."""
        if not self._lines:
            return False
        line = random.choice(tuple(self._lines))
        self._lines.discard(line)
        line.cut(how)
        self.cuts[how] += 1
        return True

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._to)
        except OSError:
            writer.close()
            return
        finally:
            self._tasks.discard(task)
        line = Line(writer, far_writer)
        self._lines.add(line)
        self._open.add(line)
        self._tasks.add(task)
        try:
            if self._origin:
                await self._name_origin(reader, far_writer)
            await asyncio.gather(line.carry(reader, far_writer), line.carry(far_reader, writer))
        finally:
            self._lines.discard(line)
            self._open.discard(line)
            self._tasks.discard(task)
            writer.close()
            far_writer.close()

    async def _name_origin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n")
        except (OSError, asyncio.IncompleteReadError):
            return
        writer.write(request + f"Origin: {self._origin}\r\n".encode())
