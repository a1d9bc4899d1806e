"""Sets the quotes and dashes of a page's text as its language does, and reads Markdown without waste.

A Pelican plug-in (named in pelicanconf.py). It stands in for the extension `smarty`, which costs more than everything
else in Markdown together, and for making a parser for each page: measured in bench/README.md. Straight quotes, `--`,
`---` and `...` in text become what a book would print; code and addresses are left alone.
"""
# Pelican and Markdown carry no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingParameterType=false

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pelican import signals
from pelican.readers import MarkdownReader
from pelican.utils import pelican_open

from tools.page_versions import read_name

QUOTES = {"sv": "””’’", "en": "“”‘’"}  # noqa: RUF001
"""By language: opening and closing double quote, opening and closing single quote."""

_LEFT_ALONE = frozenset({"code", "pre", "kbd", "samp", "script", "style"})
_WITHIN_A_LINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "br",
        "cite",
        "code",
        "em",
        "i",
        "img",
        "kbd",
        "q",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
    }
)
_OPENS_AFTER = frozenset(" \t\n([{–—-/\u00a0")
_MARK = re.compile(r"""["']|(?<!-)-{2,3}(?!-)|\.\.\.""")
_DASHES = {"--": "–", "---": "—", "...": "…"}
_AFTER_INLINE = 15
_META_PRIORITY = 27


class Typography(Treeprocessor):
    """Walks the finished tree once. `language` is set before each page."""

    language = "sv"

    def run(self, root: Element) -> None:
        """Set the text of a page."""
        self._before = " "
        self._walk(root)

    def _walk(self, element: Element) -> None:
        within_a_line = element.tag in _WITHIN_A_LINE
        if not within_a_line:
            self._before = " "
        if element.tag in _LEFT_ALONE:
            self._before = "x"
        else:
            if element.text:
                element.text = self._set(element.text)
            for child in element:
                self._walk(child)
                if child.tail:
                    child.tail = self._set(child.tail)
        if not within_a_line:
            self._before = " "

    def _set(self, text: str) -> Any:
        before, self._before = self._before, text[-1]
        if not _MARK.search(text):
            return text
        quotes = QUOTES.get(self.language, QUOTES["en"])

        def mark(found: re.Match[str]) -> str:
            if found[0] in _DASHES:
                return _DASHES[found[0]]
            last = text[found.start() - 1] if found.start() else before
            single = 2 if found[0] == "'" else 0
            return quotes[single + (last not in _OPENS_AFTER)]

        # The same kind of string: an AtomicString stays one.
        return type(text)(_MARK.sub(mark, text))


class TypographyExtension(Extension):
    """Adds the walk after everything within a line has been read."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802 (Markdown's name)
        """Register it."""
        md.treeprocessors.register(Typography(md), "typography", _AFTER_INLINE)


class Reader(MarkdownReader):
    """Pelican's reader with one parser for all pages, told the language of each."""

    _parser: Any = None

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Read a page: its HTML and its fields."""
        if self._parser is None:
            self._parser = Markdown(**self.settings["MARKDOWN"])
            TypographyExtension().extendMarkdown(self._parser)
        self._md = self._parser.reset()
        self._source_path = source_path
        meta = self._md.preprocessors["meta"]
        language = read_name(Path(source_path).stem).language or self.settings["DEFAULT_LANG"]
        self._md.treeprocessors["typography"].language = language
        with pelican_open(source_path) as text:
            content = self._md.convert(text)
        try:
            return content, self._parse_metadata(self._md.Meta)
        finally:
            # Pelican takes it away to read the fields, and counts on a parser that is thrown away.
            if "meta" not in self._md.preprocessors:
                self._md.preprocessors.register(meta, "meta", _META_PRIORITY)


def use_reader(readers: Any) -> None:
    """Read Markdown with our reader."""
    readers.reader_classes["md"] = Reader


def register() -> None:
    """Connect to Pelican."""
    signals.readers_init.connect(use_reader)
