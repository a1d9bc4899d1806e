"""What Hypercorn answers by itself, before the app is asked: a request that is none, a handshake that lacks its key.

These answers get the headers that the app's have (web/headers.py). Knows Hypercorn; server.py puts it in place.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Mapping

import h11
from hypercorn.config import Config
from hypercorn.protocol.events import EndBody, Response
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import WSStream

_EMPTY = ((b"content-length", b"0"), (b"connection", b"close"))


class HeadedConfig(Config):
    """Hypercorn's configuration with the headers of its own answers."""

    own_headers: tuple[tuple[bytes, bytes], ...] = ()

    def head(self, headers: Mapping[str, str]) -> None:
        """Say which headers these are; nothing may be kept of an answer that is no page."""
        named = {**headers, "Cache-Control": "no-store"}
        self.own_headers = tuple((name.lower().encode(), value.encode()) for name, value in named.items())


class HeadedHTTP(H11Protocol):
    """HTTP/1.1 that refuses what is no request with every header."""

    async def _send_error_response(self, status_code: int) -> None:
        headers = [*_EMPTY, *_own_headers(self.config), *self.config.response_headers("h11")]
        await self._send_h11_event(h11.Response(status_code=status_code, headers=headers))
        await self._send_h11_event(h11.EndOfMessage())


async def refuse_handshake(stream: WSStream, status_code: int) -> None:
    """Answer a handshake that is none, with every header."""
    headers = [*_EMPTY, *_own_headers(stream.config)]
    await stream.send(Response(stream_id=stream.stream_id, status_code=status_code, headers=headers))
    await stream.send(EndBody(stream_id=stream.stream_id))


def _own_headers(config: Config) -> tuple[tuple[bytes, bytes], ...]:
    return config.own_headers if isinstance(config, HeadedConfig) else ()
