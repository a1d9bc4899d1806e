"""Reads the pages of content/pages: fields at the top, body, and the address each will have.

An unreadable page is noted and left out. Knows Pelican's metadata form and the addresses of pelicanconf.py; the rules
about them are in fields.py, links.py and markup.py.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.content_check.findings import Findings
from tools.content_check.rendered import Rendered, render, take_apart
from tools.conversions import digest_of
from tools.page_versions import PageName, place_of, read_name
from tools.typography import written_as

_FIELD = re.compile(r"[ ]{0,3}([\wÅÄÖåäö-]+):[ \t]*(.*)$")
_CONTINUED = re.compile(r"[ ]{4,}(.*)$")
_DOUBLY_ENCODED = re.compile("Ã[¥¤¶…„–]|â€|\ufffd")


@dataclass(frozen=True, slots=True)
class Field:
    """A field at the top of a page as it was written, and its line."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `name` is its path as told to people, `fields` by lower-case name, `body_line` its first body line."""

    path: Path
    name: str
    lines: tuple[str, ...]
    fields: dict[str, Field]
    body_line: int
    rendered: Rendered
    main_language: str = "sv"

    def value(self, field: str) -> str:
        """Give a field's value, or nothing."""
        return self.fields[field].value if field in self.fields else ""

    @property
    def slug(self) -> str:
        """The last part of the address."""
        return self.value("slug") or slugify(self.path.stem)

    @property
    def file_name(self) -> PageName:
        """What the file's name says: which page it is, and which version of it."""
        return read_name(self.path.stem)

    @property
    def address(self) -> str:
        """Where the page will stand: /slug/, /, or what its fields say."""
        save_as = self.value("save_as")
        if save_as:
            return "/" + save_as.strip("/").removesuffix("index.html")
        name = self.file_name
        language = self.value("lang") or name.language or self.main_language
        return "/" + place_of(name, self.slug, language, self.main_language)

    @property
    def is_published(self) -> bool:
        """Whether readers can reach it."""
        return (self.value("status") or "published").lower() in {"published", "hidden"}

    def line_of(self, text: str, occurrence: int = 1) -> int:
        """Find the line where the text stands for the nth time in the body; the body's first line when it does not."""
        pattern = re.compile(written_as(text) + r"(?![\w/#?.=&-]*[\w/#=&])")
        for number, line in enumerate(self.lines[self.body_line - 1 :], self.body_line):
            occurrence -= len(pattern.findall(line))
            if occurrence <= 0:
                return number
        return self.body_line


def slugify(text: str) -> str:
    """Make the address part that Pelican makes of a file name."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_text).strip()).lower()


def read_pages(
    content_dir: Path, findings: Findings, main_language: str = "sv", made: Mapping[str, str] | None = None
) -> list[Page]:
    """Read every page of content/pages, in order of path. A page without a language is in the main one.

    `made` holds the HTML of pages that somebody has rendered already (tools/conversions.py).
    """
    folder = content_dir / "pages"
    pages: list[Page] = []
    if not folder.is_dir():
        findings.refuse(
            f"{content_dir.name}/pages", 1, "Mappen finns inte.", "Lägg tillbaka den med sidorna i."
        )
        return pages
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(".") or not path.is_file():
            continue
        name = f"{content_dir.name}/{path.relative_to(content_dir).as_posix()}"
        if path.suffix != ".md":
            what = f"Filen slutar på ”{path.suffix}” och blir ingen sida."
            findings.advise(name, 1, what, "Spara den som .md, eller flytta bilden till content/images.")
            continue
        if page := _read_page(path, name, findings, main_language, made or {}):
            pages.append(page)
    findings.pages = len(pages)
    return pages


def _read_page(
    path: Path, name: str, findings: Findings, main_language: str, made: Mapping[str, str]
) -> Page | None:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = "Filen är inte sparad som UTF-8, så å, ä och ö blir fel."
        findings.refuse(name, line, what, "Spara om filen med teckenkodningen UTF-8.")
        return None
    lines = tuple(text.splitlines())
    for number, line in enumerate(lines, 1):
        if found := _DOUBLY_ENCODED.search(line):
            what = f"Tecknen ”{found[0]}” ser ut som ett å, ä eller ö som blivit fel."
            findings.refuse(name, number, what, "Skriv om ordet och spara filen som UTF-8.")
    fields, body_line = _read_fields(lines)
    html = made.get(digest_of(data, read_name(path.stem).language)) if made else None
    rendered = render("\n".join(lines[body_line - 1 :])) if html is None else take_apart(html)
    return Page(path, name, lines, fields, body_line, rendered, main_language)


def _read_fields(lines: tuple[str, ...]) -> tuple[dict[str, Field], int]:
    """Read the fields as Pelican does: up to the first line that is neither a field nor its continuation."""
    fields: dict[str, Field] = {}
    latest = ""
    start = 1 if lines[:1] == ("---",) else 0
    for index in range(start, len(lines)):
        line = lines[index]
        if found := _FIELD.match(line):
            latest = found[1].lower()
            fields[latest] = Field(found[1], found[2].strip(), index + 1)
        elif latest and (more := _CONTINUED.match(line)):
            before = fields[latest]
            fields[latest] = Field(before.name, f"{before.value} {more[1].strip()}", before.line)
        else:
            return fields, index + (2 if line.strip() in {"", "---", "..."} else 1)
    return fields, len(lines) + 1
