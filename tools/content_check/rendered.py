"""A page's Markdown as HTML, taken apart: headings, links, images, ids, forbidden markup and text.

Rendered as Pelican does it, so that what is checked is what will be shown; what Pelican has already made of a page is
taken over. Knows no rule about any of it.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from threading import Lock

from markdown import Markdown

EXTENSIONS = ("extra", "admonition", "sane_lists", "toc")
REMEMBERED = 4096
"""How many pages' parts are remembered: a preview checks every page at every save, and one of them has changed."""

_MARKDOWN = Markdown(extensions=list(EXTENSIONS), output_format="html")
_ONE_AT_A_TIME = Lock()
_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "td", "th", "blockquote"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(slots=True)
class Element:
    """A tag with its attributes and the text within it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(slots=True)
class Rendered:
    """The parts of a page that rules speak of, each in the order of the page; `blocks` are pieces of text."""

    headings: list[Element] = field(default_factory=list[Element])
    links: list[Element] = field(default_factory=list[Element])
    elements: list[Element] = field(default_factory=list[Element])
    blocks: list[str] = field(default_factory=list[str])

    @property
    def ids(self) -> set[str]:
        """The anchors of the page."""
        return {element.attributes["id"] for element in self.elements if element.attributes.get("id")}


@lru_cache(REMEMBERED)
def render(markdown_text: str) -> Rendered:
    """Render a page's body and take it apart. The same text gives the same object: nobody changes it."""
    with _ONE_AT_A_TIME:
        html = _MARKDOWN.reset().convert(markdown_text)
    return take_apart(html)


def take_apart(html: str) -> Rendered:
    """Take apart what a page's body was made into."""
    collector = _Collector()
    collector.feed(html)
    collector.close()
    return collector.rendered


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rendered = Rendered()
        self._open: list[Element] = []
        self._block = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.rendered.elements.append(element)
        if tag in _HEADINGS:
            self.rendered.headings.append(element)
            self._open.append(element)
        elif tag == "a":
            self.rendered.links.append(element)
            self._open.append(element)
        if tag in _BLOCKS:
            self._end_block()
        elif tag == "img":
            for element_open in self._open:
                element_open.text += element.attributes.get("alt", "")

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open = [element for element in self._open if element.tag != tag]
        if tag in _BLOCKS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        self._block += data

    def close(self) -> None:
        super().close()
        self._end_block()

    def updatepos(self, i: int, j: int) -> int:
        """Count no lines: they would be those of the HTML, and a finding names the page's own."""
        return j

    def _end_block(self) -> None:
        if self._block.strip():
            self.rendered.blocks.append(" ".join(self._block.split()))
        self._block = ""
