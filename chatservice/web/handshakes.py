"""From a handshake to an open socket: the origin, the acceptance, the join, and then the attendance.

On the lean path the handshake's own task ends with the join, and Quart and Hypercorn let go of the connection; on the
plain one it stays and reads. Knows Quart's socket; read `attendance.py` for what comes after.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import cast

from quart import Websocket, abort, websocket

from chatservice.errors import LiveStoreAwayError
from chatservice.meter import SEATS
from chatservice.web.attendance import Attendance, Talk
from chatservice.web.frames import Restarting
from chatservice.web.parts import Parts
from chatservice.web.sockets import (
    LEAN_EXTENSION,
    WAYS_OUT,
    CloseCode,
    Connection,
    Gone,
    LeanSide,
    Socket,
    code_of,
)


def require_origin(parts: Parts) -> None:
    """Refuse a handshake that another site's page began.

    Browsers always send Origin; nobody else is meant. Newer ones say in Sec-Fetch-Site, too, how page and service are
    related, and both must be right.
    """
    if not comes_from_us(parts, websocket.headers.get("Origin"), websocket.headers.get("Sec-Fetch-Site")):
        abort(403)


def comes_from_us(parts: Parts, origin: str | None, site: str | None) -> bool:
    """Say whether a handshake with these headers was begun by a page of ours."""
    return origin in parts.settings.allowed_origins and site in {None, "same-origin"}


async def run_socket(parts: Parts, make_talk: Callable[[Socket], Talk]) -> None:
    """Accept the connection, let the peer join, and attend to it until it is closed."""
    # The object behind the proxy, because the proxy looks it up anew at every frame.
    accepting = cast("Websocket", websocket._get_current_object())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await accepting.accept()  # pyright: ignore[reportUnknownMemberType]
    extensions = cast("dict[str, object]", accepting.scope["extensions"])
    lean = cast("LeanSide | None", extensions.get(LEAN_EXTENSION))
    await open_socket(parts, accepting.path, lean or cast("Connection", accepting), lean, make_talk)


async def open_socket(
    parts: Parts,
    path: str,
    connection: Connection,
    lean: LeanSide | None,
    make_talk: Callable[[Socket], Talk],
) -> None:
    """Let the peer of an accepted connection join, and attend to it; on the lean path that goes on by itself."""
    socket = Socket(connection, parts, lean)
    talk = make_talk(socket)
    seat, open_sockets = SEATS[path.rpartition("/")[2]], parts.meter.open_sockets
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def count_out() -> None:
        open_sockets[seat] -= 1
        if not over.done():
            over.set_result(None)

    open_sockets[seat] += 1
    if not await _begins(parts, talk, socket):
        count_out()
        return
    attendance = Attendance(
        parts.open_sockets,
        socket,
        talk,
        is_at_once=lean is not None and parts.live.answers_at_once,
        on_over=count_out,
    )
    attendance.start()
    if parts.draining.is_set():
        attendance.restart()
    if lean is not None:
        lean.attend(attendance.hear, attendance.gone)
    else:
        await _carry(connection, attendance, over)


class _Joining:
    """A peer that has not joined yet, in the task of its handshake."""

    __slots__ = ("_task", "is_to_come_back")

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.is_to_come_back = False

    def tell(self) -> None:
        """Tell nothing yet."""

    def restart(self) -> None:
        """End the wait for its join."""
        self.is_to_come_back = True
        if self._task is not None:
            self._task.cancel()

    def go_on(self) -> None:
        """Let the task live, which was only to be interrupted."""
        if self._task is not None:
            self._task.uncancel()


async def _begins(parts: Parts, talk: Talk, socket: Socket) -> bool:
    """Let the peer join; False when that came to nothing, and the connection is closed."""
    joining = _Joining()
    parts.open_sockets.add(joining)
    has_begun, code = False, cast("int | None", CloseCode.OUR_MISTAKE)
    try:
        await talk.begin()
        has_begun = True
    except WAYS_OUT as way_out:
        code = code_of(way_out)
    except asyncio.CancelledError:
        code = CloseCode.RESTART if joining.is_to_come_back else None
        if code is None:
            raise
        joining.go_on()
        await socket.send(Restarting())
    finally:
        parts.open_sockets.discard(joining)
        if not has_begun:
            await _give_up(talk, socket, code)
    return has_begun


async def _give_up(talk: Talk, socket: Socket, code: int | None) -> None:
    # With the store away there is nothing to let go of.
    with contextlib.suppress(LiveStoreAwayError):
        await talk.leave()
    if code is not None:
        await socket.close(code)


async def _carry(connection: Connection, attendance: Attendance, over: asyncio.Future[None]) -> None:
    """Read what comes on the plain path, one message at a time, until the attendance is over."""
    reading = asyncio.ensure_future(_read(connection, attendance))
    try:
        await asyncio.wait((over,))
    finally:
        attendance.gone()
        reading.cancel()


async def _read(connection: Connection, attendance: Attendance) -> None:
    while True:
        try:
            attendance.hear(await connection.receive())
        except Gone:
            attendance.gone()
            return
        while attendance.hearing is not None:
            await asyncio.wait((attendance.hearing,))
            await asyncio.sleep(0)
