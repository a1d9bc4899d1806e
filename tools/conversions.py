"""What was made of each page's Markdown, in a file: told to the content check, and kept for the next build.

A page is known by what stands in its file and by its language (`digest_of`), not by its name or time. `made_by` names
everything else that decides what becomes of it: what was made by another Markdown, or with other settings, is nothing.
page_reader.py writes the file, pelican_run.py reads it for the check.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast


class Conversion(NamedTuple):
    """A page as HTML, and its fields as they were written."""

    html: str
    fields: dict[str, list[str]]


def digest_of(page: bytes, language: str) -> str:
    """Name a page by what stands in its file; `language` is the one that its file name says, or nothing."""
    return hashlib.sha256(language.encode() + b"\0" + page).hexdigest()


def read(file: Path, made_by: str) -> dict[str, Conversion]:
    """Give what an earlier build wrote, by digest; nothing when it was made otherwise or cannot be read."""
    try:
        kept = json.loads(file.read_bytes())
        if kept["made_by"] != made_by:
            return {}
        return {digest: Conversion(*page) for digest, page in kept["pages"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # a killed build, an older project
        return {}


def read_html(file: Path) -> dict[str, str]:
    """Give the HTML of each page, by digest. Raises OSError or ValueError."""
    pages = cast("dict[str, list[Any]]", json.loads(file.read_bytes())["pages"])
    return {digest: html for digest, (html, _) in pages.items()}


def write(file: Path, made_by: str, pages: Mapping[str, Conversion]) -> None:
    """Write it whole or not at all."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text(json.dumps({"made_by": made_by, "pages": pages}, ensure_ascii=False), "utf-8")
    fresh.replace(file)
