"""The built site as a whole: what holds for every page, whoever wrote it."""

import itertools
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from chatservice.organisation import load_help
from tests.site.addresses import ADDRESSES, CHATS, FRAME_WORDS, language_of
from tests.site.html_pages import BuiltPage, read_pages

PAGE_LIMIT_KB = 60
CHAT_PAGE_LIMIT_KB = 90
CHAT_ADDRESSES = {"/chatt/", "/en/chat/"}
# Addresses that the service answers; everything else must be a file of the site.
SERVICE_ROUTES = {"/chatt/lage/", "/chatt/kontroll/", "/kontakt/skriv/"}
CSS_NAMES = re.compile(r"url\(\s*[\"']?([^\"')]+)")
JS_NAMES = re.compile(r"(?:from|import)\s*[\"'](\.[^\"']+)")
JS_NAMES_LATER = re.compile(r"(?:from|import)\s*\(?\s*[\"'](\.[^\"']+)")
HEADERS_BYTES = 400
"""What the service sends before a file, over HTTP/1.1: a module 340 bytes, rather more for a page."""


@pytest.fixture(scope="module")
def pages(built_site: Path) -> list[BuiltPage]:
    return read_pages(built_site)


@pytest.fixture(scope="module")
def framed(pages: list[BuiltPage]) -> list[BuiltPage]:
    """Every page but the neutral one."""
    return [page for page in pages if not page.is_neutral]


def test_the_promised_pages_exist(pages: list[BuiltPage]):
    assert {page.address for page in pages} == set(ADDRESSES) | set(CHATS)


def test_every_page_says_its_language_its_title_and_what_it_is_about(pages: list[BuiltPage]):
    assert {page.path for page in pages if page.language != language_of(page.address)} == set()
    assert [page.path for page in pages if not page.title or not page.metas.get("description")] == []
    assert len({page.title for page in pages}) == len(pages)
    assert len({page.metas["description"] for page in pages}) == len(pages)


def test_every_page_has_one_top_heading_and_skips_no_level(pages: list[BuiltPage]):
    for page in pages:
        levels = [level for level, _ in page.headings]
        jumps = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]

        assert levels[0] == 1, page.path
        assert levels.count(1) == 1, page.path
        assert jumps == [], page.path


def test_every_page_has_each_landmark_once_and_a_way_past_the_header(framed: list[BuiltPage]):
    for page in framed:
        assert sorted(page.landmarks) == ["footer", "header", "main", "nav"], page.path
        assert page.links[0][0] == "#innehall", page.path
        assert "innehall" in page.ids, page.path


def test_no_identifier_stands_twice_on_a_page(pages: list[BuiltPage]):
    assert {page.path: page.ids for page in pages if len(set(page.ids)) != len(page.ids)} == {}


def test_every_page_offers_the_chat_the_way_out_and_the_help_numbers(framed: list[BuiltPage]):
    for page in framed:
        words = {text: address for address, text in page.links}
        to_chat, leave = FRAME_WORDS[page.language]

        asked = "" if page.language == "sv" else f"?language={page.language}"
        assert words[to_chat] == f"/chatt/lage/{asked}", page.path
        assert words[leave] == "/lugn/", page.path
        for number in ("112", "1177", "90101", "116111", "020505050"):
            assert f"tel:{number}" in {address for address, _ in page.links}, page.path


def test_the_neutral_page_tells_nothing_about_whose_site_it_is(pages: list[BuiltPage], project: Path):
    [neutral] = [page for page in pages if page.is_neutral]
    facts = (project / "content/data/organisation.toml").read_text("utf-8")
    [name] = re.findall(r'^name = "(.+)"', facts, re.MULTILINE)

    assert not re.search(
        rf"{name}|chatt|anhörig|mentor|insats|soldat", neutral.words + neutral.title, re.IGNORECASE
    )
    assert neutral.links == []
    assert not [script for script in neutral.loads if script.endswith(".js")]


def test_every_link_leads_somewhere(pages: list[BuiltPage], built_site: Path, project: Path):
    anchors = {page.address: set(page.ids) for page in pages}
    # Where the help numbers were found: the only links that leave the site.
    sources = {number.source for number in load_help(project / "content")}
    broken = []
    for page in pages:
        for address, words in page.links:
            target, anchor = urldefrag(address)
            target = unquote(urlsplit(target).path) or page.address
            if address.startswith(("tel:", "mailto:")) or target in SERVICE_ROUTES or address in sources:
                continue
            known = target in anchors or (built_site / target.lstrip("/")).is_file()
            if not known or (anchor and anchor not in anchors.get(target, set())):
                broken.append((page.path, address, words))

    assert broken == []


def test_link_words_say_where_they_lead(pages: list[BuiltPage]):
    vague = re.compile(r"^(klicka här|här|läs mer|länk|mer)$", re.IGNORECASE)

    assert [
        (page.path, words) for page in pages for _, words in page.links if vague.match(words) or not words
    ] == []


