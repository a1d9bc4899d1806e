"""Joins the theme's stylesheets into the files that pages load: css/site.css, and css/staff.css for staff alone.

A Pelican plug-in (named in pelicanconf.py) and a function that gives the same bytes. The order is that of
theme/static/css/order.txt, then components/*.css by name; which rule wins is decided by the cascade layers, not by
this order. The components that staff.txt names go into the second file, which a page links beside the first one: a
visitor need not fetch what only mentors and coordinators see. Knows no rule of style.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from pelican import signals  # pyright: ignore[reportMissingTypeStubs]

STYLESHEET = "css/site.css"
STAFF_STYLESHEET = "css/staff.css"
OWN_TOKENS = Path("theme", "tokens.css")
"""In the content folder: other values for the theme's tokens, in `@layer tokens`."""

_COMMENT_OR_STRING = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
_SPACE_OR_STRING = re.compile(
    r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\s*([{};,])\s*|(:)\s+|\s+""", re.DOTALL
)


class StylesheetError(Exception):
    """A stylesheet that order.txt or staff.txt names does not exist."""


def sources(css_dir: Path) -> list[Path]:
    """List the stylesheets of every page in the order they are joined. Raises StylesheetError."""
    staff = staff_sources(css_dir)
    components = sorted((css_dir / "components").glob("*.css"))
    return _named(css_dir, "order.txt") + [path for path in components if path not in staff]


def staff_sources(css_dir: Path) -> list[Path]:
    """List the stylesheets that only staff's pages need. Raises StylesheetError."""
    return _named(css_dir, "staff.txt") if (css_dir / "staff.txt").is_file() else []


def _named(css_dir: Path, index: str) -> list[Path]:
    names = [line.strip() for line in (css_dir / index).read_text("utf-8").splitlines()]
    paths = [css_dir / name for name in names if name and not name.startswith("#")]
    for path in paths:
        if not path.is_file():
            what = f"theme/static/css/{index}: {path.name} finns inte."
            raise StylesheetError(f"{what} Rätta namnet eller lägg till filen.")
    return paths


def joined(css_dir: Path, content: Path | None = None) -> bytes:
    """Join the stylesheets of a folder, without comments and without space that means nothing.

    An organisation's own tokens (content/theme/tokens.css) come last of all and win. Raises StylesheetError.
    """
    own = content / OWN_TOKENS if content else None
    return _join([*sources(css_dir), *([own] if own and own.is_file() else [])])


def joined_for_staff(css_dir: Path) -> bytes:
    """Join the stylesheets that only staff's pages need, likewise. Raises StylesheetError."""
    return _join(staff_sources(css_dir))


def made(css_dir: Path, content: Path | None = None) -> dict[str, bytes]:
    """Give both files by their path in the theme. Raises StylesheetError."""
    return {STYLESHEET: joined(css_dir, content), STAFF_STYLESHEET: joined_for_staff(css_dir)}


def _join(paths: list[Path]) -> bytes:
    text = "\n".join(path.read_text("utf-8") for path in paths)
    text = _COMMENT_OR_STRING.sub(lambda found: "" if found[0].startswith("/*") else found[0], text)
    text = _SPACE_OR_STRING.sub(lambda found: found[1] or found[2] or found[3] or " ", text)
    return f"{text.strip()}\n".encode()


def publish(pelican: Any) -> None:
    """Replace the copied stylesheets of an output folder by the joined ones."""
    css_dir = Path(pelican.settings["THEME"], "static", "css")
    theme = Path(pelican.output_path, pelican.settings["THEME_STATIC_DIR"])
    shutil.rmtree(theme / "css", ignore_errors=True)
    (theme / "css").mkdir(parents=True)
    for name, text in made(css_dir, Path(pelican.settings["PATH"])).items():
        (theme / name).write_bytes(text)


def register() -> None:
    """Connect to Pelican."""
    signals.finalized.connect(publish)
