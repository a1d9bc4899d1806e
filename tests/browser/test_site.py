"""Every page of the site as people meet it: in five modes, without a script, on paper, and asking nobody else."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.site_server import served
from tests.site.addresses import ADDRESSES, FRAME_WORDS, language_of

TARGETS = ".button, nav a, header a:not(article a), .help-numbers__number, .parts a, .hours__ways a, .site-footer__link"
STATUS = "**/chatt/status"
CLOSED = {
    "open": False,
    "reason": "schedule",
    "headline": "Chatten är stängd",
    "detail": "Öppnar i kväll kl. 19.00",
}


@pytest.fixture(scope="module")
def origin(built_site: Path) -> Iterator[str]:
    with served(built_site) as address:
        yield address


def answer(page: Page, status: dict[str, object]) -> None:
    page.route(STATUS, lambda route: route.fulfill(json=status))


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_has_anything_for_axe_to_find(audited: Callable[..., list[str]], origin: str, address: str):
    assert audited(origin + address) == []


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
def test_the_chat_control_is_accessible_whatever_it_says(
    audited: Callable[..., list[str]], origin: str, is_open: bool
):
    def wait_for_answer(page: Page) -> None:
        headline = "Till chatten" if is_open else "Chatten är stängd"
        answer(page, CLOSED if not is_open else {"open": True, "headline": headline, "detail": ""})
        page.reload()
        expect(page.get_by_role("banner").get_by_text(headline, exact=True)).to_be_visible()

    assert audited(origin, prepare=wait_for_answer) == []


def test_targets_on_a_phone_are_large_enough_for_a_thumb(
    new_context: Callable[..., BrowserContext], origin: str
):
    page = new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    for address in ADDRESSES:
        page.goto(origin + address)

        small = page.evaluate(
            """(targets) => [...document.querySelectorAll(targets)]
                .map((link) => [link.textContent.trim(), Math.round(link.getBoundingClientRect().height)])
                .filter(([, height]) => height < 44)""",
            TARGETS,
        )

        assert small == [], address


def test_every_page_reads_without_a_script(new_context: Callable[..., BrowserContext], origin: str):
    page = new_context(java_script_enabled=False).new_page()
    for address in ADDRESSES:
        page.goto(origin + address)

        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if address != "/lugn/":
            to_chat, leave = FRAME_WORDS[language_of(address)]
            link = page.get_by_role("banner").get_by_role("link", name=to_chat)
            expect(link).to_have_attribute("href", re.compile(r"^/chatt/lage/"))
            page.get_by_role("link", name=leave).click()
            expect(page).to_have_url(f"{origin}/lugn/")


def test_a_page_asks_nobody_but_us(page: Page, origin: str):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in ADDRESSES:
        page.goto(origin + address, wait_until="networkidle")

    assert len(asked) > len(ADDRESSES)
    assert [url for url in asked if not url.startswith((origin, "data:"))] == []


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/chatt/"])
def test_nothing_moves_while_a_page_loads(
    new_context: Callable[..., BrowserContext], origin: str, width: int, path: str
):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    answer(page, CLOSED)
    page.goto(origin + path)
    expect(page.get_by_text("Chatten är stängd").first).to_be_visible()
    page.evaluate("document.fonts.ready")

    shift = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
            list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
        )).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => resolve(0), 300))"""
    )

    assert shift < 0.01


def test_the_keyboard_goes_past_the_header_at_the_first_press(page: Page, origin: str):
    page.goto(f"{origin}/integritet/")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_menu_says_which_page_this_is(page: Page, origin: str):
    page.goto(f"{origin}/integritet/")

    current = page.get_by_role("navigation", name="Sidor").locator("[aria-current=page]")
    expect(current).to_have_text(["Så skyddas du"])


def test_on_paper_the_words_remain_and_the_controls_do_not(browser: Browser, origin: str):
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(f"{origin}/sa-chattar-du/")

    expect(page.get_by_role("heading", level=1, name="Så chattar du")).to_be_visible()
    expect(page.get_by_text("90101")).to_be_visible()
    expect(page.get_by_role("link", name="Lämna snabbt")).to_be_hidden()
    page.close()
