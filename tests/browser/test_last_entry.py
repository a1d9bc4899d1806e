"""A quarter of an hour before closing nobody more is let in, and every place on the site says so in true words."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import inspect
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in
from tests.browser.site_server import served
from tests.running_service import RunningService

# A Monday ten minutes before closing, years after the example's override.
BEFORE_CLOSING = "2035-03-05T21:50:00+01:00"
SAID = "Den tar inte emot fler i kväll. Öppnar onsdag kl. 12.00"


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    return make_service(clock=BEFORE_CLOSING)


@pytest.fixture
def mentor(new_context: Callable[..., BrowserContext], service: RunningService) -> Iterator[MentorAtPage]:
    context = new_context()
    sign_in(context, service, "mentor-sista")
    person = MentorAtPage(context.new_page(), service.base_url)
    person.comes_on_duty()
    yield person
    person.goes_home()
    assert person.complaints == []


def test_shortly_before_closing_nobody_can_begin_and_the_page_says_why(
    page: Page, service: RunningService, mentor: MentorAtPage, axe_source: str
):
    visitor = VisitorAtPage(page, service.base_url)
    visitor.comes()

    visitor.sees(f"Chatten stänger snart. {SAID}")
    expect(visitor.button("Börja")).to_be_disabled()
    header = page.get_by_role("banner")
    expect(header.get_by_text("Chatten stänger snart")).to_be_visible()
    expect(header.get_by_text(SAID)).to_be_visible()
    expect(header.get_by_role("link", name="chatten")).to_have_count(1)  # the name of the site
    assert inspect(page, axe_source, "light").findings == []

    page.goto(f"{service.base_url}/chatt/lage/")
    expect(page.get_by_role("main")).to_contain_text(f"Nej. Chatten stänger snart. {SAID}.")
    assert visitor.complaints == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/praktisk-information/", "Den sista släpps in 15 minuter innan vi stänger."),
        ("/en/practical/", "The last one is let in 15 minutes before we close."),
    ],
)
def test_the_practical_page_says_when_the_last_one_is_let_in(
    page: Page, built_site: Path, address: str, words: str
):
    with served(built_site) as origin:
        page.goto(origin + address)

        expect(page.get_by_role("main").get_by_text(words)).to_be_visible()
