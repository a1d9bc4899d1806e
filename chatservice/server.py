"""Serves the app: Hypercorn on uvloop, bounded everywhere, with a start and an end that one line can describe.

Hypercorn 0.18 has two habits that a stranger can use against us, both mended in `BoundedWebSocket`: it agrees to
permessage-deflate and inflates without limit, and after a message that is too large it says 1009 but keeps the
connection open and reads on. Knows nothing of what the app does, except that it may be asked to drain.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import errno
import logging
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config, Sockets
from hypercorn.logging import Logger
from hypercorn.protocol import h2, h11
from hypercorn.protocol.events import StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, FrameTooLargeError, WSStream
from hypercorn.typing import ASGISendEvent, WebsocketAcceptEvent
from hypercorn.utils import LifespanFailureError, wrap_app
from quart import Quart
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection, Message, Ping
from wsproto.frame_protocol import CloseReason

from chatservice.errors import StartError
from chatservice.settings import Settings

LARGEST_MESSAGE = 65_536
CLOSING_S = 5.0
DRAIN_S = 5.0
LAST_WORD_S = 10.0


class BoundedWebSocket(WSStream):
    """A WebSocket without compression that ends when its peer breaks the bounds."""

    _is_closing = False

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        self.handshake.extensions = None
        await super()._accept(message)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """Send what the app says; once the peer was refused, nothing more, so that it can hear why."""
        if not self._is_closing:
            await super().app_send(message)

    async def _handle_events(self) -> None:
        for event in self.connection.events():
            if isinstance(event, CloseConnection):
                await self._answer_close(event)
            elif self._is_closing:
                continue
            elif isinstance(event, Message):
                await self._pass_on(event)  # pyright: ignore[reportUnknownArgumentType]
            elif isinstance(event, Ping):
                await self._send_wsproto_event(event.response())

    async def _pass_on(self, event: Message[Any]) -> None:
        try:
            self.buffer.extend(event)
        except FrameTooLargeError:
            await self._refuse(CloseReason.MESSAGE_TOO_BIG)
            return
        if event.message_finished and self.app_put is not None:
            await self.app_put(self.buffer.to_message())
            self.buffer.clear()

    async def _refuse(self, reason: CloseReason) -> None:
        """Say why, tell the app that it is over, and read on only to let the peer hear it."""
        self._is_closing = True
        self.buffer.clear()
        await self._send_wsproto_event(CloseConnection(code=reason))
        self.state = ASGIWebsocketState.CLOSED
        if self.app_put is not None:
            await self.app_put({"type": "websocket.disconnect", "code": int(reason)})
        self.task_group.spawn(self._end_soon)

    async def _end_soon(self) -> None:
        await asyncio.sleep(CLOSING_S)
        if not self.closed:
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def _answer_close(self, event: CloseConnection) -> None:
        if self.connection.state is ConnectionState.REMOTE_CLOSING:
            await self._send_wsproto_event(event.response())
        elif self.connection.state is ConnectionState.OPEN:
            # Bytes that are no WebSocket frame: the reason stands in the event.
            await self._send_wsproto_event(CloseConnection(code=event.code))
        await self.send(StreamClosed(stream_id=self.stream_id))


class ReadyLogger(Logger):
    """Says one line when the service can be reached, and otherwise only what goes wrong."""

    ready_line = ""

    async def info(self, message: str, *args: Any, **kwargs: Any) -> None:
        """Print the line when Hypercorn says that it listens."""
        if message.startswith("Running on"):
            print(self.ready_line, flush=True)


def serve(settings: Settings, app: Quart, *, drain: Callable[[], Awaitable[None]]) -> None:
    """Serve until SIGTERM or SIGINT. `drain` is awaited first, so that open conversations hear of the restart.

    Raises `StartError` for a busy port or a start that fails.
    """
    config = make_config(settings)
    sockets = _bind(config, settings)
    h11.WSStream = BoundedWebSocket  # pyright: ignore[reportPrivateImportUsage]
    h2.WSStream = BoundedWebSocket  # pyright: ignore[reportPrivateImportUsage]
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(app, config, sockets, drain))
    except LifespanFailureError as error:
        raise StartError(f"Tjänsten kunde inte starta: {error}") from error


def make_config(settings: Settings) -> Config:
    """Return Hypercorn's configuration; no access log, because its lines begin with an address."""
    errors = logging.getLogger("hypercorn.error")
    errors.setLevel(logging.WARNING)
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    config = Config()
    config.bind = [f"{host}:{settings.port}"]
    config.accesslog = None
    config.errorlog = errors
    config.backlog = 1024
    config.graceful_timeout = DRAIN_S
    config.h11_max_incomplete_size = 16_384
    config.include_server_header = False
    config.keep_alive_timeout = 10
    config.websocket_max_message_size = LARGEST_MESSAGE
    # The pages' own beats do the same both ways; Hypercorn's pings cost a task for each connection, which outlives it.
    config.websocket_ping_interval = None
    config.logger_class = type(
        "ReadyLoggerHere", (ReadyLogger,), {"ready_line": f"Klar på {settings.public_origin}"}
    )
    return config


def _bind(config: Config, settings: Settings) -> Sockets:
    try:
        return config.create_sockets()
    except OSError as error:
        where = f"{settings.bind}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"Port {settings.port} är upptagen: stäng det program som använder den, eller välj en annan port med "
                f"CHAT_PORT, till exempel CHAT_PORT={settings.port + 1 if settings.port < 65535 else 8000}."
            ) from error
        raise StartError(
            f"Det går inte att lyssna på {where} ({error.strerror}): rätta CHAT_BIND och CHAT_PORT."
        ) from error


async def _serve(app: Quart, config: Config, sockets: Sockets, drain: Callable[[], Awaitable[None]]) -> None:
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told_to_end.set)

    async def until_drained() -> None:
        await told_to_end.wait()
        await drain()

    serving = asyncio.ensure_future(
        worker_serve(
            wrap_app(app, config.wsgi_max_body_size, "asgi"),
            config,
            sockets=sockets,
            shutdown_trigger=until_drained,
        )
    )
    ending = asyncio.ensure_future(told_to_end.wait())
    await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    # From Python 3.12 on a server waits for its last connection; a peer that never hangs up must not keep us.
    _, unfinished = await asyncio.wait(
        {serving}, timeout=DRAIN_S + LAST_WORD_S if told_to_end.is_set() else None
    )
    if unfinished:
        serving.cancel()
        return
    serving.result()
