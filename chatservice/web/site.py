"""The built site, served beside the chat on one origin by the embedded default.

In production a web server in front may serve the same folder instead. Knows files and nothing of the chat.
"""

from pathlib import Path

from quart import Blueprint, Response, abort, redirect
from quart.helpers import send_file  # pyright: ignore[reportUnknownVariableType] -- PathLike without its type
from quart.typing import ResponseReturnValue
from werkzeug.security import safe_join

_INDEX = "index.html"


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
        response: Response = await send_file(file, conditional=True, cache_timeout=0)
        # Always asked again and answered 304 when unchanged: a published correction is seen at once.
        response.headers["Cache-Control"] = "no-cache"
        return response

    return blueprint


def _find(site_dir: Path, path: str) -> Path | None:
    """Return the file for a path inside the site, a folder's index page for a folder, or None."""
    joined = safe_join(str(site_dir), path)
    if joined is None:
        return None
    file = Path(joined)
    if file.is_dir():
        file = file / _INDEX
    return file if file.is_file() else None
