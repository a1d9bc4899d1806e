"""The live preview, as an editor meets it: what is saved is seen, and so is what is wrong with it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.site.content_folder import make_content, write_page
from tools.preview.started import started

READY_WITHIN_S = 120
# How soon is measured by bench/site_build.py; here it only must come.
SEEN_WITHIN_MS = 60_000


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return make_content(tmp_path_factory.mktemp("preview") / "content", project)


@pytest.fixture(scope="module")
def preview(content: Path) -> Iterator[str]:
    """Start the preview as `tasks.py serve` does; give its origin once the site has been built."""
    site = content.parent / "var" / "preview" / "site" / "index.html"
    with started(content, content.parent / "var") as origin:
        until = time.monotonic() + READY_WITHIN_S
        while not site.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield origin


@pytest.fixture
def tidy(content: Path) -> Iterator[None]:
    """Put the page back as it was."""
    yield
    write_page(content, "integritet.md", "Hej.\n", title="Integritet")


@pytest.fixture
def shown(page: Page, preview: str, tidy: None) -> Page:
    """Open a page of the preview and wait until it listens."""
    with page.expect_response(lambda response: "/__preview/events" in response.url):
        page.goto(f"{preview}/integritet/")
    return page


def test_a_mistake_is_shown_in_the_page_with_file_line_and_remedy_and_goes_when_mended(
    shown: Page, content: Path
):
    write_page(content, "integritet.md", "Hej.\n\n[a b](/integritt/)\n")

    panel = shown.get_by_role("complementary", name="Förhandsvisning")
    expect(panel).to_contain_text("1 fel: sidorna går inte att publicera", timeout=SEEN_WITHIN_MS)
    expect(panel).to_contain_text(
        "content/pages/integritet.md rad 6: Länken /integritt/ finns inte. Menade du /integritet/?"
    )
    expect(shown.get_by_role("link", name="a b")).to_be_visible()
    write_page(content, "integritet.md", "Hej.\n\n[a b](/tystnadsplikt/)\n")
    expect(panel).to_have_count(0, timeout=SEEN_WITHIN_MS)


def test_a_broken_data_file_leaves_the_page_and_says_why(shown: Page, content: Path):
    hours = content / "data" / "opening_hours.toml"
    before = hours.read_text("utf-8")
    try:
        hours.write_text("[week", "utf-8")

        panel = shown.get_by_role("complementary", name="Förhandsvisning")
        expect(panel).to_contain_text("content/data/opening_hours.toml rad 1", timeout=SEEN_WITHIN_MS)
        expect(shown.get_by_role("heading", level=1)).to_be_visible()
    finally:
        hours.write_text(before, "utf-8")
    expect(panel).to_have_count(0, timeout=SEEN_WITHIN_MS)


def test_what_is_saved_is_seen_at_once(shown: Page, content: Path):
    write_page(content, "integritet.md", "Nyss sparat.\n")

    expect(shown.get_by_text("Nyss sparat.")).to_be_visible(timeout=SEEN_WITHIN_MS)


def test_a_draft_can_be_read_and_a_new_page_appears(page: Page, preview: str, content: Path):
    page.goto(f"{preview}/utkast/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Här finns ingen sida")
    path = content / "pages" / "utkast.md"
    try:
        path.write_text("Title: Ett utkast\nDescription: Om.\nStatus: draft\n\nHej.\n", "utf-8")

        expect(page.get_by_role("heading", level=1)).to_have_text("Ett utkast", timeout=SEEN_WITHIN_MS)
    finally:
        path.unlink()
    expect(page.get_by_role("heading", level=1)).to_have_text("Här finns ingen sida", timeout=SEEN_WITHIN_MS)


def test_a_change_of_the_menu_is_seen_on_every_page(shown: Page, content: Path):
    menu = content / "data" / "navigation.toml"
    before = menu.read_text("utf-8")
    try:
        menu.write_text(before.replace('title = "Tystnadsplikt"', 'title = "Vår tystnad"'), "utf-8")

        expect(shown.get_by_role("link", name="Vår tystnad").first).to_be_visible(timeout=SEEN_WITHIN_MS)
    finally:
        menu.write_text(before, "utf-8")


def test_site_and_chat_share_the_origin_and_the_policy_holds(page: Page, preview: str):
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)

    response = page.goto(f"{preview}/chatt/lage/")

    assert response is not None
    assert "script-src 'self';" in response.headers["content-security-policy"]
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert broken == []
