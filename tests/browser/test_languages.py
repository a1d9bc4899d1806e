"""A visitor who reads English and a mentor who reads Swedish, and the other way round: each in their own language."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.conftest import Visit
from tests.browser.people import MentorAtPage, Person
from tests.running_service import RunningService

SWEDISH_LETTERS = re.compile(r"[^\W\d_]*[åäöÅÄÖ][^\W\d_]*")
# Swedish services are called what they are called.
NAMES = {"Självmordslinjen", "jourhavande", "präst"}


class EnglishVisitor(Person):
    """Somebody who wants to talk, at the English page."""

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    def says(self, text: str) -> None:
        self.box.fill(text)
        self.button("Send").click()

    def begins(self) -> None:
        """Come by the link on the English start page, and press "Begin"."""
        self.page.goto(f"{self.base_url}/en/")
        self.page.get_by_role("banner").get_by_role("link", name="To the chat", exact=True).click()
        self.page.wait_for_url("**/en/chat/")
        self.button("Begin").click()
        self.sees("You are first in the queue.")

    def swedish_on_the_page(self) -> set[str]:
        """Return words with Swedish letters, wherever the page has them, but for names and links to Swedish pages."""
        everything = self.page.evaluate(
            """() => {
                const copy = document.documentElement.cloneNode(true);
                for (const words of document.querySelectorAll('template')) copy.append(words.content.cloneNode(true));
                for (const other of copy.querySelectorAll('[lang="sv"], script')) other.remove();
                const spoken = [...copy.querySelectorAll('[aria-label]')].map((e) => e.getAttribute('aria-label'));
                return `${document.title} ${copy.textContent} ${spoken.join(' ')}`;
            }"""
        )
        return set(SWEDISH_LETTERS.findall(everything)) - NAMES


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext], service: RunningService) -> Iterator[EnglishVisitor]:
    """Open an English visitor's browser."""
    person = EnglishVisitor(new_context(locale="en-GB").new_page(), service.base_url)
    yield person
    assert person.complaints == []


def test_a_closed_chat_says_so_in_english_and_when_it_can_open(visitor: EnglishVisitor):
    visitor.page.goto(f"{visitor.base_url}/en/chat/")

    visitor.sees("The chat is closed right now.")
    visitor.sees(re.compile(r"No mentor is on duty right now\."))
    expect(visitor.button("Begin")).to_be_disabled()
    assert visitor.swedish_on_the_page() == set()


def test_a_visitor_in_english_and_a_mentor_in_swedish_talk_with_each_other(
    visitor: EnglishVisitor, mentor: MentorAtPage
):
    visitor.begins()
    visitor.button("I feel lonely").click()
    visitor.says("It has been quiet for a week.")
    mentor.takes_next()
    mentor.reads("It has been quiet for a week.")
    visitor.sees(re.compile(r"^You are talking with Mentor \d+ \(certified mentor\)$"))
    mentor.says("Vad skönt att du skrev.")
    visitor.reads("Vad skönt att du skrev.")
    expect(visitor.log.get_by_text("Delivered").first).to_be_visible()
    said_by_the_mentor = {"skönt"}
    assert visitor.swedish_on_the_page() - said_by_the_mentor == set()

    visitor.button("End the conversation").click()
    visitor.button("Yes, end it").click()

    expect(visitor.page.get_by_role("heading", name="The conversation is over")).to_be_visible()
    mentor.sees("Besökaren avslutade samtalet. Allt är raderat.")
    assert visitor.swedish_on_the_page() == set()
    visitor.page.get_by_text("It felt better").click()
    visitor.button("Send").click()
    visitor.sees("Thank you for your answer. Take care of yourself.")
    assert visitor.page.context.cookies() == []
    assert visitor.page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_the_way_to_the_other_language_is_there_before_a_conversation_only(
    visitor: EnglishVisitor, mentor: MentorAtPage
):
    visitor.page.goto(f"{visitor.base_url}/chatt/")
    visitor.page.get_by_role("link", name="English").click()
    visitor.page.wait_for_url("**/en/chat/")
    expect(visitor.page.get_by_role("link", name="Svenska")).to_have_attribute("href", "/chatt/")

    visitor.button("Begin").click()
    visitor.sees("You are first in the queue.")

    expect(visitor.page.get_by_role("link", name="Svenska")).to_be_hidden()
    visitor.button("Leave the queue").click()
    expect(visitor.page.get_by_role("heading", name="You have left the queue")).to_be_visible()


def test_a_mentor_in_english_talks_with_a_visitor_in_swedish(visit: Visit, mentor: MentorAtPage):
    page = mentor.page
    page.get_by_role("link", name="English").click()
    mentor.sees("You are on duty.")
    assert page.locator("html").get_attribute("lang") == "en"
    visitor = visit()
    visitor.begins()
    visitor.says("Hej")

    mentor.button("Take the next").click()

    mentor.sees("You are talking with a visitor")
    expect(page.get_by_role("log", name="Conversation").get_by_text("Hej", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Your message").fill("Hello")
    mentor.button("Send").click()
    visitor.reads("Hello")
    # The page in the other language is let in again like any page that was loaded anew.
    page.goto(f"{mentor.base_url}/mentor/")
    mentor.sees("Du talar med en besökare")
    visitor.ends()
    mentor.sees("Besökaren avslutade samtalet.")


def test_signing_in_in_english_leads_to_the_english_dashboard_and_out_again(
    new_context: Callable[..., BrowserContext], service: RunningService
):
    account = service.add_account("mentor", "engelska-sidor")
    page = new_context().new_page()
    page.goto(f"{service.base_url}/mentor/?language=en")
    page.get_by_label("Username").fill(account.username)
    page.get_by_label("Password").fill(account.password)
    page.get_by_label("One-time code").fill(account.code())
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("**/mentor/?language=en")
    expect(page.get_by_role("button", name="Go on duty")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/mentor/logga-in?language=en")


def test_nothing_is_wrong_with_the_english_page_in_any_mode(
    audited: Callable[..., list[str]], service: RunningService
):
    assert audited(f"{service.base_url}/en/chat/") == []
