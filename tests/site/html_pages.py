"""Reads the built pages as a visitor's browser would, for the tests in this folder.

`read_pages(folder)` gives every page with what tests ask about: its landmarks, headings, links and what it loads.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

LANDMARKS = {"header", "nav", "main", "footer"}
# A block of data that no browser runs, so that a policy against inline scripts does not touch it.
DATA_TYPES = {"application/ld+json"}
# A film is fetched when somebody plays it; its picture and its captions come with the page.
LOADING = {
    "img": "src",
    "script": "src",
    "source": "srcset",
    "link": "href",
    "video": "poster",
    "track": "src",
    "iframe": "src",
}


@dataclass
class BuiltPage:
    """One HTML file of the site."""

    path: str
    address: str
    text: str
    language: str = ""
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    landmarks: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    card: dict[str, str] = field(default_factory=dict)
    words: str = ""

    @property
    def is_neutral(self) -> bool:
        """Tell whether this is the page that "Lämna snabbt" lands on: outside the frame on purpose."""
        return self.address == "/lugn/"


def read_pages(folder: Path) -> list[BuiltPage]:
    """Read every HTML file of a built site."""
    pages = []
    for file in sorted(folder.rglob("*.html")):
        path = file.relative_to(folder).as_posix()
        page = BuiltPage(path, "/" + path.removesuffix("index.html"), file.read_text("utf-8"))
        reader = _Reader(page)
        reader.feed(page.text)
        reader.close()
        pages.append(page)
    return pages


class _Reader(HTMLParser):
    def __init__(self, page: BuiltPage) -> None:
        super().__init__()
        self.page = page
        self.open: list[str] = []
        self.hidden_below: int | None = None
        self.link_address: str | None = None
        self.caught = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        page = self.page
        if tag == "html":
            page.language = values.get("lang", "")
        if tag == "meta" and "name" in values:
            page.metas[values["name"]] = values.get("content", "")
        if tag == "meta" and values.get("property", "").startswith("og:"):
            page.card[values["property"]] = values.get("content", "")
        # A header inside an article is no landmark.
        if tag in LANDMARKS and not {"article", "section", "main"} & set(self.open):
            page.landmarks.append(tag)
        if "id" in values:
            page.ids.append(values["id"])
        is_data = tag == "script" and values.get("type") in DATA_TYPES
        if "style" in values or tag == "style" or (tag == "script" and "src" not in values and not is_data):
            page.inline.append(tag)
        if is_data:
            page.data.append("")
        if tag == "link" and values.get("rel") == "canonical":
            page.canonical = values.get("href", "")
            return
        if tag == "link" and values.get("rel") == "alternate":
            page.alternates[values.get("hreflang", "")] = values.get("href", "")
            return
        page.inline.extend(name for name in values if name.startswith("on"))
        if tag in LOADING and LOADING[tag] in values:
            page.loads.append(values[LOADING[tag]])
        if tag == "a" and "href" in values:
            self.link_address = values["href"]
            self.caught = ""
        if tag in {"title", "h1", "h2", "h3", "h4"}:
            self.caught = ""
        if tag not in {"meta", "link", "img", "source", "track", "br", "hr", "input"}:
            self.open.append(tag)
            # What is hidden when the page arrives is a later screen of the same page, with its own top heading.
            if "hidden" in values and self.hidden_below is None:
                self.hidden_below = len(self.open)

    def handle_endtag(self, tag: str) -> None:
        is_hidden = self.hidden_below is not None
        while self.open and self.open.pop() != tag:
            pass
        if self.hidden_below is not None and len(self.open) < self.hidden_below:
            self.hidden_below = None
        words = " ".join(self.caught.split())
        if tag == "title":
            self.page.title = words
        if tag in {"h1", "h2", "h3", "h4"} and not is_hidden:
            self.page.headings.append((int(tag[1]), words))
        if tag == "a" and self.link_address is not None:
            self.page.links.append((self.link_address, words))
            self.link_address = None

    def handle_data(self, data: str) -> None:
        self.caught += data
        if self.open[-1:] == ["script"] and self.page.data:
            self.page.data[-1] += data
        if not {"script", "style", "title"} & set(self.open):
            self.page.words += data
