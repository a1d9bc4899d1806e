"""Lets plain text pass by Markdown's search for what can stand within a line: a quarter of its time.

An extension of Markdown, used by page_reader.py. Markdown tries each of its patterns (code, links, emphasis, …) on each
text of a page, one after the other; most texts hold none of the signs with which any of them begins. Such a text is
marked as finished while Markdown searches, and is an ordinary text again afterwards, so that what comes later sees no
difference. Knows Markdown's patterns: with one among them that it does not know it lets nothing pass.
"""
# Markdown carries no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingParameterType=false

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import STX, AtomicString

# Every pattern needs one of the signs, or two spaces at the end of a line.
_SIGN = re.compile(rf"[`\\*_\[!<&{STX}]|  \n")
_KNOWN_PATTERNS = frozenset(
    {
        "autolink",
        "automail",
        "backtick",
        "em_strong",
        "em_strong2",
        "entity",
        "escape",
        "footnote",
        "html",
        "image_link",
        "image_reference",
        "linebreak",
        "link",
        "not_strong",
        "reference",
        "short_image_ref",
        "short_reference",
    }
)
_BEFORE_INLINE, _AFTER_INLINE = 21, 19


class _MarkPlainText(Treeprocessor):
    """Marks what Markdown need not search."""

    def __init__(self, md: Any) -> None:
        super().__init__(md)
        self.texts: list[Element] = []
        self.tails: list[Element] = []

    def run(self, root: Element) -> None:
        """Mark the plain texts of a page."""
        patterns = self.md.inlinePatterns
        if sum(name in patterns for name in _KNOWN_PATTERNS) != len(patterns):
            return
        has_sign = _SIGN.search
        for element in root.iter():
            text, tail = element.text, element.tail
            if text and not has_sign(text) and not isinstance(text, AtomicString):
                element.text = AtomicString(text)
                self.texts.append(element)
            if tail and not has_sign(tail) and not isinstance(tail, AtomicString):
                element.tail = AtomicString(tail)
                self.tails.append(element)


class _UnmarkPlainText(Treeprocessor):
    """Takes the marks away."""

    def __init__(self, md: Any, marked: _MarkPlainText) -> None:
        super().__init__(md)
        self._marked = marked

    def run(self, root: Element) -> None:
        """Make ordinary texts of the marked ones."""
        for element in self._marked.texts:
            element.text = str(element.text)
        for element in self._marked.tails:
            element.tail = str(element.tail)
        self._marked.texts, self._marked.tails = [], []


class PlainTextExtension(Extension):
    """Adds both steps, around the search."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802 (Markdown's name)
        """Register them."""
        marking = _MarkPlainText(md)
        md.treeprocessors.register(marking, "mark_plain_text", _BEFORE_INLINE)
        md.treeprocessors.register(_UnmarkPlainText(md, marking), "unmark_plain_text", _AFTER_INLINE)
