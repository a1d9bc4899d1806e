"""The built site, served beside the chat on one origin by the embedded default.

Whoever asks for it gets the smaller form of a file, `page.html.br` or `page.html.gz`, made when the site was built
(tools/precompressed.py). In production a web server in front may serve the same folder instead. Knows files and nothing
of the chat. Read kept_answers.py next: what has been answered once is given again from memory.
"""

import mimetypes
from pathlib import Path
from typing import Final, cast

from quart import Blueprint, Quart, Response, abort, redirect, request
from quart.helpers import send_file  # pyright: ignore[reportUnknownVariableType] -- PathLike without its type
from quart.typing import ResponseReturnValue
from werkzeug.security import safe_join

from chatservice.web.kept_answers import MARK, KeptAnswers, SiteFile, choose_encoding, signature_of

_INDEX: Final = "index.html"
_WELL_KNOWN: Final = ".well-known"
_ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""The encodings, the best first, and what the names of their files end with."""

# The machine's own table of types may say anything; a module of the wrong type does not run.
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".toml": "text/plain",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}


def site_blueprint(site_dir: Path) -> Blueprint:
    """Return the routes that serve the built site in `site_dir`."""
    blueprint = Blueprint("site", __name__)

    @blueprint.get("/")
    @blueprint.get("/<path:path>")
    async def page(path: str = "") -> ResponseReturnValue:
        """Answer with a file of the site; a folder answers with its index page."""
        file = _find(site_dir, path)
        if file is None:
            abort(404)
        if file.name == _INDEX and path and not path.endswith(("/", _INDEX)):
            return redirect(f"/{path}/", 308)
        return await _send(file, is_its_address=f"/{path}" in _addresses(site_dir, file))

    blueprint.record_once(lambda state: _keep_answers(cast("Quart", state.app)))
    return blueprint


def _keep_answers(app: Quart) -> None:
    app.asgi_app = KeptAnswers(app.asgi_app)  # type: ignore[method-assign] -- Quart's own place for such a layer


def _addresses(site_dir: Path, file: Path) -> tuple[str, ...]:
    """Return the addresses under which a file is kept in memory; it has others, such as with a slash after it."""
    address = f"/{file.relative_to(site_dir).as_posix()}"
    return address, address.removesuffix(_INDEX)


async def _send(file: Path, *, is_its_address: bool) -> Response:
    forms = {name: file.with_name(file.name + suffix) for name, suffix in _ENCODINGS.items()}
    forms = {name: form for name, form in forms.items() if form.is_file()}
    # A part of a file is counted in the bytes of the file itself.
    encoding = None if "Range" in request.headers else choose_encoding(request.accept_encodings, tuple(forms))
    if is_its_address:
        paths = (file, forms[encoding]) if encoding else (file,)
        signatures = tuple(signature_of(path) for path in paths)
        request.scope[MARK] = SiteFile(tuple(forms), encoding, paths, signatures)  # type: ignore[typeddict-unknown-key]
    response: Response = await send_file(
        forms[encoding] if encoding else file, mimetype=_type_of(file), conditional=True, cache_timeout=0
    )
    # Always asked again and answered 304 when unchanged: a published correction is seen at once.
    response.headers["Cache-Control"] = "no-cache"
    # The tag says what these say, and better; the chat has forty files.
    response.headers.pop("Expires", None)
    response.headers.pop("Last-Modified", None)
    # A player asks for parts of a film only where it is told that it may.
    if not forms:
        response.accept_ranges = "bytes"
    else:
        response.vary.add("Accept-Encoding")
    if encoding and response.status_code == 200:
        response.headers["Content-Encoding"] = encoding
    return response


def _type_of(file: Path) -> str:
    return _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _find(site_dir: Path, path: str) -> Path | None:
    """Return the file for a path inside the site, a folder's index page for a folder, or None.

    What begins with a dot is the builder's own, but for the well-known folder (RFC 8615). A compressed form has no
    address.
    """
    joined = safe_join(str(site_dir), path)
    if joined is None or any(part.startswith(".") and part != _WELL_KNOWN for part in path.split("/")):
        return None
    file = Path(joined)
    if file.is_dir():
        file = file / _INDEX
    if file.suffix in _ENCODINGS.values() and file.with_suffix("").is_file():
        return None
    return file if file.is_file() else None
