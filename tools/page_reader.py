"""Reads pages for Pelican: one parser for all of them, several processes where there are many, and each page once.

A Pelican plug-in (named in pelicanconf.py). Pelican makes a parser for every page and reads one page after the other.
Here a parser is made once, and many pages are read by as many processes as there are processors, each a fork of this
one. What was made of each file is also written to CHAT_CONVERSIONS, when that names a file: the content check, which
runs beside Pelican, then need not read everything again (tools/content_check/rendered.py). Figures: bench/README.md.
"""
# Pelican and Markdown carry no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import hashlib
import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

from markdown import Markdown
from pelican import signals
from pelican.readers import MarkdownReader
from pelican.utils import pelican_open

from tools.page_versions import read_name
from tools.typography import TypographyExtension

FEWEST_FOR_PROCESSES = 200
"""With fewer pages, starting processes costs more than they save."""

_META_PRIORITY = 27


class Parser:
    """Markdown as the settings want it, made once; turns one file at a time into HTML and its fields as written."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.markdown = Markdown(**settings["MARKDOWN"])
        TypographyExtension().extendMarkdown(self.markdown)
        self._main_language = settings["DEFAULT_LANG"]

    def convert(self, source_path: str) -> tuple[str, dict[str, list[str]]]:
        """Read a page."""
        markdown: Any = self.markdown
        language = read_name(Path(source_path).stem).language or self._main_language
        markdown.treeprocessors["typography"].language = language
        with pelican_open(source_path) as text:
            return markdown.reset().convert(text), markdown.Meta


class Reader(MarkdownReader):
    """Pelican's reader, with a parser that lasts and with what other processes have read."""

    converted: dict[str, tuple[str, dict[str, list[str]]]] = {}  # noqa: RUF012 (one build, one process)
    _parser: Parser | None = None

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Read a page: its HTML and its fields."""
        self._parser = self._parser or Parser(self.settings)
        self._md = self._parser.markdown
        self._source_path = source_path
        content, fields = self.converted.pop(source_path, None) or self._parser.convert(source_path)
        meta = self._md.preprocessors["meta"]
        try:
            return content, self._parse_metadata(fields)
        finally:
            # Pelican takes it away to read the fields, and counts on a parser that is thrown away.
            if "meta" not in self._md.preprocessors:
                self._md.preprocessors.register(meta, "meta", _META_PRIORITY)


def read_ahead(pelican: Any) -> None:
    """Read every page in several processes, where the system can fork and there are enough of them."""
    Reader.converted = {}
    settings = pelican.settings
    if not settings.get("READ_AHEAD", True):  # the preview kills a build that a new save has made useless
        return
    reader = MarkdownReader(settings)  # completes settings["MARKDOWN"], as Pelican's own does
    folders = [Path(settings["PATH"], name) for name in settings["PAGE_PATHS"]]
    pages = sorted(str(path) for folder in folders for path in folder.glob("**/*.md"))
    processors = os.cpu_count() or 1
    if len(pages) < FEWEST_FOR_PROCESSES or processors == 1:
        return
    if "fork" not in multiprocessing.get_all_start_methods():
        return
    parser = Parser(reader.settings)
    with multiprocessing.get_context("fork").Pool(processors, _use, (parser,)) as pool:
        Reader.converted = dict(zip(pages, pool.map(_convert, pages, chunksize=20), strict=True))


def tell_check(readers: Any) -> None:
    """Read with our reader, and write down what was read so far for the content check."""
    readers.reader_classes["md"] = Reader
    file = os.environ.get("CHAT_CONVERSIONS")
    if not file or Path(file).exists():
        return
    html = {digest_of(Path(path).read_bytes()): content for path, (content, _) in Reader.converted.items()}
    fresh = Path(f"{file}.new")
    fresh.write_text(json.dumps(html, ensure_ascii=False), "utf-8")
    fresh.replace(file)


def digest_of(page: bytes) -> str:
    """Name a page's file by what stands in it."""
    return hashlib.sha256(page).hexdigest()


_parser_here: Parser | None = None


def _use(parser: Parser) -> None:
    global _parser_here  # a process of the pool has one parser: the one it was forked with
    _parser_here = parser


def _convert(path: str) -> tuple[str, dict[str, list[str]]]:
    assert _parser_here is not None
    return _parser_here.convert(path)


def register() -> None:
    """Connect to Pelican."""
    signals.initialized.connect(read_ahead)
    signals.readers_init.connect(tell_check)
