"""What a page says of itself to search engines and to whoever shares its address."""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tests.site.addresses import CHATS
from tests.site.html_pages import BuiltPage, read_pages

ORIGIN = "https://example.org"
UNLISTED = {"/404.html", "/lugn/", *CHATS}


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, BuiltPage]:
    return {page.address: page for page in read_pages(built_site)}


def png_size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:])
    return width, height


def test_every_page_says_where_it_lives(pages: dict[str, BuiltPage]):
    wrong = {
        address: page.canonical
        for address, page in pages.items()
        if page.canonical != ("" if address in UNLISTED else ORIGIN + address)
    }

    assert wrong == {}


def test_the_sitemap_lists_the_same_pages_and_no_other(pages: dict[str, BuiltPage], built_site: Path):
    sitemap = ElementTree.parse(built_site / "sitemap.xml")  # noqa: S314 (made here)
    listed = [element.text for element in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    assert sorted(filter(None, listed)) == sorted(page.canonical for page in pages.values() if page.canonical)


def test_pages_that_are_no_answer_to_a_search_ask_not_to_be_listed(pages: dict[str, BuiltPage]):
    assert [
        address for address in ("/404.html", "/lugn/") if pages[address].metas.get("robots") != "noindex"
    ] == []


def test_a_shared_address_shows_our_own_words_and_picture(pages: dict[str, BuiltPage], built_site: Path):
    for page in pages.values():
        if not page.canonical:
            continue
        picture = urlsplit(page.card["og:image"])

        assert page.card["og:title"], page.path
        assert page.card["og:description"] == page.metas["description"], page.path
        assert page.card["og:url"] == page.canonical, page.path
        assert page.card["og:locale"] == {"sv": "sv_SE", "en": "en_GB"}[page.language], page.path
        assert page.card["og:image:alt"], page.path
        assert f"{picture.scheme}://{picture.netloc}" == ORIGIN, page.path
        assert png_size(built_site / picture.path.lstrip("/")) == (1200, 630), page.path


def test_the_neutral_page_has_no_card(pages: dict[str, BuiltPage]):
    assert pages["/lugn/"].card == {}


def test_browsers_find_a_mark_for_their_tabs_and_home_screens(pages: dict[str, BuiltPage], built_site: Path):
    icon = (built_site / "favicon.ico").read_bytes()

    assert struct.unpack("<HH", icon[:4]) == (0, 1)
    assert (built_site / "theme/img/favicon.svg").read_text("utf-8").startswith("<svg")
    assert png_size(built_site / "theme/img/touch_icon.png") == (180, 180)
    for page in pages.values():
        wanted = "blank.svg" if page.is_neutral else "favicon.svg"
        assert any(wanted in load for load in page.loads), page.path


def test_robots_are_told_where_the_map_is_and_where_not_to_go(built_site: Path):
    lines = (built_site / "robots.txt").read_text("utf-8").splitlines()

    assert {"User-agent: *", "Disallow: /mentor/", "Disallow: /samordnare/"} <= set(lines)
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in lines


def test_whoever_finds_a_hole_is_told_where_to_turn(built_site: Path):
    text = (built_site / ".well-known/security.txt").read_text("utf-8")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if line and not line.startswith("#"))

    assert fields["Contact"].startswith(("mailto:", "https://", "tel:"))
    assert (
        datetime.now(UTC)
        < datetime.fromisoformat(fields["Expires"])
        < datetime.now(UTC) + timedelta(days=400)
    )
