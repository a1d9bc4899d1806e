"""The project's own files, as Git sees them: what is tracked, and what is about to be."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Other people's work, measured by its hash; and recorded material.
FOREIGN = (
    "theme/static/vendor/",
    "tests/fixtures/axe/",
    "package-lock.json",
    "tools/observatory/package-lock.json",
    "tools/page_quality/package-lock.json",
    "requirements.lock",
    "requirements-dev.lock",
)
TEXT_SUFFIXES = frozenset(
    [
        ".py",
        ".js",
        ".mjs",
        ".css",
        ".html",
        ".md",
        ".toml",
        ".json",
        ".xml",
        ".txt",
        ".po",
        ".pot",
        ".sh",
        ".cfg",
        ".ini",
        ".yml",
        ".yaml",
        ".svg",
        ".service",
        ".mako",
    ]
)


@cache
def all_files() -> tuple[str, ...]:
    """Return every path that Git tracks or would add, relative to the project, that still exists."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return tuple(sorted({path for path in listed if path and (ROOT / path).is_file()}))


def own_files(*suffixes: str, under: str = "") -> list[str]:
    """Return our own text files with one of the suffixes (all text files by default) below a folder."""
    wanted = frozenset(suffixes) or TEXT_SUFFIXES
    return [
        path
        for path in all_files()
        if path.startswith(under) and Path(path).suffix in wanted and not path.startswith(FOREIGN)
    ]


def text_of(path: str) -> str:
    """Return a file's text."""
    return (ROOT / path).read_text(encoding="utf-8")
