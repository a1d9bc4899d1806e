"""Tells whether the chat is open: as JSON for open pages, and as a page for those without JavaScript.

Asks usecases/opening.py and puts the answer into words. Nothing here decides, and nothing here remembers who asked.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC
from functools import partial
from typing import Any

from quart import Blueprint, Response, jsonify, render_template, request

from chatservice import theming
from chatservice.domain import opening_words
from chatservice.domain.opening_words import Translate, gettext_noop
from chatservice.usecases.opening import Hours, OpeningStatus
from chatservice.web.days_ahead import coming_days
from chatservice.web.languages import current_language

OpeningQuestion = Callable[[], Awaitable[OpeningStatus]]
"""Asks usecases.opening.opening_status, its parts already handed in."""
HoursQuestion = Callable[[], Awaitable[Hours]]
"""Asks for the hours as they are known, days that coordinators have changed included."""


def status_blueprint(ask: OpeningQuestion, ask_hours: HoursQuestion) -> Blueprint:
    """Make the routes /chatt/status (in Swedish, or with ?language=en in English) and /chatt/lage/."""
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/chatt/status")
    async def status() -> Response:
        language = request.args.get("language", theming.SOURCE_LANGUAGE)
        if language not in theming.LANGUAGE_NAMES:
            language = theming.SOURCE_LANGUAGE
        translate = partial(theming.translate, language=language)
        return _fresh(jsonify(status_fields(await ask(), translate)))

    @blueprint.get("/chatt/lage/")
    async def status_page() -> Response:
        answer, schedule, language = await ask(), (await ask_hours()).schedule, current_language()
        page = await render_template(
            "status.html",
            status=answer,
            detail=detail_words(answer, partial(theming.translate, language=language)),
            days=coming_days(schedule, answer.at.astimezone(schedule.zone).date(), language),
        )
        return _fresh(Response(page, content_type="text/html; charset=utf-8"))

    return blueprint


def status_fields(status: OpeningStatus, translate: Translate = gettext_noop) -> dict[str, Any]:
    """Give the answer as the fields of /chatt/status; instants are ISO with offset, or None."""
    return {
        "open": status.open,
        "reason": status.reason,
        "headline": opening_words.headline_words(
            is_open=status.open, closes_soon=status.reason == "last_entry", translate=translate
        ),
        "detail": detail_words(status, translate),
        "next_opening": status.next_opening and status.next_opening.isoformat(),
        "closes": status.closes and status.closes.isoformat(),
    }


def detail_words(status: OpeningStatus, translate: Translate = gettext_noop) -> str:
    """Say when it opens or why nobody is let in; nothing while it is open."""
    if status.reason == "last_entry" and status.closes is not None:
        zone = status.closes.tzinfo or UTC
        return opening_words.last_entry_words(status.next_opening, status.at, zone, translate)
    if status.reason == "no_mentor":
        return opening_words.unstaffed_words(status.closes, status.at, translate)
    if status.reason == "stopped":
        return opening_words.stopped_words(status.next_opening, status.at, translate)
    if status.reason == "full":
        return opening_words.full_words(translate)
    if status.reason == "away":
        return opening_words.away_words(translate)
    if status.next_opening is not None:
        return opening_words.opening_words(status.next_opening, status.at, translate)
    return ""


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
