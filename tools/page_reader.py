"""Reads pages for Pelican: one parser for all of them, several processes where there are many, and each page once.

A Pelican plug-in (named in pelicanconf.py). Pelican makes a parser for every page and reads one page after the other.
Here a parser is made once, and many pages are read by as many processes as there are processors, each a fork of this
one. Where CHAT_CONVERSIONS names a file, what was made of each page is written there (conversions.py): the content
check, which runs beside Pelican, then need not read everything again, and neither need the next build, which finds it
in CHAT_EARLIER_CONVERSIONS. Figures: bench/README.md.
"""
# Pelican and Markdown carry no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import hashlib
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import markdown
from markdown import Markdown
from pelican import signals
from pelican.readers import MarkdownReader

from tools import page_versions, plain_text, typography
from tools.conversions import Conversion, digest_of, read, write
from tools.page_versions import read_name
from tools.plain_text import PlainTextExtension
from tools.typography import TypographyExtension

FEWEST_FOR_PROCESSES = 200
"""With fewer pages, starting processes costs more than they save."""

_META_PRIORITY = 27


class Parser:
    """Markdown as the settings want it, made once; turns one file at a time into HTML and its fields as written."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.markdown = Markdown(**settings["MARKDOWN"])
        PlainTextExtension().extendMarkdown(self.markdown)
        TypographyExtension().extendMarkdown(self.markdown)
        self._main_language = settings["DEFAULT_LANG"]

    def convert(self, source_path: str) -> tuple[str, Conversion]:
        """Read a page, and name it by the very bytes that were read: an editor may be saving meanwhile."""
        parser: Any = self.markdown
        language = read_name(Path(source_path).stem).language
        parser.treeprocessors["typography"].language = language or self._main_language
        page = Path(source_path).read_bytes()
        html = parser.reset().convert(page.decode("utf-8-sig"))
        return digest_of(page, language), Conversion(html, parser.Meta)


class Reader(MarkdownReader):
    """Pelican's reader, with a parser that lasts and with what other processes have read."""

    converted: dict[str, Conversion] = {}  # noqa: RUF012 (one build, one process)
    _parser: Parser | None = None

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Read a page: its HTML and its fields."""
        self._parser = self._parser or Parser(self.settings)
        self._md = self._parser.markdown
        self._source_path = source_path
        content, fields = self.converted.pop(source_path, None) or self._parser.convert(source_path)[1]
        meta = self._md.preprocessors["meta"]
        try:
            return content, self._parse_metadata(fields)
        finally:
            # Pelican takes it away to read the fields, and counts on a parser that is thrown away.
            if "meta" not in self._md.preprocessors:
                self._md.preprocessors.register(meta, "meta", _META_PRIORITY)


def read_ahead(pelican: Any) -> None:
    """Read many pages before Pelican asks for them: in several processes, and none that the build before has read."""
    Reader.converted = {}
    settings = pelican.settings
    if not settings.get("READ_AHEAD", True):  # the preview kills a build that a new save has made useless
        return
    reader = MarkdownReader(settings)  # completes settings["MARKDOWN"], as Pelican's own does
    folders = [Path(settings["PATH"], name) for name in settings["PAGE_PATHS"]]
    pages = sorted(str(path) for folder in folders for path in folder.glob("**/*.md"))
    file = os.environ.get("CHAT_CONVERSIONS")
    if not file and len(pages) < FEWEST_FOR_PROCESSES:
        return
    made_by = _made_by(reader.settings)
    earlier = os.environ.get("CHAT_EARLIER_CONVERSIONS")
    read_pages = _kept_from(Path(earlier), made_by, pages) if earlier else {}
    unread = [page for page in pages if page not in read_pages]
    read_pages |= zip(unread, _convert_all(unread, Parser(reader.settings)), strict=True)
    Reader.converted = {page: conversion for page, (_, conversion) in read_pages.items()}
    if file:
        write(Path(file), made_by, dict(read_pages.values()))


def _kept_from(earlier: Path, made_by: str, pages: list[str]) -> dict[str, tuple[str, Conversion]]:
    kept = read(earlier, made_by)
    digests = {
        page: digest_of(Path(page).read_bytes(), read_name(Path(page).stem).language) for page in pages
    }
    return {page: (digest, kept[digest]) for page, digest in digests.items() if digest in kept}


def _convert_all(pages: list[str], parser: Parser) -> list[tuple[str, Conversion]]:
    """Read pages in as many processes as there are processors, where the system can fork and it is worth it."""
    processors = os.cpu_count() or 1
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    if len(pages) < FEWEST_FOR_PROCESSES or processors == 1 or not can_fork:
        return [parser.convert(page) for page in pages]
    with multiprocessing.get_context("fork").Pool(processors, _use, (parser,)) as pool:
        return pool.map(_convert, pages, chunksize=20)


def _made_by(settings: dict[str, Any]) -> str:
    """Name what decides, beside a page's own file, what becomes of it."""
    digest = hashlib.sha256()
    for part in (sys.version, markdown.__version__, settings["MARKDOWN"], settings["DEFAULT_LANG"]):
        digest.update(f"{part!r}\0".encode())
    for path in (
        Path(__file__),
        Path(page_versions.__file__),
        Path(plain_text.__file__),
        Path(typography.__file__),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def use_reader(readers: Any) -> None:
    """Read with our reader."""
    readers.reader_classes["md"] = Reader


_parser_here: Parser | None = None


def _use(parser: Parser) -> None:
    global _parser_here  # a process of the pool has one parser: the one it was forked with
    _parser_here = parser


def _convert(path: str) -> tuple[str, Conversion]:
    assert _parser_here is not None
    return _parser_here.convert(path)


def register() -> None:
    """Connect to Pelican."""
    signals.initialized.connect(read_ahead)
    signals.readers_init.connect(use_reader)
