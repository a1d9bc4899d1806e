"""A mentor hands a conversation over, in three browsers: the visitor decides, the colleague answers."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.conftest import WAIT_S, open_profile
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in
from tests.running_service import RunningService

ALL, NEW, NO = "Ja, visa det vi skrivit", "Ja, men bara från och med nu", "Nej, jag fortsätter här"


@dataclass
class Three:
    """A visitor, her mentor, and a colleague on duty, each at a page of her own."""

    visitor: VisitorAtPage
    mentor: MentorAtPage
    colleague: MentorAtPage
    alias: str

    def proposes(self) -> None:
        """Let the mentor ask for the colleague, and the question come to the visitor."""
        self.mentor.button("Lämna över").click()
        self.mentor.button(self.alias).click()
        self.visitor.sees(f"Din mentor vill lämna över till {self.alias}.")


class Relay:
    """Stands between a page and the service: hears everything, keeps back and brings what it likes."""

    def __init__(self, page: Page, seat: str) -> None:
        self.sent: list[dict[str, Any]] = []
        self.drops: set[str] = set()
        self._page = page
        self._route: WebSocketRoute | None = None
        page.route_web_socket(f"**/chatt/ws/{seat}", self._carry)

    def _carry(self, route: WebSocketRoute) -> None:
        server = self._server = route.connect_to_server()
        self._route = route
        route.on_message(lambda data: (self.sent.append(json.loads(data)), server.send(data))[1])
        server.on_message(lambda data: None if json.loads(data)["type"] in self.drops else route.send(data))

    def brings(self, frame: dict[str, Any]) -> None:
        """Give the page a frame as if the service had sent it."""
        assert self._route is not None
        self._route.send(json.dumps(frame))

    def until_sent(self, claim: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the newest frame of which the claim is true, once the page has sent one."""
        deadline_s = time.monotonic() + WAIT_S
        while not any(claim(frame) for frame in self.sent):
            assert time.monotonic() < deadline_s, "the page has sent no such frame"
            self._page.wait_for_timeout(20)  # the page's frames come in only while Playwright listens
        return [frame for frame in self.sent if claim(frame)][-1]


@pytest.fixture(scope="module")
def profiles(browser: Browser, service: RunningService) -> Iterator[list[BrowserContext]]:
    """Sign two mentors in, each in a browser of her own."""
    opened: list[BrowserContext] = []
    for username in ("lamnar", "tar-over"):
        context = open_profile(browser)
        sign_in(context, service, username)
        opened.append(context)
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def three(
    new_context: Callable[..., BrowserContext], profiles: list[BrowserContext], service: RunningService
) -> Iterator[Three]:
    """A conversation in which something has been said already."""
    mentor, colleague = (MentorAtPage(profile.new_page(), service.base_url) for profile in profiles)
    mentor.comes_on_duty()
    colleague.comes_on_duty()
    alias = colleague.page.locator("[data-dashboard]").get_attribute("data-alias") or ""
    visitor = VisitorAtPage(new_context().new_page(), service.base_url)
    visitor.begins()
    mentor.takes_next()
    visitor.says("sagt före")
    mentor.reads("sagt före")
    mentor.says("svarat före")
    visitor.reads("svarat före")
    yield Three(visitor, mentor, colleague, alias)
    visitor.goes()
    for person in (colleague, mentor):
        expect(person.button("Avsluta samtalet")).to_be_hidden()
        person.goes_home()
    assert visitor.complaints + mentor.complaints + colleague.complaints == []


def test_no_keeps_the_mentor_and_nobody_else_hears_of_it(three: Three):
    three.proposes()

    three.visitor.button(NO).click()

    three.mentor.sees("Besökaren vill fortsätta med dig.")
    three.mentor.says("Då fortsätter vi.")
    three.visitor.reads("Då fortsätter vi.")
    expect(three.colleague.page.get_by_text("vill lämna över ett samtal till dig")).to_be_hidden()


