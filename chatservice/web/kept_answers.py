"""The site's answers, kept in memory and given again before the framework is asked.

The first answer to an address is the app's own, with every header that the rest of the service puts on it. While the
files behind it are unchanged it is given again as it is, which takes a third of the time (bench/README.md): a page, its
compressed forms, and "304" to whoever has it already. Whatever is not that plain (parts of a film, other conditions,
other methods) goes to the app every time. Knows ASGI and files; nothing of the site's addresses, which site.py marks.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Signature = tuple[int, int, int, int]

MARK: Final = "chatservice.site_file"
"""Where a view says in the scope which files its answer was made of."""
LARGEST_KEPT_BYTES: Final = 256 * 1024
MOST_KEPT_BYTES: Final = 32 * 1024 * 1024
_NOT_PLAIN: Final = frozenset(
    (
        b"content-length", b"if-match", b"if-modified-since", b"if-range", b"if-unmodified-since", b"range",
        b"transfer-encoding",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteFile:
    """What an answer was made of, as it was before it was read."""

    forms: tuple[str, ...]
    """The encodings that there are."""
    encoding: str | None
    """The one that was chosen."""
    paths: tuple[Path, ...]
    """The file, and the form that was chosen."""
    signatures: tuple[Signature, ...]

    def is_unchanged(self) -> bool:
        """Say whether the files are still those."""
        try:
            return all(
                signature_of(path) == sign for path, sign in zip(self.paths, self.signatures, strict=True)
            )
        except OSError:
            return False


def signature_of(path: Path) -> Signature:
    """Return what changes when a file is written or replaced. Raises OSError when it is gone."""
    is_now = os.stat(path)
    return is_now.st_dev, is_now.st_ino, is_now.st_mtime_ns, is_now.st_size


@dataclass(slots=True)
class _Kept:
    """The answers in one form: the whole, and the one that says it is unchanged."""

    file: SiteFile
    tag: bytes = b""
    whole: tuple[Message, Message] | None = None
    unchanged: tuple[Message, Message] | None = None


@dataclass(slots=True)
class _Page:
    forms: tuple[str, ...]
    kept: dict[str | None, _Kept] = field(default_factory=dict[str | None, _Kept])


@dataclass(frozen=True, slots=True)
class _Asked:
    accepts: bytes
    has: bytes


class KeptAnswers:
    """An app in front of the app."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._pages: dict[str, _Page] = {}
        self._bytes = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the app answer and keep that."""
        method = scope.get("method")
        asked = _read(scope["headers"]) if scope["type"] == "http" and method in {"GET", "HEAD"} else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        answer = self._find(scope["path"], asked)
        if answer is not None:
            # As Quart does it: Hypercorn keeps the body of an answer to HEAD to itself.
            await send(answer[0])
            await send(answer[1])
        elif method == "GET":
            await self._ask(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _find(self, path: str, asked: _Asked) -> tuple[Message, Message] | None:
        page = self._pages.get(path)
        if page is None:
            return None
        kept = page.kept.get(_choose(asked.accepts, page.forms))
        if kept is None:
            return None
        if not kept.file.is_unchanged():
            self._forget(path)
            return None
        return kept.unchanged if asked.has and _has(asked.has, kept.tag) else kept.whole

    async def _ask(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let the app answer, and keep the answer when it is one of the site's and small."""
        start: Message = {}
        body = bytearray()

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif MARK in scope and len(body) <= LARGEST_KEPT_BYTES:
                body.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, listen)
        file = scope.get(MARK)
        if isinstance(file, SiteFile) and len(body) <= LARGEST_KEPT_BYTES:
            self._keep(scope["path"], file, start, bytes(body))

    def _keep(self, path: str, file: SiteFile, start: Message, body: bytes) -> None:
        headers = {bytes(name).lower(): bytes(value) for name, value in start.get("headers", ())}
        if b"set-cookie" in headers or self._bytes + len(body) > MOST_KEPT_BYTES:
            return
        page = self._pages.get(path)
        if page is None or page.forms != file.forms:
            self._forget(path)
            page = self._pages[path] = _Page(file.forms)
        kept = page.kept.get(file.encoding)
        if kept is None or kept.file != file:
            self._bytes -= _size(kept)
            kept = page.kept[file.encoding] = _Kept(file)
        answer = (start, {"type": "http.response.body", "body": body})
        if start["status"] == 200 and len(body) == int(headers.get(b"content-length", b"-1")):
            self._bytes += len(body) - _size(kept)
            kept.whole, kept.tag = answer, headers[b"etag"]
        elif start["status"] == 304:
            kept.unchanged = answer

    def _forget(self, path: str) -> None:
        page = self._pages.pop(path, None)
        if page is not None:
            self._bytes -= sum(_size(kept) for kept in page.kept.values())


@lru_cache(maxsize=256)
def _choose(accepts: bytes, forms: tuple[str, ...]) -> str | None:
    return choose_encoding(parse_accept_header(accepts.decode("latin-1"), Accept), forms)


def choose_encoding(accepted: Accept, available: Sequence[str]) -> str | None:
    """Return the encoding that the reader likes best, None for the file as it is.

    Source: RFC 9110, 12.5.3.
    """
    as_it_is = accepted["identity"] if "identity" in accepted.values() else 0
    liked = [name for name in available if accepted[name] > 0 and accepted[name] >= as_it_is]
    return max(liked, key=lambda name: accepted[name], default=None)


def _read(headers: Sequence[tuple[bytes, bytes]]) -> _Asked | None:
    """Return what a plain request says; None for one that the app should judge."""
    accepts = has = b""
    for name, value in headers:
        if name in _NOT_PLAIN:
            return None
        if name == b"accept-encoding":
            if accepts:
                return None
            accepts = value
        elif name == b"if-none-match":
            if has or b"*" in value:
                return None
            has = value
    return _Asked(accepts, has)


def _has(tags: bytes, tag: bytes) -> bool:
    return tags == tag or tag in {each.strip().removeprefix(b"W/") for each in tags.split(b",")}


def _size(kept: _Kept | None) -> int:
    return len(kept.whole[1]["body"]) if kept is not None and kept.whole is not None else 0
