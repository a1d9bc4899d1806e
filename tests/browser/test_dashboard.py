"""What the mentor's page tells of the visitor besides the words: her page, her typing, and that she wants another."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import inspect, open_profile
from tests.browser.page_clock import keep_writing_shown
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in
from tests.running_service import RunningService

TO_THE_BACK = """(isHidden) => {
    Object.defineProperty(document, 'visibilityState', {value: isHidden ? 'hidden' : 'visible', configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture(scope="module")
def mentor_profile(browser: Browser, service: RunningService) -> Iterator[BrowserContext]:
    """Sign a mentor in once for all tests here."""
    context = open_profile(browser, viewport={"width": 1280, "height": 800})
    sign_in(context, service, "bordsmentor")
    yield context
    context.close()


@pytest.fixture
def together(
    mentor_profile: BrowserContext, new_context: Callable[..., BrowserContext], service: RunningService
) -> Iterator[tuple[VisitorAtPage, MentorAtPage]]:
    """Bring a visitor and a mentor together."""
    mentor = MentorAtPage(mentor_profile.new_page(), service.base_url)
    mentor.comes_on_duty()
    visitor = VisitorAtPage(new_context().new_page(), service.base_url)
    visitor.begins()
    visitor.sees("Du står först i kön.")
    mentor.takes_next()
    visitor.sees("Du talar med")
    yield visitor, mentor
    mentor.goes_home()
    assert visitor.complaints + mentor.complaints == []


def test_the_mentor_sees_whether_the_visitors_page_is_in_front_and_nothing_is_wrong_with_how(
    together: tuple[VisitorAtPage, MentorAtPage], axe_source: str
):
    visitor, mentor = together
    mentor.sees("Besökarens sida är öppen")

    visitor.page.evaluate(TO_THE_BACK, True)
    mentor.sees("Besökaren har en annan sida framme sedan nyss")
    assert inspect(mentor.page, axe_source, "behind").findings == []
    visitor.page.evaluate(TO_THE_BACK, False)
    mentor.sees("Besökarens sida är öppen")

    visitor.page.close()
    mentor.sees("Besökarens sida är borta sedan nyss")


def test_each_sees_that_the_other_is_writing_until_the_message_is_there(
    together: tuple[VisitorAtPage, MentorAtPage],
):
    visitor, mentor = together
    for person in together:
        # Six seconds of silence end it as well; here it is the message that does.
        keep_writing_shown(person.page)

    visitor.box.press_sequentially("Hej")
    mentor.sees("Besökaren skriver …")
    visitor.button("Skicka").click()
    mentor.reads("Hej")
    expect(mentor.page.get_by_text("Besökaren skriver …")).to_be_hidden()

    mentor.box.press_sequentially("Välkommen")
    visitor.sees("skriver …")


def test_a_mentor_whose_visitor_wants_somebody_else_is_told_kindly(
    together: tuple[VisitorAtPage, MentorAtPage],
):
    visitor, mentor = together

    visitor.button("Fler val").click()
    visitor.button("Jag vill tala med någon annan").click()
    visitor.button("Ja, låt mig få någon annan").click()

    mentor.sees("Besökaren vill tala med någon annan. Det säger inget om dig.")
    visitor.goes()