def test_nothing_is_loaded_from_anybody_else(pages: list[BuiltPage], built_site: Path):
    outside = [
        (page.path, load) for page in pages for load in page.loads if re.match(r"(?:[a-z]+:)?//", load)
    ]
    css = (built_site / "theme/css/site.css").read_text("utf-8")
    addresses = CSS_NAMES.findall(css)
    svgs = "".join(path.read_text("utf-8") for path in built_site.rglob("*.svg"))

    assert outside == []
    assert addresses
    assert [address for address in addresses if not address.startswith("../")] == []
    assert "@import" not in css
    assert set(re.findall(r"https?://[^\"'\s<>]+", svgs)) <= {"http://www.w3.org/2000/svg"}


def test_everything_that_a_page_loads_is_there(pages: list[BuiltPage], built_site: Path):
    missing = [
        (page.path, load)
        for page in pages
        for load in page.loads
        if load.startswith("/") and not (built_site / urlsplit(load).path.lstrip("/")).is_file()
    ]

    assert missing == []


def test_no_page_holds_an_inline_script_or_style(pages: list[BuiltPage]):
    assert {page.path: page.inline for page in pages if page.inline} == {}


def test_the_start_page_tells_the_planned_hours_and_that_examples_are_examples(pages: list[BuiltPage]):
    [start] = [page for page in pages if page.address == "/"]

    assert "Chattens öppettider" in start.words
    assert "19.00–22.00" in start.words
    assert "Tiderna är påhittade" in start.words


def test_the_integrity_page_warns_while_the_key_is_an_example(pages: list[BuiltPage]):
    [page] = [page for page in pages if page.address == "/integritet/"]

    assert "Nyckeln som intygar mentorerna är ett exempel." in page.words


def test_no_page_weighs_more_than_it_may(pages: list[BuiltPage], built_site: Path):
    for page in pages:
        limit_kb = CHAT_PAGE_LIMIT_KB if page.address in CHATS else PAGE_LIMIT_KB
        weights = {name: _on_the_wire(built_site / name) for name in _files_of(page, built_site)}

        assert sum(weights.values()) <= limit_kb * 1000, (page.path, weights)


def test_the_chat_with_all_it_fetches_once_somebody_begins_weighs_no_more_than_it_may(
    pages: list[BuiltPage], built_site: Path
):
    [chat] = [page for page in pages if page.address == "/chatt/"]
    at_first, in_all = _files_of(chat, built_site), _files_of(chat, built_site, later=True)

    assert "theme/vendor/hpke.js" in in_all - at_first
    assert (
        sum(_on_the_wire(built_site / name) - HEADERS_BYTES for name in in_all) <= CHAT_PAGE_LIMIT_KB * 1000
    )


def test_the_chat_page_tells_its_browser_of_every_module_and_of_none_that_waits(
    pages: list[BuiltPage], built_site: Path
):
    [chat] = [page for page in pages if page.address == "/chatt/"]
    told = re.findall(
        r'<link rel="modulepreload" fetchpriority="low" href="/([^"]+)">',
        (built_site / chat.path).read_text("utf-8"),
    )
    fetched = {name for name in _files_of(chat, built_site) if name.endswith(".js")}

    assert len(told) == len(set(told)) > 10
    assert set(told) <= fetched
    assert fetched - set(told) <= {f"theme/js/entries/{name}.js" for name in ("site", "visitor")}


def _files_of(page: BuiltPage, folder: Path, *, later: bool = False) -> set[str]:
    """List what a browser fetches for a page: the page, what it names, what stylesheet and modules name in turn.

    With `later` also what modules fetch by `import()` when somebody acts.
    """
    found = {page.path}
    waiting = [urlsplit(load).path.lstrip("/") for load in page.loads if load.startswith("/")]
    # Of the pictures for light and dark a browser fetches one; the touch icon when somebody saves the page.
    unseen = {name for name in waiting if name.endswith(("_dark.svg", "/touch_icon.png"))}
    while waiting:
        name = waiting.pop()
        if name in found or name in unseen:
            continue
        found.add(name)
        if name.endswith((".css", ".js")):
            naming = CSS_NAMES if name.endswith(".css") else JS_NAMES_LATER if later else JS_NAMES
            for address in naming.findall((folder / name).read_text("utf-8")):
                beside = (folder / name).parent / address
                waiting.append(beside.resolve().relative_to(folder.resolve()).as_posix())
    return found


def _on_the_wire(file: Path) -> int:
    """Return what a browser is sent: the form that the service prefers (chatservice/web/site.py), and headers."""
    smaller = file.with_name(f"{file.name}.br")
    return (smaller if smaller.is_file() else file).stat().st_size + HEADERS_BYTES
