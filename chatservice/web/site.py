"""The built site, served beside the chat on one origin by the embedded default.

In production a web server in front may serve the same folder instead. Knows files and nothing of the chat.
"""

from pathlib import Path

from quart import Blueprint, Response, abort, redirect, send_file
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
        joined = safe_join(str(site_dir), path)
        if joined is None:
            abort(404)
        file = Path(joined)
        if file.is_dir():
            if path and not path.endswith("/"):
                return redirect(f"/{path}/", 308)
            file = file / _INDEX
        if not file.is_file():
            abort(404)
        response: Response = await send_file(file, conditional=True, cache_timeout=0)
        # Always asked again and answered 304 when unchanged: a published correction is seen at once.
        response.headers["Cache-Control"] = "no-cache"
        return response

    return blueprint


def not_found_page(site_dir: Path | None) -> str | None:
    """Return the site's own page for what is not there, or None without a built site."""
    file = site_dir / "404.html" if site_dir else None
    return file.read_text(encoding="utf-8") if file and file.is_file() else None
