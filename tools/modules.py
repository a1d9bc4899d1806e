"""Publishes the browser's modules without the comments that stand on lines of their own: a third less on the wire.

A Pelican plug-in (named in pelicanconf.py) and a function that gives the same bytes. Names, lines and order stay as
they are in theme/static/js, where the comments can be read; nothing is joined, renamed or rewritten, so that whoever
checks what a browser was sent can lay it beside its source. Vendored files are left alone: their hashes are published.
"""

import re
from pathlib import Path
from typing import Any, Final

from pelican import signals  # pyright: ignore[reportMissingTypeStubs]

FOLDER: Final = "js"

_IMPORTED: Final = re.compile(
    r"""^(?:import|export|\})[^'"]*?\bfrom '(\.[^']+)'|^import '(\.[^']+)'""", re.MULTILINE
)
_ONE_LINE: Final = re.compile(r"\s*(?://.*|/\*(?:(?!\*/).)*\*/\s*)")
_BEGINS: Final = re.compile(r"\s*/\*(?:(?!\*/).)*")
_ENDS: Final = re.compile(r"(?:(?!\*/).)*\*/\s*")


class UnsureError(Exception):
    """A module has something that could be mistaken for a comment, or a comment for something else."""


def without_comments(source: str) -> str:
    """Leave out comments that have their lines to themselves, and empty lines.

    Raises UnsureError where a text may go on over several lines, since a line of it could look like a comment.
    """
    kept: list[str] = []
    within = False
    for line in source.splitlines():
        if within:
            within = "*/" not in line
            if not within and not _ENDS.fullmatch(line):
                raise UnsureError("something stands behind the end of a comment")
        elif _BEGINS.fullmatch(line):
            within = True
        elif line.strip() and not _ONE_LINE.fullmatch(line):
            if line.count("`") % 2:
                raise UnsureError("a text between backticks goes on over lines")
            kept.append(line)
    return "\n".join(kept) + "\n"


def published(static: Path) -> dict[str, bytes]:
    """Give every module as it is published, by its path in the theme. Raises UnsureError."""
    modules: dict[str, bytes] = {}
    for path in sorted((static / FOLDER).rglob("*.js")):
        name = path.relative_to(static).as_posix()
        try:
            modules[name] = without_comments(path.read_text("utf-8")).encode()
        except UnsureError as error:
            raise UnsureError(f"theme/static/{name}: {error}. Skriv om stället på enkla rader.") from error
    return modules


def imported_by(static: Path, entry: str) -> tuple[str, ...]:
    """List the modules that an entry needs before it runs, by their path in the theme, those that it names first.

    A page that tells its browser of them (`modulepreload`) gets them all at once, not one storey after the other.
    What is fetched later, by `import()`, is not among them.
    """
    root = static.resolve()
    found = [root / FOLDER / "entries" / f"{entry}.js"]
    for module in found:
        for names in _IMPORTED.findall(module.read_text("utf-8")):
            path = (module.parent / "".join(names)).resolve()
            if path not in found:
                found.append(path)
    return tuple(path.relative_to(root).as_posix() for path in found[1:])


def publish(pelican: Any) -> None:
    """Replace the copied modules of an output folder."""
    theme = Path(pelican.output_path, pelican.settings["THEME_STATIC_DIR"])
    for name, module in published(Path(pelican.settings["THEME"], "static")).items():
        (theme / name).write_bytes(module)


def register() -> None:
    """Connect to Pelican."""
    signals.finalized.connect(publish)
