"""One connection of Hypercorn's, around an app of a test's own and without a log."""

import asyncio
from typing import Any, TypeVar, cast

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.typing import LifespanState

Server = TypeVar("Server", bound=TCPServer)


def silent_config() -> Config:
    """Return a configuration that logs nothing."""
    config = Config()
    config.accesslog = config.errorlog = None
    return config


def connection_of(
    kind: type[Server],
    app: Any,
    config: Config,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> Server:
    """Return a server of one connection, to be awaited."""
    return kind(
        ASGIWrapper(app),
        asyncio.get_running_loop(),
        config,
        WorkerContext(None),
        cast("LifespanState", {}),
        reader,
        writer,
    )
