"""One connection to the service that comes back by itself, as a browser's does.

Knows: welcome first, then our `join`; beats; what close codes mean; coming back with jitter. Does not know what the
frames mean: that is the speaker's, seat.py and whoever uses it.
"""

import asyncio
import json
import random
import socket as sockets
import time
from collections.abc import Sequence
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Origin

from tools.participants.encoding import write_json
from tools.participants.service import SeatName, Service

BEAT_INTERVAL_S = 15.0
SILENCE_LIMIT_S = 10.0
LARGEST_FRAME_BYTES = 65_536

Frame = dict[str, Any]

STOPS = {
    1000: "ended",
    4400: "malformed",
    4401: "signed_out",
    4403: "refused",
    4404: "unknown",
    4409: "newer_tab",
    4426: "wrong_version",
}
_HANDSHAKE_STOPS = {401: "signed_out", 403: "refused"}


class Speaker(Protocol):
    """Whoever speaks through a connection."""

    def join(self, welcome: Frame) -> Frame:
        """Make the `join` frame."""
        ...

    def receive(self, frame: Frame) -> None:
        """Take one frame in; frames come one at a time and in order."""
        ...

    def next_frame(self) -> Frame | None:
        """Give the next frame that may go out now, or None."""
        ...

    def lost(self) -> None:
        """The connection is gone; what was sent may not have arrived."""
        ...


class _SilenceError(Exception):
    """Nothing was heard after a beat."""


class Connection:
    """A connection of one seat. ``jitter_s`` bounds the wait before every attempt to come back.

    With ``delays_s`` it bounds the first attempt only, and each later one waits about as long as these say, as a
    browser does (theme/static/js/transport/socket.js).
    """

    delays_s: Sequence[float] = ()

    def __init__(
        self,
        service: Service,
        seat: SeatName,
        speaker: Speaker,
        *,
        cookie: str = "",
        jitter_s: float = 0.5,
        patience_s: float = 120.0,
    ) -> None:
        self._service = service
        self._url = service.socket_url(seat)
        self._speaker = speaker
        self._headers = {"Cookie": cookie} if cookie else {}
        self._jitter_s = jitter_s
        self._patience_s = patience_s
        self._socket: ClientConnection | None = None
        self._wake = asyncio.Event()
        self._may_open = asyncio.Event()
        self._may_open.set()
        self._heard_s = time.monotonic()
        self._failures = 0

    async def run(self) -> str:
        """Stay connected until there is a reason to stop, and give the reason."""
        while True:
            await self._may_open.wait()
            reason = await self._live()
            self._speaker.lost()
            if reason is not None:
                return reason
            if time.monotonic() - self._heard_s > self._patience_s:
                return "unreachable"
            await asyncio.sleep(self._delay_s())

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def cut(self, *, stay_away: bool = False) -> None:
        """Cut the line without a word, as a lost network does; with ``stay_away`` until `come_back`."""
        if stay_away:
            self._may_open.clear()
        if self._socket is not None:
            self._socket.transport.abort()

    def hand_over(self) -> sockets.socket:
        """Give the open line to somebody else and leave it without a word; to be done when nothing is on its way."""
        if self._socket is None:
            raise ConnectionError("not connected")
        transport = self._socket.transport
        transport.pause_reading()
        line = transport.get_extra_info("socket").dup()
        self.cut(stay_away=True)
        return line

    def come_back(self) -> None:
        """End a time of staying away."""
        self._heard_s = time.monotonic()
        self._may_open.set()

    def _delay_s(self) -> float:
        self._failures += 1
        if self._failures == 1 or not self.delays_s:
            return random.random() * self._jitter_s
        return self.delays_s[min(self._failures - 2, len(self.delays_s) - 1)] * (0.75 + random.random() / 2)

    async def _live(self) -> str | None:
        """Live one life of the connection; give the reason to stop, or None to come back."""
        try:
            async with connect(
                self._url,
                origin=Origin(self._service.pages_origin),
                additional_headers=self._headers,
                compression=None,
                max_size=LARGEST_FRAME_BYTES * 2,
                open_timeout=SILENCE_LIMIT_S,
                close_timeout=1,
                ping_interval=None,
                proxy=None,
            ) as socket:
                self._socket = socket
                await self._converse(socket)
        except InvalidStatus as refusal:
            return _HANDSHAKE_STOPS.get(refusal.response.status_code)
        except (OSError, TimeoutError, WebSocketException):
            return None
        finally:
            self._socket = None
        return STOPS.get(socket.close_code or 0)

    async def _converse(self, socket: ClientConnection) -> None:
        try:
            async with asyncio.timeout(SILENCE_LIMIT_S):
                welcome = json.loads(await socket.recv())
            await socket.send(write_json(self._speaker.join(welcome)))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(socket))
                tasks.create_task(self._send(socket))
                tasks.create_task(self._beat(socket))
        except* (ConnectionClosed, _SilenceError, TimeoutError):
            pass  # lost: whoever called looks at the close code

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            frame = json.loads(await socket.recv())
            self._heard_s = time.monotonic()
            # An error says that the join did not succeed: that is not to have come back.
            if frame["type"] != "error":
                self._failures = 0
            if frame["type"] != "beat":
                self._speaker.receive(frame)
                self._wake.set()

    async def _send(self, socket: ClientConnection) -> None:
        while True:
            self._wake.clear()
            while (frame := self._speaker.next_frame()) is not None:
                await socket.send(write_json(frame))
            await self._wake.wait()

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(BEAT_INTERVAL_S)
            asked_s = time.monotonic()
            await socket.send('{"type":"beat"}')
            await asyncio.sleep(SILENCE_LIMIT_S)
            if self._heard_s < asked_s:
                raise _SilenceError
