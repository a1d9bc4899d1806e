"""The link to the chat is true: live while the chat is open, words while it is not, and it flips by itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.page_clock import stop_clock
from tests.browser.site_server import served

STATUS = "**/chatt/status"
OPEN = {"open": True, "reason": "open", "headline": "Till chatten", "detail": ""}
CLOSED = {
    "open": False,
    "reason": "schedule",
    "headline": "Chatten är stängd",
    "detail": "Öppnar i kväll kl. 19.00",
}
PLAIN = "Till chatten – se om den är öppen"


@pytest.fixture(scope="module")
def origin(built_site: Path) -> Iterator[str]:
    with served(built_site) as address:
        yield address


class Service:
    """Stands in for /chatt/status; `says` is the next answer, None for no service."""

    def __init__(self, page: Page, says: object) -> None:
        self.says = says
        self.asked = 0
        page.route(STATUS, self._answer)

    def _answer(self, route: Route) -> None:
        self.asked += 1
        if self.says is None:
            route.abort()
        elif isinstance(self.says, int):
            route.fulfill(status=self.says, json=OPEN)
        else:
            route.fulfill(json=self.says)


def header(page: Page) -> Locator:
    return page.get_by_role("banner")


@pytest.mark.parametrize(
    "says", [None, 503, 429, "", [], {}, {"open": "yes", "headline": "Till chatten"}, {"open": True}]
)
def test_without_an_answer_to_trust_the_link_is_the_plain_one(page: Page, origin: str, says: object):
    service = Service(page, says)

    with page.expect_event(
        "requestfinished" if says is not None else "requestfailed", lambda r: "status" in r.url
    ):
        page.goto(origin)

    expect(header(page).get_by_role("link", name=PLAIN)).to_have_attribute("href", "/chatt/lage/")
    assert service.asked >= 1


def test_while_closed_there_are_words_and_no_link(page: Page, origin: str):
    Service(page, CLOSED)
    page.goto(origin)

    expect(header(page).get_by_text("Chatten är stängd")).to_be_visible()
    expect(header(page).get_by_text("Öppnar i kväll kl. 19.00")).to_be_visible()
    expect(header(page).get_by_role("link", name="chatten")).to_have_count(1)  # the name of the site
    expect(page.get_by_role("link", name="Se när vi har öppet")).to_have_attribute("href", "#oppettider")


def test_while_open_it_leads_to_the_chat(page: Page, origin: str):
    Service(page, OPEN)
    page.goto(origin)

    expect(page.get_by_role("link", name="Till chatten", exact=True)).to_have_attribute("href", "/chatt/")
    expect(page.get_by_role("link", name="Börja ett samtal")).to_have_attribute("href", "/chatt/")


def test_an_open_page_flips_by_itself_within_ten_seconds_and_says_so(page: Page, origin: str):
    stop_clock(page)
    service = Service(page, CLOSED)
    page.goto(origin)
    expect(header(page).get_by_text("Chatten är stängd")).to_be_visible()
    expect(header(page).get_by_role("status")).to_be_empty()

    service.says = OPEN
    page.clock.run_for(10_000)

    expect(page.get_by_role("link", name="Till chatten", exact=True)).to_be_visible()
    expect(header(page).get_by_role("status")).to_have_text("Chatten har öppnat.")

    service.says = CLOSED
    page.clock.run_for(10_000)

    expect(header(page).get_by_text("Chatten är stängd")).to_be_visible()
    expect(header(page).get_by_role("status")).to_have_text("Chatten har stängt.")


def test_an_open_page_that_lets_nobody_more_in_says_that_it_closes_soon_and_not_that_it_has(
    page: Page, origin: str
):
    stop_clock(page)
    service = Service(page, OPEN)
    page.goto(origin)
    expect(page.get_by_role("link", name="Till chatten", exact=True)).to_be_visible()

    service.says = CLOSED | {
        "reason": "last_entry",
        "headline": "Chatten stänger snart",
        "detail": "Inga fler.",
    }
    page.clock.run_for(10_000)

    expect(header(page).get_by_role("status")).to_have_text("Chatten stänger snart. Inga fler.")


def test_when_the_service_goes_down_the_plain_link_comes_back(page: Page, origin: str):
    stop_clock(page)
    service = Service(page, OPEN)
    page.goto(origin)
    expect(page.get_by_role("link", name="Till chatten", exact=True)).to_be_visible()

    service.says = None
    page.clock.run_for(10_000)

    plain = header(page).get_by_role("link", name=PLAIN)
    expect(plain).to_have_attribute("href", "/chatt/lage/")


def make_visibility_ours(page: Page, first: str) -> None:
    page.add_init_script(
        f"""let state = '{first}';
        Object.defineProperty(document, 'visibilityState', {{get: () => state}});
        window.look = (next) => {{ state = next; document.dispatchEvent(new Event('visibilitychange')); }};"""
    )


def test_a_page_opened_in_the_background_asks_once_at_most(page: Page, origin: str):
    make_visibility_ours(page, "hidden")
    stop_clock(page)
    service = Service(page, CLOSED)
    page.goto(origin)
    expect(header(page).get_by_text("Chatten är stängd")).to_be_visible()

    page.clock.run_for(60_000)

    assert service.asked == 1


def test_a_hidden_page_asks_nothing_and_asks_at_once_when_it_is_seen_again(page: Page, origin: str):
    make_visibility_ours(page, "visible")
    stop_clock(page)
    service = Service(page, CLOSED)
    page.goto(origin)
    expect(header(page).get_by_text("Chatten är stängd")).to_be_visible()

    page.evaluate("look('hidden')")
    page.clock.run_for(60_000)
    assert service.asked == 1

    service.says = OPEN
    page.evaluate("look('visible')")
    expect(page.get_by_role("link", name="Till chatten", exact=True)).to_be_visible()
    assert service.asked == 2


def test_what_the_service_says_is_shown_as_text_and_never_as_markup(page: Page, origin: str):
    Service(page, {**CLOSED, "headline": "<img src=x>", "detail": "<b>nu</b>"})
    page.goto(origin)

    expect(header(page).get_by_text("<img src=x>")).to_be_visible()
    expect(header(page).get_by_text("<b>nu</b>")).to_be_visible()
    expect(header(page).locator("img, b")).to_have_count(0)


def test_the_visitors_own_clock_decides_nothing(new_context: Callable[..., BrowserContext], origin: str):
    page = new_context(timezone_id="Pacific/Auckland").new_page()
    page.clock.install(time="2031-01-01T03:00:00Z")
    Service(page, CLOSED)
    page.goto(origin)

    expect(header(page).get_by_text("Öppnar i kväll kl. 19.00")).to_be_visible()
