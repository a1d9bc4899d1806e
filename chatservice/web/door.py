"""Who comes in by the short way: the same questions as on Quart's, asked of a plain handshake.

It says yes or nothing. Another site's page, nobody signed in, another role, records or a store that are away: all that
is left to the views of visitor.py and mentor.py, which ask again and answer. So a refusal is made in one place, with
its status and headers. Read lean_door.py for when this is asked, handshakes.py for what follows.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from quart import Quart

from chatservice.domain.certification import Role
from chatservice.errors import ChatError
from chatservice.plain_handshakes import PlainHandshake
from chatservice.usecases import accounts
from chatservice.web.access import session_token
from chatservice.web.attendance import Talk
from chatservice.web.connection_address import address_behind
from chatservice.web.handshakes import comes_from_us, open_socket
from chatservice.web.mentor import MENTOR_SOCKET, MentorConnection
from chatservice.web.parts import EXTENSION, Parts
from chatservice.web.sockets import LeanSide, Socket
from chatservice.web.visitor import VISITOR_SOCKET, VisitorConnection

_MakeTalk = Callable[[Socket], Talk]


class Door:
    """The door of one app."""

    def __init__(self, app: Quart) -> None:
        self._app = app

    async def __call__(
        self, asked: PlainHandshake, address: str
    ) -> Callable[[LeanSide], Awaitable[None]] | None:
        """Return what opens the socket that is asked for; None when the long way is to answer."""
        the: Parts | None = self._app.extensions.get(EXTENSION)
        headers = asked.headers
        if the is None or not comes_from_us(the, headers.get("origin"), headers.get("sec-fetch-site")):
            return None
        try:
            make_talk = await self._talk(the, asked, address)
        except ChatError:
            return None
        if make_talk is None:
            return None
        return lambda lean: open_socket(the, asked.path, lean, lean, make_talk)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Open a socket in a task that the end of the service waits for, like those that close."""
        the: Parts = self._app.extensions[EXTENSION]
        the.open_sockets.spawn(work)

    async def _talk(self, the: Parts, asked: PlainHandshake, address: str) -> _MakeTalk | None:
        if asked.path == VISITOR_SOCKET:
            # Read here, hashed at once, and dropped.
            origin = await the.live.blocks.origin_of(address_behind(asked, address, the.settings.proxy_hops))
            return lambda socket: VisitorConnection(the, socket, origin)
        if asked.path == MENTOR_SOCKET:
            token = session_token(self._app, asked.headers.get("cookie", ""))
            staff = None if token is None else await accounts.identify(the.staff, token)
            if staff is not None and staff.role is Role.MENTOR:
                return lambda socket: MentorConnection(the, socket, staff)
        return None
