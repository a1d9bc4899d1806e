"""Serves the app: Hypercorn on uvloop, bounded everywhere, with a start and an end that one line can describe.

Knows nothing of what the app does, except that it may be asked to drain. Read bounded_sockets.py and lean_handover.py
next: what becomes of a connection that is a WebSocket.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import errno
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import hypercorn.asyncio.run
import uvloop
from hypercorn import protocol
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config, Sockets
from hypercorn.logging import Logger
from hypercorn.protocol import h2, h11
from hypercorn.utils import LifespanFailureError, wrap_app
from quart import Quart

from chatservice import lean_handover
from chatservice.bounded_sockets import LARGEST_MESSAGE, BoundedWebSocket
from chatservice.ended_connections import EndingServer
from chatservice.errors import StartError
from chatservice.lean_door import Door, DoorLoop
from chatservice.own_answers import HeadedConfig, HeadedHTTP
from chatservice.settings import Settings
from chatservice.web.headers import page_headers

DRAIN_S = 5.0
LAST_WORD_S = 10.0
INSIDE_END_S = 1.0


class ReadyLogger(Logger):
    """Says one line when the service can be reached, and otherwise only what goes wrong."""

    ready_line = ""

    async def info(self, message: str, *args: Any, **kwargs: Any) -> None:
        """Print the line when Hypercorn says that it listens."""
        if message.startswith("Running on"):
            print(self.ready_line, flush=True)


class QuietLogger(Logger):
    """Says only what goes wrong."""

    async def info(self, message: str, *args: Any, **kwargs: Any) -> None:
        """Say nothing."""


def serve(
    settings: Settings,
    app: Quart,
    *,
    drain: Callable[[], Awaitable[None]],
    door: Door | None = None,
    inside: Quart | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. `drain` is awaited first, so that open conversations hear of the restart.

    `door` lets plain handshakes in by the short way (lean_door.py). `inside` is served beside it on CHAT_METRICS_PORT
    of this machine, to the very end. Raises `StartError` for a busy port or a start that fails.
    """
    config = make_config(settings)
    sockets = _bind(config, settings)
    within = _Listener.inside(inside, settings) if inside is not None else None
    is_lean = settings.sockets == "lean" and lean_handover.is_usable()
    h11.WSStream = lean_handover.LeanWebSocket if is_lean else BoundedWebSocket  # pyright: ignore[reportPrivateImportUsage]
    protocol.H11Protocol = HeadedHTTP  # pyright: ignore[reportPrivateImportUsage]
    hypercorn.asyncio.run.TCPServer = EndingServer  # type: ignore[misc] # pyright: ignore[reportPrivateImportUsage]
    h2.WSStream = BoundedWebSocket  # pyright: ignore[reportPrivateImportUsage]

    def new_loop() -> asyncio.AbstractEventLoop:
        if door is None or not is_lean:
            return uvloop.new_event_loop()
        return DoorLoop(door, sockets.insecure_sockets)

    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_serve(app, config, sockets, drain, within))
    except LifespanFailureError as error:
        raise StartError(f"Tjänsten kunde inte starta: {error}") from error


def make_config(settings: Settings) -> HeadedConfig:
    """Return Hypercorn's configuration; no access log, because its lines begin with an address."""
    errors = logging.getLogger("hypercorn.error")
    errors.setLevel(logging.WARNING)
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    config = HeadedConfig()
    config.head(page_headers(settings))
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


def _bind(config: Config, settings: Settings, variable: str = "CHAT_PORT") -> Sockets:
    try:
        return config.create_sockets()
    except OSError as error:
        where = f"{settings.bind}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"Port {settings.port} är upptagen: stäng det program som använder den, eller välj en annan port med "
                f"{variable}, till exempel {variable}={settings.port + 1 if settings.port < 65535 else 8000}."
            ) from error
        raise StartError(
            f"Det går inte att lyssna på {where} ({error.strerror}): rätta CHAT_BIND och {variable}."
        ) from error


@dataclass(frozen=True, slots=True)
class _Listener:
    """An app with a port of its own."""

    app: Quart
    config: Config
    sockets: Sockets

    @classmethod
    def inside(cls, app: Quart, settings: Settings) -> Self:
        """Listen on this machine only, whatever CHAT_BIND says. Raises `StartError` for a busy port."""
        there = replace(settings, bind="127.0.0.1", port=settings.metrics_port)
        config = make_config(there)
        config.logger_class = QuietLogger
        return cls(app, config, _bind(config, there, "CHAT_METRICS_PORT"))

    async def serve(self, until: Callable[[], Awaitable[None]]) -> None:
        """Serve until told to end."""
        app = wrap_app(self.app, self.config.wsgi_max_body_size, "asgi")
        await worker_serve(app, self.config, sockets=self.sockets, shutdown_trigger=until)


async def _serve(
    app: Quart,
    config: Config,
    sockets: Sockets,
    drain: Callable[[], Awaitable[None]],
    within: _Listener | None,
) -> None:
    if within is None:
        await _serve_outside(app, config, sockets, drain)
        return
    is_over = asyncio.Event()

    async def until_over() -> None:
        await is_over.wait()

    telling = asyncio.ensure_future(within.serve(until_over))
    try:
        await _serve_outside(app, config, sockets, drain)
    finally:
        is_over.set()
        _, unfinished = await asyncio.wait({telling}, timeout=INSIDE_END_S)
        if unfinished:
            telling.cancel()


async def _serve_outside(
    app: Quart, config: Config, sockets: Sockets, drain: Callable[[], Awaitable[None]]
) -> None:
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
