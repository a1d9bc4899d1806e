"""The contact form: a page that works without a script, and the letter that comes from it.

Knows the form, its page and what keeps machines away. What a letter may be is decided in domain/letter.py, what happens
to it in usecases/letters.py. Whatever goes wrong, the page comes back with everything that was written.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from quart import Blueprint, Response, jsonify, redirect, render_template, request
from quart.typing import ResponseReturnValue

from chatservice.domain.letter import KEPT_FOR, LONGEST_TEXT, Topic, printable, write_letter
from chatservice.errors import InboxFullError, LetterMistakesError, LiveStoreAwayError, RecordsAwayError
from chatservice.ports import Clock
from chatservice.usecases.letters import send_letter
from chatservice.web.connection_address import address_of
from chatservice.web.forms import LARGEST_LETTER_BYTES, LetterForm, read_form
from chatservice.web.languages import in_current_language
from chatservice.web.letter_limits import LONGEST_S, QUICKEST_S, FormMarks
from chatservice.web.parts import parts

FORM_PATH = "/kontakt/skriv/"
SEND_PATH = "/kontakt/skriv/skicka/"
"""Another address than the page's: else a browser that finds no service puts its error in the page's place, and going
back no longer leads to what was written."""
THANKS_PATH = "/kontakt/skriv/tack/"
NOT_SENT: Final = {
    "mistakes": 422,
    "too_quick": 422,
    "too_old": 422,
    "trap": 422,
    "many": 429,
    "full": 503,
    "away": 503,
    "off": 503,
}
"""Why a letter was not taken, and the status of the answer."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter was not taken; `mistakes` has a code for each field that must be changed."""

    why: str
    mistakes: Mapping[str, str] = field(default_factory=dict[str, str])
    retry_after_s: float = 0


def contact_blueprint(secret: bytes, clock: Clock) -> Blueprint:
    """Make the routes of the form, of sending it and of the thanks."""
    blueprint = Blueprint("contact", __name__)
    desk = _Desk(FormMarks(secret, clock))

    @blueprint.get(FORM_PATH)
    async def form_page() -> Response:
        response = await _page(LetterForm(mark=desk.marks.issue()))
        # "no-store" would make browsers forget what was written, when somebody goes back to the page.
        response.headers["Cache-Control"] = "no-cache"
        return response

    @blueprint.get(SEND_PATH)
    async def back_to_form() -> ResponseReturnValue:
        return redirect(in_current_language(FORM_PATH), 303)

    @blueprint.post(SEND_PATH)
    async def send() -> ResponseReturnValue:
        form = await read_form(LetterForm, largest_bytes=LARGEST_LETTER_BYTES)
        refusal = await desk.take(form, address_of(request, parts().settings.proxy_hops))
        if request.accept_mimetypes.best == "application/json":
            answer = jsonify({"sent": refusal is None})
        elif refusal is None:
            return redirect(in_current_language(THANKS_PATH), 303)
        else:
            answer = await _page(desk.renewed(form, refusal), refusal)
        answer.status_code = NOT_SENT[refusal.why] if refusal else 200
        answer.headers["Cache-Control"] = "no-store"
        if refusal is not None and refusal.retry_after_s:
            answer.headers["Retry-After"] = str(int(refusal.retry_after_s) + 1)
        return answer

    @blueprint.get(THANKS_PATH)
    async def thanks_page() -> Response:
        page = await render_template("contact_thanks.html", kept_days=KEPT_FOR.days)
        return Response(page, content_type="text/html; charset=utf-8")

    return blueprint


class _Desk:
    """Takes one letter at a time, and no letter that another process has in hand: a form sent twice is one letter."""

    def __init__(self, marks: FormMarks) -> None:
        self.marks = marks
        self._one_at_a_time = asyncio.Lock()

    async def take(self, form: LetterForm, address: str) -> Refusal | None:
        """Take the letter; return why not, if not."""
        inbox = parts().inbox
        if inbox is None:
            return Refusal("off")
        if form.website:
            return Refusal("trap")
        age_s = self.marks.age_s(form.mark)
        if age_s is None or not 0 <= age_s <= LONGEST_S:
            return Refusal("too_old")
        try:
            letter = write_letter(topic=form.topic, text=form.text, email=form.email)
        except LetterMistakesError as error:
            return Refusal("mistakes", error.mistakes)
        if age_s < QUICKEST_S:
            return Refusal("too_quick")
        same = (form.mark, letter.topic.value, letter.email, letter.text)
        limits = parts().letter_limits
        async with self._one_at_a_time:
            try:
                wait_s, is_known = await limits.wait_s(address), await limits.knows(*same)
            except LiveStoreAwayError:
                return Refusal("away")
            if is_known:
                return None
            if wait_s:
                return Refusal("many", retry_after_s=wait_s)
            try:
                async with limits.in_hand(*same) as is_ours:
                    if not is_ours:
                        return None
                    await send_letter(inbox, letter)
            except InboxFullError:
                return Refusal("full")
            except RecordsAwayError:
                return Refusal("away")
            with suppress(LiveStoreAwayError):  # it has been taken, counted or not
                await limits.note(address, *same)
        return None

    def renewed(self, form: LetterForm, refusal: Refusal) -> LetterForm:
        """Return the form to show again: what was written, and a mark that will do when it is sent once more."""
        mark = self.marks.issue(age_s=QUICKEST_S) if refusal.why == "too_old" else form.mark
        return LetterForm(form.topic, printable(form.text), printable(form.email), mark)


async def _page(form: LetterForm, refusal: Refusal | None = None) -> Response:
    uses_example_key = parts().settings.is_example and not parts().organisation.keys.inbox
    page = await render_template(
        "contact_form.html",
        form=form,
        topics=[topic.value for topic in Topic],
        problem=refusal.why if refusal else ("" if parts().inbox else "off"),
        mistakes=refusal.mistakes if refusal else {},
        longest_text=LONGEST_TEXT,
        kept_days=KEPT_FOR.days,
        uses_example_key=uses_example_key,
    )
    return Response(page, content_type="text/html; charset=utf-8")
