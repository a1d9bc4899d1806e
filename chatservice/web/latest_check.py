"""When words were last looked for that must not be there, and what was found: a page for whoever reads about integrity.

A page of the service's own, because the site is built seldom and may lie on another machine; it needs no JavaScript.
The page about integrity leads there, and with JavaScript says the sentence itself (site/latest_check.js).
The command `canary` writes the result (`latest_check.py`). Knows a file, and nothing of the conversation.
"""

from datetime import timedelta
from functools import partial
from typing import Final

from quart import Blueprint, Response, render_template

from chatservice import theming
from chatservice.domain.opening_words import clock_words, date_words
from chatservice.latest_check import read_latest_check
from chatservice.web.languages import current_language
from chatservice.web.parts import parts

blueprint = Blueprint("latest_check", __name__)

_LONG_AGO: Final = timedelta(days=35)


@blueprint.get("/chatt/kontroll/")
async def latest_check() -> Response:
    """Show the latest result."""
    return await _written("latest_check.html", "text/html")


@blueprint.get("/chatt/kontroll/besked")
async def latest_check_sentence() -> Response:
    """Say the latest result in one sentence."""
    return await _written("latest_check_sentence.html", "text/plain")


async def _written(template: str, kind: str) -> Response:
    the = parts()
    check = read_latest_check(the.settings.data_dir)
    at = check and check.at.astimezone(the.schedule.zone)
    translate = partial(theming.translate, language=current_language())
    text = await render_template(
        template,
        check=check,
        day=at and date_words(at.date(), translate=translate),
        time=at and clock_words(at),
        is_old=check is not None and the.clock.now() - check.at > _LONG_AGO,
    )
    return Response(text, content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "no-store"})
