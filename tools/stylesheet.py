"""Joins the theme's stylesheets into the one file that pages load: theme/css/site.css.

A Pelican plug-in (named in pelicanconf.py) and a function that gives the same bytes. The order is that of
theme/static/css/order.txt, then components/*.css by name; which rule wins is decided by the cascade layers, not by
this order. Knows no rule of style.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from pelican import signals  # pyright: ignore[reportMissingTypeStubs]

STYLESHEET = "css/site.css"
OWN_TOKENS = Path("theme", "tokens.css")
"""In the content folder: other values for the theme's tokens, in `@layer tokens`."""

_COMMENT_OR_STRING = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
_SPACE_OR_STRING = re.compile(
    r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\s*([{};,])\s*|(:)\s+|\s+""", re.DOTALL
)


class StylesheetError(Exception):
    """A stylesheet that order.txt names does not exist."""


def sources(css_dir: Path) -> list[Path]:
    """List the stylesheets in the order they are joined. Raises StylesheetError."""
    names = [line.strip() for line in (css_dir / "order.txt").read_text("utf-8").splitlines()]
    ordered = [css_dir / name for name in names if name and not name.startswith("#")]
    for path in ordered:
        if not path.is_file():
            what = f"theme/static/css/order.txt: {path.name} finns inte."
            raise StylesheetError(f"{what} Rätta namnet eller lägg till filen.")
    return ordered + sorted((css_dir / "components").glob("*.css"))


def joined(css_dir: Path, content: Path | None = None) -> bytes:
    """Join the stylesheets of a folder, without comments and without space that means nothing.

    An organisation's own tokens (content/theme/tokens.css) come last of all and win. Raises StylesheetError.
    """
    own = content / OWN_TOKENS if content else None
    paths = [*sources(css_dir), *([own] if own and own.is_file() else [])]
    text = "\n".join(path.read_text("utf-8") for path in paths)
    text = _COMMENT_OR_STRING.sub(lambda found: "" if found[0].startswith("/*") else found[0], text)
    text = _SPACE_OR_STRING.sub(lambda found: found[1] or found[2] or found[3] or " ", text)
    return f"{text.strip()}\n".encode()


def publish(pelican: Any) -> None:
    """Replace the copied stylesheets of an output folder by the joined one."""
    css_dir = Path(pelican.settings["THEME"], "static", "css")
    published = Path(pelican.output_path, pelican.settings["THEME_STATIC_DIR"], "css")
    shutil.rmtree(published, ignore_errors=True)
    published.mkdir(parents=True)
    (published / "site.css").write_bytes(joined(css_dir, Path(pelican.settings["PATH"])))


def register() -> None:
    """Connect to Pelican."""
    signals.finalized.connect(publish)