def test_a_colleague_who_cannot_leaves_the_conversation_where_it_is(three: Three):
    three.proposes()
    three.visitor.button(ALL).click()

    three.colleague.button("Inte just nu").click()

    three.visitor.sees(f"{three.alias} kunde inte ta över just nu. Du talar vidare med samma mentor.")
    three.mentor.sees(f"{three.alias} kunde inte ta över just nu. Samtalet stannar hos dig.")
    three.visitor.says("Det gör inget.")
    three.mentor.reads("Det gör inget.")


@pytest.mark.parametrize(("answer", "sees_earlier"), [(ALL, True), (NEW, False)])
def test_yes_lets_the_colleague_in_to_what_was_allowed_and_the_former_mentor_out(
    three: Three, answer: str, sees_earlier: bool
):
    three.proposes()
    three.visitor.button(answer).click()
    three.mentor.sees(f"Besökaren sa ja. Nu får {three.alias} frågan.")

    three.colleague.button("Ta över samtalet").click()

    three.colleague.sees("Du talar med en besökare")
    three.visitor.sees(f"Du talar med {three.alias} (certifierad mentor)")
    three.visitor.sees(f"Nu talar du med {three.alias}.")
    three.mentor.sees("Din kollega har tagit över.")
    three.visitor.says("sagt efter")
    three.colleague.reads("sagt efter")
    three.colleague.says("svarat efter")
    three.visitor.reads("svarat efter")
    for earlier in ("sagt före", "svarat före"):
        expect(three.colleague.page.get_by_text(earlier)).to_have_count(int(sees_earlier))
    assert not re.search("(sagt|svarat) (före|efter)", three.mentor.leaves_behind())


def test_a_relay_that_helps_the_former_mentor_lets_her_neither_read_nor_speak(
    profiles: list[BrowserContext], new_context: Callable[..., BrowserContext], service: RunningService
):
    mentor, colleague = (MentorAtPage(profile.new_page(), service.base_url) for profile in profiles)
    visitor = VisitorAtPage(new_context().new_page(), service.base_url)
    hers, his = Relay(mentor.page, "mentor"), Relay(visitor.page, "visitor")
    mentor.comes_on_duty()
    colleague.comes_on_duty()
    visitor.begins()
    mentor.takes_next()
    visitor.says("sagt före")
    mentor.reads("sagt före")
    three = Three(
        visitor, mentor, colleague, colleague.page.locator("main").get_attribute("data-alias") or ""
    )
    expect(mentor.page.locator("[data-handover-list] button")).to_have_count(1)
    three.proposes()
    # The relay hides from her that her time is over.
    hers.drops = {"ended", "phase"}
    visitor.button(NEW).click()
    before = 1 + hers.until_sent(lambda frame: frame["type"] == "post")["sequence"]
    colleague.button("Ta över samtalet").click()
    visitor.sees(f"Nu talar du med {three.alias}.")
    visitor.says("bara till den nya")
    colleague.reads("bara till den nya")
    mentor.says("jag är kvar")

    # It brings her what is said now, and brings the visitor what she says.
    said = his.until_sent(lambda frame: frame["type"] == "post" and frame["epoch"] == 2)
    spoken = hers.until_sent(lambda frame: frame["type"] == "post" and frame["sequence"] == before)
    sender = f"mentor:{hers.sent[0]['key']}"
    hers.brings(said | {"type": "envelope", "sender": "visitor", "position": 900})
    his.brings(spoken | {"type": "envelope", "sender": sender, "position": 900})

    visitor.sees("kom efter bytet av mentor. Det visas inte.")
    expect(visitor.page.get_by_text("jag är kvar")).to_have_count(0)
    expect(mentor.page.get_by_text("bara till den nya")).to_have_count(0)
    assert "bara till den nya" not in mentor.leaves_behind()
    visitor.goes()
    colleague.sees("Besökaren avslutade samtalet.")
    for person in (colleague, mentor):
        person.page.close()
