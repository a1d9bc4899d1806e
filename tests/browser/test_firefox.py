"""Firefox and Chromium in one conversation, each in both seats: what the two people see, and what is left of it."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import open_profile
from tests.browser.people import MentorAtPage, Person, VisitorAtPage, sign_in, talk
from tests.running_service import RunningService

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script> \u202egnal 😀👩‍👩‍👧‍👦'
TALKING = re.compile(r"^Du talar med Mentor \d+ \(certifierad mentor\)$")
KEPT = """async () => {
    const request = (asked) => new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
    const database = await request(indexedDB.open('mentor'));
    const [kept] = await request(database.transaction('keys').objectStore('keys').getAll());
    database.close();
    const refusal = await crypto.subtle.exportKey('pkcs8', kept.identity.keyPair.privateKey)
        .then(() => '', (error) => error.name);
    return {refusal, certified: kept.certificate !== null};
}"""
MAKE_CODE_OF_TEXT = "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=1>')"


@dataclass(frozen=True)
class Pair:
    """Two people, one of whom uses Firefox."""

    visitor: VisitorAtPage
    mentor: MentorAtPage
    at_firefox: Person
    at_chromium: Person


@pytest.fixture(scope="module", params=["visitor", "mentor"])
def profiles(
    request: pytest.FixtureRequest, browser: Browser, firefox: Browser, service: RunningService
) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """Open the visitor's browser and the mentor's, one of them Firefox, and sign the mentor in."""
    visitors, mentors = (firefox, browser) if request.param == "visitor" else (browser, firefox)
    opened = open_profile(visitors), open_profile(mentors)
    sign_in(opened[1], service, f"mentor-{secrets.token_hex(3)}")
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def pair(
    profiles: tuple[BrowserContext, BrowserContext], firefox: Browser, service: RunningService
) -> Iterator[Pair]:
    """Put the mentor on duty and a visitor at her page; what still goes on at the end is ended."""
    visitor = VisitorAtPage(profiles[0].new_page(), service.base_url)
    mentor = MentorAtPage(profiles[1].new_page(), service.base_url)
    mentor.comes_on_duty()
    is_visitor = profiles[0].browser is firefox
    yield Pair(visitor, mentor, *((visitor, mentor) if is_visitor else (mentor, visitor)))
    visitor.goes()
    visitor.page.close()
    mentor.goes_home()
    assert visitor.complaints + mentor.complaints == []


@pytest.fixture
def page_in_firefox(firefox: Browser) -> Iterator[Page]:
    """Open one page in a profile of its own."""
    context = open_profile(firefox)
    yield context.new_page()
    context.close()


def test_a_conversation_across_browsers_from_the_first_word_to_nothing_left(
    pair: Pair, service: RunningService
):
    visitor, mentor = pair.visitor, pair.mentor
    visitor.begins()
    visitor.sees("Du står först i kön.")
    visitor.says("Markörord ett")
    expect(visitor.log.get_by_text("Skickat")).to_be_visible()

    mentor.takes_next()
    mentor.reads("Markörord ett")
    visitor.sees(TALKING)
    expect(visitor.log.get_by_text("Framme")).to_be_visible()
    mentor.says(HOSTILE)
    visitor.reads(HOSTILE)
    expect(mentor.log.get_by_text("Framme")).to_be_visible()

    visitor.ends()
    expect(visitor.page.get_by_role("heading", name="Samtalet är slut")).to_be_visible()
    mentor.sees("Besökaren avslutade samtalet. Allt är raderat.")
    for left in (visitor.leaves_behind(), mentor.leaves_behind(), service.log):
        assert "Markörord" not in left
        assert "gnal" not in left
    assert visitor.page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    assert visitor.page.context.cookies() == []


def test_when_the_mentor_ends_the_visitor_is_told_and_nothing_is_left(pair: Pair):
    visitor, mentor = talk(pair.visitor, pair.mentor), pair.mentor
    visitor.says("Markörord två")
    mentor.reads("Markörord två")

    mentor.ends()

    visitor.sees("Din mentor avslutade samtalet.")
    mentor.sees("Samtalet är slut. Allt är raderat, på båda håll.")
    assert "Markörord" not in visitor.leaves_behind() + mentor.leaves_behind()


def test_a_reload_in_firefox_goes_on_where_it_was(pair: Pair):
    talk(pair.visitor, pair.mentor)
    pair.at_firefox.says("Före")
    pair.at_chromium.reads("Före")
    pair.at_chromium.says("Svar")
    pair.at_firefox.reads("Svar")

    pair.at_firefox.page.reload()
    pair.at_firefox.sees("Du talar med")
    pair.at_firefox.reads("Svar")
    pair.at_firefox.says("Efter")

    pair.at_chromium.reads("Efter")
    assert pair.visitor.texts == ["Före", "Svar", "Efter"]
    assert pair.mentor.texts == ["Före", "Svar", "Efter"]


def test_quick_exit_empties_the_page_and_ends_the_conversation(pair: Pair):
    visitor, mentor = talk(pair.visitor, pair.mentor), pair.mentor
    visitor.says("Markörord tre")
    mentor.reads("Markörord tre")

    visitor.page.get_by_role("link", name="Lämna snabbt").click()
    visitor.page.wait_for_url("**/lugn/")

    mentor.sees("Besökaren avslutade samtalet.")
    assert "Markörord" not in visitor.leaves_behind()
    assert visitor.page.evaluate("sessionStorage.length") == 0
    visitor.page.go_back()
    assert "/chatt/" not in visitor.page.url


@pytest.mark.parametrize("profiles", ["mentor"], indirect=True)
def test_the_mentors_key_stays_in_firefox_and_cannot_be_taken_out(pair: Pair):
    pair.mentor.page.reload()
    pair.mentor.sees("Du är i tjänst.")

    assert pair.mentor.page.evaluate(KEPT) == {"refusal": "InvalidAccessError", "certified": True}


def test_text_cannot_become_code_and_the_attempt_is_noticed(page_in_firefox: Page, service: RunningService):
    visitor = VisitorAtPage(page_in_firefox, service.base_url)
    visitor.comes()

    with visitor.page.expect_console_message(lambda said: said.type == "error"):
        refused = visitor.page.evaluate(
            f"() => {{ try {{ {MAKE_CODE_OF_TEXT}; }} catch (error) {{ return error.name; }} }}"
        )

    assert refused == "TypeError"
    expect(visitor.page.locator("body > img")).to_have_count(0)
    assert "policy: require-trusted-types-for" in visitor.complaints


def test_the_start_page_asks_nobody_else_and_complains_of_nothing(
    page_in_firefox: Page, service: RunningService
):
    asked: list[str] = []
    page_in_firefox.on("request", lambda request: asked.append(request.url))
    visitor = VisitorAtPage(page_in_firefox, service.base_url)

    visitor.page.goto(f"{service.base_url}/")
    expect(visitor.page.get_by_role("banner").get_by_text("Chatten är stängd", exact=False)).to_be_visible()

    assert f"{service.base_url}/" in asked
    assert [address for address in asked if not address.startswith(service.base_url)] == []
    assert visitor.complaints == []
    assert visitor.page.evaluate("document.fonts.ready.then((fonts) => fonts.status)") == "loaded"
    assert visitor.page.context.cookies() == []
