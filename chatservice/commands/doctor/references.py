"""What the site's pages fetch: every page of the site map and of the service, and all that they load, from here alone.

A link that somebody must press is no reference. Knows HTML, and of CSS and JavaScript only how they name other files.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from chatservice.commands.doctor.browsing import Answer, Browser
from chatservice.commands.doctor.findings import Finding, good, wrong

SERVICE_PAGES: Final = ("/", "/chatt/", "/chatt/lage/", "/kontakt/skriv/", "/mentor/logga-in")
MOST_FILES: Final = 500

_QUERY: Final = "/%=&+"
_FETCHED: Final = {
    "script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",),
    "video": ("src", "poster"), "audio": ("src",), "track": ("src",), "embed": ("src",), "object": ("data",),
    "form": ("action",), "input": ("src",), "use": ("href", "xlink:href"), "image": ("href", "xlink:href"),
}  # fmt: skip
_LOADING_LINKS: Final = frozenset(
    ("stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest")
)
_IN_STYLES: Final = re.compile(r"(?:url\(\s*|@import\s+)[\"']?([^\"')\s;]+)")
_IN_SCRIPTS: Final = re.compile(
    r"(?:\bfrom\s*|\bimport\s*\(?\s*|\bfetch\(\s*|new\s+(?:Worker|WebSocket|EventSource|URL)\(\s*|sendBeacon\(\s*)"
    r"[\"'`]([^\"'`\n]+)[\"'`]"
)
_WRITTEN: Final = frozenset(
    ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
)


def walk_site(browser: Browser) -> Iterator[Finding]:
    """Read every page and all that it loads; tell what comes, or would come, from somebody else."""
    waiting = deque([*SERVICE_PAGES, *_pages_of_site_map(browser)])
    seen: set[str] = set()
    foreign: dict[str, str] = {}
    while waiting and len(seen) < MOST_FILES:
        path = waiting.popleft()
        if path in seen:
            continue
        seen.add(path)
        answer = browser.get(path)
        if answer.status != 200 or answer.kind not in _WRITTEN:
            continue
        for address in references(answer):
            target = urlsplit(urljoin(browser.origin + path, address))
            if target.scheme not in {"http", "https", "ws", "wss"}:
                continue
            if target.netloc != urlsplit(browser.origin).netloc:
                foreign.setdefault(target.netloc, path)
            elif answer.kind != "text/html" or not address.startswith("#"):
                waiting.append(
                    quote(target.path, safe="/%")
                    + (f"?{quote(target.query, safe=_QUERY)}" if target.query else "")
                )
    for host, path in sorted(foreign.items()):
        yield wrong(f"Sidan {path} hämtar något från {host}: lägg filen på den egna webbplatsen i stället.")
    if not foreign:
        yield good(f"{len(seen)} sidor och filer hämtar ingenting från någon annan.")


def references(answer: Answer) -> Iterator[str]:
    """Return the addresses that a file makes a browser fetch."""
    if answer.kind == "text/css":
        yield from _IN_STYLES.findall(answer.text)
    elif answer.kind in {"text/javascript", "application/javascript"}:
        yield from (found for found in _IN_SCRIPTS.findall(answer.text) if found.startswith(_PATHS))
    else:
        reader = _Reader()
        reader.feed(answer.text)
        yield from (urldefrag(address).url or "#" for address in reader.addresses)


_PATHS: Final = ("/", "./", "../", "http:", "https:", "ws:", "wss:")


class _Reader(HTMLParser):
    """Gathers what a page fetches by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and _LOADING_LINKS & set(given.get("rel", "").lower().split()):
            self.addresses.append(given.get("href", ""))
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.addresses.extend(re.findall(r"url=([^;]+)", given.get("content", ""), re.IGNORECASE))
        if "style" in given:
            self.addresses.extend(_IN_STYLES.findall(given["style"]))
        for name in _FETCHED.get(tag, ()):
            value = given.get(name, "")
            self.addresses.extend(_of_set(value) if name == "srcset" else [value] if value else [])


def _of_set(value: str) -> Iterable[str]:
    return (part.split()[0] for part in value.split(",") if part.strip())


def _pages_of_site_map(browser: Browser) -> list[str]:
    """Return the paths of the site map; whose name stands before them does not matter here."""
    places: list[str] = re.findall(r"<loc>([^<]+)</loc>", browser.get("/sitemap.xml").text)
    return [urlsplit(place.strip()).path for place in places]
