"""Tells whether the chat is open: as JSON for open pages, and as a page for those without JavaScript.

Asks usecases/opening.py and puts the answer into words. Nothing here decides, and nothing here remembers who asked.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from quart import Blueprint, Response, jsonify, render_template

from chatservice.domain import opening_words
from chatservice.usecases.opening import OpeningStatus

OpeningQuestion = Callable[[], Awaitable[OpeningStatus]]
"""Asks usecases.opening.opening_status, its parts already handed in."""


def status_blueprint(ask: OpeningQuestion) -> Blueprint:
    """Make the routes /chatt/status and /chatt/lage/."""
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/chatt/status")
    async def status() -> Response:
        return _fresh(jsonify(status_fields(await ask())))

    @blueprint.get("/chatt/lage/")
    async def status_page() -> Response:
        answer = await ask()
        page = await render_template("status.html", status=answer, detail=detail_words(answer))
        return _fresh(Response(page, content_type="text/html; charset=utf-8"))

    return blueprint


def status_fields(status: OpeningStatus) -> dict[str, Any]:
    """Give the answer as the fields of /chatt/status; instants are ISO with offset, or None."""
    return {
        "open": status.open,
        "reason": status.reason,
        "headline": opening_words.headline_words(is_open=status.open),
        "detail": detail_words(status),
        "next_opening": status.next_opening and status.next_opening.isoformat(),
        "closes": status.closes and status.closes.isoformat(),
    }


def detail_words(status: OpeningStatus) -> str:
    """Say when it opens or why it is closed; nothing while it is open."""
    if status.reason == "no_mentor":
        return opening_words.unstaffed_words(status.closes, status.at)
    if status.reason == "full":
        return opening_words.full_words()
    if status.next_opening is not None:
        return opening_words.opening_words(status.next_opening, status.at)
    return ""


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
