"""Puts the panel on every page of the preview, and tells open pages what has happened, by server-sent events.

`add_panel(app, workshop)` gives an app three addresses below /__preview/ and adds two tags to every page that passes.
The policy of the pages stays as it is in production: script and stylesheet are files of the same origin. Knows HTTP;
does not know how anything is built or checked.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

from quart import Quart, Response, g, request
from quart.helpers import send_file  # pyright: ignore[reportUnknownVariableType] -- PathLike without its type

from chatservice.data_files import Mistake
from tools.preview.workshop import Workshop

ADDRESS = "/__preview"
FILES = frozenset({"panel.js", "panel.css"})
_HERE = Path(__file__).parent
_TAGS = (
    '<link rel="stylesheet" href="{address}/panel.css">'
    '<script type="module" src="{address}/panel.js" data-preview-version="{version}"></script></body>'
)


def add_panel(app: Quart, workshop: Workshop) -> None:
    """Give the app the panel's files, its events, and a task that watches for as long as the app runs."""
    ending = asyncio.Event()

    @app.while_serving
    async def work() -> AsyncGenerator[None]:  # pyright: ignore[reportUnusedFunction]
        working = asyncio.create_task(workshop.run())
        yield
        ending.set()
        working.cancel()
        await asyncio.wait([working])

    @app.get(f"{ADDRESS}/<name>")
    async def panel_file(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Answer with the panel's script or stylesheet."""
        if name not in FILES:
            return Response("", 404)
        response: Response = await send_file(_HERE / name)
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get(f"{ADDRESS}/events")
    async def events() -> Response:  # pyright: ignore[reportUnusedFunction]
        """Tell one open page when it is another one than it was, and what the check finds."""
        path, version = request.args.get("page", "/"), request.args.get("version", "")
        response = Response(
            _events(workshop, path, version, ending),  # pyright: ignore[reportArgumentType]
            content_type="text/event-stream",
        )
        response.headers["Cache-Control"] = "no-store"
        response.timeout = None
        return response

    @app.before_request
    async def note_version() -> None:  # pyright: ignore[reportUnusedFunction]
        """Note which version the page is, before it is read: should it be built anew meanwhile, it comes once more."""
        g.preview_version = workshop.version_of(request.path)

    @app.after_request
    async def tag_page(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Add the panel to a whole page."""
        if response.mimetype != "text/html" or "Content-Encoding" in response.headers:
            return response
        page = await response.get_data(as_text=False)
        tags = _TAGS.format(
            address=ADDRESS, version=g.get("preview_version") or workshop.version_of(request.path)
        )
        response.set_data(page.replace(b"</body>", tags.encode(), 1))
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
        return response


async def _events(
    workshop: Workshop, path: str, version: str, ending: asyncio.Event
) -> AsyncGenerator[bytes]:
    yield b"retry: 500\n\n"
    said = ""
    async for _ in workshop.changed(ending):
        if workshop.version_of(path) != version:
            yield b"event: reload\ndata: {}\n\n"
            return
        news = news_of(workshop)
        if news != said:
            yield f"event: news\ndata: {news}\n\n".encode()
            said = news


def news_of(workshop: Workshop) -> str:
    """Give everything the panel shows, as JSON on one line."""
    findings = workshop.news.findings
    return json.dumps(
        {
            "errors": [_told(mistake) for mistake in sorted(set(findings.errors))],
            "advice": [_told(mistake) for mistake in sorted(set(findings.advice))],
            "complaints": workshop.news.complaints,
        },
        ensure_ascii=False,
    )


def _told(mistake: Mistake) -> dict[str, str]:
    what = f"{mistake.what[:1].upper()}{mistake.what[1:]}"
    return {"place": f"{mistake.file} rad {mistake.line}", "what": what, "remedy": mistake.remedy}
