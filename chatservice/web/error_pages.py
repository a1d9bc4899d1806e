"""What a person reads when something cannot be shown: in their language and with a way on.

Never with details of the inside. The only place that ties errors to HTTP. Answers JSON to scripts that ask for it.
"""

from dataclasses import dataclass

from quart import Quart, Response, has_websocket_context, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from chatservice.domain.opening_words import N_
from chatservice.errors import (
    ChatError,
    LiveStoreAwayError,
    MalformedError,
    NotOwnerError,
    RecordsAwayError,
    RefusedError,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A heading and one or two sentences."""

    heading: str
    text: str


WORDS = {
    400: Words(
        N_("Det gick inte att läsa"), N_("Något i det som skickades var fel. Gå tillbaka och försök igen.")
    ),
    401: Words(N_("Du är inte inloggad"), N_("Logga in och försök igen.")),
    403: Words(
        N_("Det här får du inte öppna"), N_("Sidan är för någon annan, eller så kom du hit på en omväg.")
    ),
    404: Words(
        N_("Här finns ingen sida"),
        N_("Adressen kan vara felskriven, eller så har sidan flyttat. Du har inte gjort något fel."),
    ),
    405: Words(N_("Det går inte att göra så här"), N_("Gå tillbaka och försök igen.")),
    413: Words(N_("Det var för mycket på en gång"), N_("Gå tillbaka och försök med mindre.")),
    500: Words(
        N_("Något gick fel hos oss"),
        N_("Det är inte ditt fel. Vänta en liten stund och försök igen."),
    ),
    503: Words(N_("Det är för många här just nu"), N_("Vänta en liten stund och försök igen.")),
}
STATUS = {MalformedError: 400, NotOwnerError: 403, LiveStoreAwayError: 503, RecordsAwayError: 503}
RECORDS_AWAY = Words(
    N_("Det går inte just nu"),
    N_(
        "Vi når inte databasen där konton, pass och inställningar finns. Det är inte ditt fel. Samtal som pågår "
        "fortsätter som vanligt. Vänta en liten stund och försök igen."
    ),
)
LIVE_STORE_AWAY = Words(
    N_("Chatten går inte att nå just nu"),
    N_(
        "Det är inte ditt fel, och vi försöker få i gång den igen. Samtal som pågick kommer tillbaka av sig själva i "
        "sidor som står öppna. Vänta en liten stund och försök igen."
    ),
)
AWAY = {RecordsAwayError.code: RECORDS_AWAY, LiveStoreAwayError.code: LIVE_STORE_AWAY}
_ASK_AGAIN_S = 30


def register_error_pages(app: Quart) -> None:
    """Answer every error of the app with a page, or with its code to scripts."""

    async def http_error(error: HTTPException) -> Response:
        # A redirect is an HTTPException too.
        if error.response is not None or error.code is None or error.code < 400:
            return Response(status=error.code or 500, headers=dict(error.get_headers()))
        answer = await _answer(error.code, "http")
        # HTTP wants a refused method told which there are.
        answer.headers.update({name: value for name, value in error.get_headers() if name == "Allow"})
        return answer

    async def chat_error(error: ChatError) -> Response:
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), None)
        return await _answer(status or (403 if isinstance(error, RefusedError) else 500), error.code)

    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(ChatError, chat_error)


async def _answer(status: int, code: str) -> Response:
    if has_websocket_context():
        # A refused handshake has no page and no request of its own.
        return Response(status=status)
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        response = jsonify({"error": code})
    else:
        words = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
        words = AWAY.get(code, words)
        page = await render_template("error.html", words=words, status=status)
        response = Response(page, content_type="text/html; charset=utf-8")
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if code in AWAY:
        response.headers["Retry-After"] = str(_ASK_AGAIN_S)
    return response
