"""Sets the quotes and dashes of a page's text as its language does.

An extension of Markdown, used by page_reader.py. It stands in for `smarty`, which costs more than everything else in
Markdown together: measured in bench/README.md. Straight quotes, `--`, `---` and `...` in text become what a book would
print; code and addresses are left alone. `written_as` says how such a text may have been written.
"""
# Markdown carries no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingParameterType=false

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

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
_WRITTEN = {
    **dict.fromkeys("“”", '["“”]'),
    **dict.fromkeys("‘’", "['‘’]"),  # noqa: RUF001
    **{sign: f"(?:{sign}|{re.escape(written)})" for written, sign in _DASHES.items()},
}


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


def written_as(text: str) -> str:
    """Give a pattern that finds a finished text where it was written, with straight quotes or set ones."""
    return "".join(_WRITTEN.get(letter) or re.escape(letter) for letter in text)
