"""The question after a conversation: how did it feel to talk? A page that works without a script, and the answer to it.

Knows the form and how often it may be sent. Knows of no conversation: no number, token or cookie comes here, and the
answer is the same whether something was kept or not. What feedback may be stands in domain/feedback.py, what happens to
it in usecases/feedback.py.
"""

import asyncio
from contextlib import suppress
from typing import Final

from quart import Blueprint, Response, jsonify, redirect, render_template, request
from quart.typing import ResponseReturnValue

from chatservice.domain.feedback import LONGEST_LINE, write_feedback
from chatservice.errors import LiveStoreAwayError, RecordsAwayError
from chatservice.usecases.feedback import give_feedback
from chatservice.web.connection_address import address_of
from chatservice.web.forms import FeedbackForm, read_form
from chatservice.web.languages import in_current_language
from chatservice.web.parts import parts

FORM_PATH: Final = "/chatt/omdome/"
THANKS_PATH: Final = "/chatt/omdome/tack/"


def feedback_blueprint() -> Blueprint:
    """Make the routes of the question, of answering it and of the thanks."""
    blueprint = Blueprint("feedback", __name__)
    one_at_a_time = asyncio.Lock()

    @blueprint.get(FORM_PATH)
    async def form_page() -> Response:
        return await _page("feedback_form.html")

    @blueprint.post(FORM_PATH)
    async def answer() -> ResponseReturnValue:
        form = await read_form(FeedbackForm)
        feedback = write_feedback(face=form.face, line=form.line)
        address = address_of(request, parts().settings.proxy_hops)
        limits = parts().answer_limits
        # What is away is not told: she has just left a conversation, and can do nothing about them.
        async with one_at_a_time:
            with suppress(LiveStoreAwayError, RecordsAwayError):
                if (
                    feedback is not None
                    and not await limits.wait_s(address)
                    and await give_feedback(parts().feedback, feedback)
                ):
                    await limits.note(address)
        if request.accept_mimetypes.best != "application/json":
            return redirect(in_current_language(THANKS_PATH), 303)
        thanks = jsonify({"thanks": True})
        thanks.headers["Cache-Control"] = "no-store"
        return thanks

    @blueprint.get(THANKS_PATH)
    async def thanks_page() -> Response:
        return await _page("feedback_thanks.html")

    return blueprint


async def _page(template: str) -> Response:
    page = await render_template(
        template, longest_line=LONGEST_LINE, takes_line=parts().feedback.public_key is not None
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
