"""“Fråga samordnaren” with three people at their pages: nobody reads what is not meant for them, and nothing stays."""

import json
import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocket, expect

from chatservice.commands.canary.searching import found_in_files, found_in_process
from tests.browser.conftest import MODES, inspect, open_profile
from tests.browser.people import MentorAtPage, Person, VisitorAtPage, talk
from tests.running_service import RunningService


class CoordinatorAtPage(Person):
    """Somebody who answers mentors."""

    def comes(self) -> None:
        """Open the page and wait until the mentors can see that somebody is here."""
        self.page.goto(f"{self.base_url}/samordnare/")
        self.sees("Mentorerna ser att en samordnare är här.")

    def reads_from(self, alias: str, text: str) -> None:
        """Wait until a mentor's question is there."""
        log = self.page.get_by_role("log", name=f"Frågor från {alias}")
        expect(log.get_by_text(text, exact=True)).to_be_visible()

    def answers(self, alias: str, text: str) -> None:
        """Write and send."""
        box = self.page.get_by_role("textbox", name=f"Ditt svar till {alias}")
        box.fill(text)
        box.press("Enter")


class AskingMentor(MentorAtPage):
    """A mentor who has somebody to ask."""

    @property
    def question(self) -> Locator:
        """Return the field for questions."""
        return self.page.get_by_role("textbox", name="Din fråga")

    @property
    def line(self) -> Locator:
        """Return what was written to and from the coordinator."""
        return self.page.get_by_role("log", name="Samordnaren")

    def asks(self, text: str) -> None:
        """Open the panel if need be, write and send."""
        if not self.question.is_visible():
            self.button("Fråga samordnaren").click()
        self.question.fill(text)
        self.button("Skicka frågan").click()


def signs_in(page: Page, service: RunningService, name: str, role: str) -> None:
    """Make an account and sign it in, for every page of this browser profile."""
    Person(page, service.base_url).signs_in(service.add_account(role, name))
    page.close()


@pytest.fixture(scope="module")
def profiles(browser: Browser, service: RunningService) -> Iterator[dict[str, BrowserContext]]:
    """Sign two mentors and a coordinator in, each in a browser of their own."""
    opened: dict[str, BrowserContext] = {}
    for name, role in (("fragar", "mentor"), ("annan", "mentor"), ("svarar", "coordinator")):
        context = open_profile(browser, viewport={"width": 1280, "height": 800})
        signs_in(context.new_page(), service, name, role)
        opened[name] = context
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def coordinator(profiles: dict[str, BrowserContext], service: RunningService) -> Iterator[CoordinatorAtPage]:
    """Put a coordinator at her page."""
    person = CoordinatorAtPage(profiles["svarar"].new_page(), service.base_url)
    person.comes()
    yield person
    person.page.close()
    assert person.complaints == []


@pytest.fixture
def mentor(profiles: dict[str, BrowserContext], service: RunningService) -> Iterator[AskingMentor]:
    """Put a mentor on duty."""
    person = AskingMentor(profiles["fragar"].new_page(), service.base_url)
    person.comes_on_duty()
    yield person
    person.goes_home()
    assert person.complaints == []


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext], service: RunningService) -> Iterator[VisitorAtPage]:
    """Open a visitor's browser."""
    person = VisitorAtPage(new_context().new_page(), service.base_url)
    yield person
    person.goes()
    assert person.complaints == []


def frames_of(page: Page) -> list[str]:
    """Return a list that every frame a page sends or receives from now on is put into."""
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        for direction in ("framereceived", "framesent"):
            socket.on(direction, lambda frame: frames.append(str(frame)))

    page.on("websocket", listen)
    return frames


def types_of(frames: list[str]) -> set[str]:
    """Return the types of frames."""
    return {json.loads(frame)["type"] for frame in frames}


def test_while_no_coordinator_is_there_the_page_says_so_and_what_to_do_instead(mentor: AskingMentor):
    mentor.sees("Ingen samordnare är här just nu.")

    mentor.asks("Hallå?")

    mentor.sees("be besökaren ringa 112")
    expect(mentor.question).to_have_value("Hallå?")
    expect(mentor.line.get_by_text("Hallå?")).to_have_count(0)
    mentor.question.fill("")


def test_a_mentor_asks_in_mid_conversation_and_no_word_of_it_reaches_the_visitor(
    mentor: AskingMentor,
    coordinator: CoordinatorAtPage,
    visitor: VisitorAtPage,
    service: RunningService,
):
    seen_by_visitor = frames_of(visitor.page)
    talk(visitor, mentor)
    visitor.says("Bara till mentorn")
    mentor.reads("Bara till mentorn")

    mentor.asks("Bara till samordnaren")
    coordinator.reads_from("Mentor 1", "Bara till samordnaren")
    coordinator.answers("Mentor 1", "Bara till den som frågar")
    expect(mentor.line.get_by_text("Bara till den som frågar", exact=True)).to_be_visible()
    expect(mentor.log).to_be_visible()

    # The conversation goes on beside it, and neither is told anything of the other.
    mentor.says("Tillbaka hos dig")
    visitor.reads("Tillbaka hos dig")
    assert visitor.texts == ["Bara till mentorn", "Tillbaka hos dig"]
    assert mentor.texts == ["Bara till mentorn", "Tillbaka hos dig"]
    told = types_of(seen_by_visitor)
    assert {"joined", "envelope"} <= told
    assert {kind for kind in told if kind.startswith("line")} == set()
    assert "Bara till mentorn" not in coordinator.leaves_behind()
    assert "Bara till samordnaren" not in visitor.leaves_behind()


def test_enter_sends_only_what_stands_in_the_box_that_one_writes_in(
    mentor: AskingMentor, coordinator: CoordinatorAtPage, visitor: VisitorAtPage
):
    talk(visitor, mentor)
    mentor.button("Fråga samordnaren").click()
    expect(mentor.question).to_be_focused()
    mentor.box.fill("Ett utkast till besökaren")

    mentor.question.fill("Först frågan")
    mentor.question.press("Enter")
    coordinator.reads_from("Mentor 1", "Först frågan")
    expect(mentor.box).to_have_value("Ett utkast till besökaren")
    expect(mentor.question).to_be_focused()

    mentor.question.fill("Ett utkast till samordnaren")
    mentor.box.press("Enter")
    visitor.reads("Ett utkast till besökaren")
    expect(mentor.question).to_have_value("Ett utkast till samordnaren")
    expect(mentor.line.get_by_text("Ett utkast till samordnaren")).to_have_count(0)
    mentor.question.fill("")


def test_the_panel_stands_beside_the_conversation_and_on_a_phone_in_its_place(
    mentor: AskingMentor, coordinator: CoordinatorAtPage, visitor: VisitorAtPage
):
    talk(visitor, mentor)
    panel = mentor.page.get_by_role("complementary", name="Samordnaren")
    mentor.button("Fråga samordnaren").click()
    mentor.sees("Till besökaren")
    beside, room = panel.bounding_box(), mentor.log.bounding_box()
    assert beside is not None
    assert room is not None
    assert room["x"] + room["width"] <= beside["x"]

    mentor.page.set_viewport_size({"width": 360, "height": 640})
    expect(mentor.box).to_be_hidden()
    expect(mentor.question).to_be_visible()
    visitor.says("Är du kvar?")
    mentor.sees("Besökaren har skrivit. Stäng för att läsa.")
    assert mentor.page.evaluate("document.documentElement.scrollWidth") == 360

    mentor.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mentor.button("Fråga samordnaren")).to_be_focused()
    mentor.reads("Är du kvar?")
    coordinator.page.set_viewport_size({"width": 360, "height": 640})
    assert coordinator.page.evaluate("document.documentElement.scrollWidth") == 360


def test_an_answer_to_a_closed_panel_is_marked_until_it_is_opened(
    mentor: AskingMentor, coordinator: CoordinatorAtPage
):
    mentor.asks("Är du där?")
    coordinator.reads_from("Mentor 1", "Är du där?")
    assert coordinator.page.title().startswith("(1) ")
    mentor.page.get_by_role("complementary", name="Samordnaren").get_by_role("button", name="Stäng").click()

    coordinator.answers("Mentor 1", "Ja")
    mentor.sees("Samordnaren har svarat.")
    assert not coordinator.page.title().startswith("(")

    mentor.button("Fråga samordnaren").click()
    expect(mentor.line.get_by_text("Ja", exact=True)).to_be_visible()
    mentor.sees("En samordnare är här.")


def test_two_mentors_ask_at_once_and_neither_reads_the_other(
    mentor: AskingMentor,
    coordinator: CoordinatorAtPage,
    profiles: dict[str, BrowserContext],
    service: RunningService,
):
    other = AskingMentor(profiles["annan"].new_page(), service.base_url)
    heard = frames_of(other.page)
    other.comes()
    mentor.asks("Den förstas fråga")
    other.asks("Den andras fråga")
    coordinator.reads_from("Mentor 1", "Den förstas fråga")
    coordinator.reads_from("Mentor 2", "Den andras fråga")

    coordinator.answers("Mentor 1", "Den förstas svar")
    expect(mentor.line.get_by_text("Den förstas svar", exact=True)).to_be_visible()
    coordinator.answers("Mentor 2", "Den andras svar")
    expect(other.line.get_by_text("Den andras svar", exact=True)).to_be_visible()

    assert "Den förstas" not in other.line.inner_text()
    assert "Den andras" not in mentor.line.inner_text()
    assert sum(json.loads(frame)["type"] == "line" for frame in heard) == 2
    other.page.close()
    coordinator.sees("Mentor 2 har ingen sida öppen.")
    assert other.complaints == []


def test_nothing_that_was_typed_is_in_the_service_or_left_in_a_page(
    mentor: AskingMentor, coordinator: CoordinatorAtPage, service: RunningService
):
    marker = f"Hemligt{secrets.token_hex(8)}"
    places = [service.data_dir, service.log_path]
    mentor.asks(f"{marker} fråga")
    coordinator.reads_from("Mentor 1", f"{marker} fråga")
    coordinator.answers("Mentor 1", f"{marker} svar")
    expect(mentor.line.get_by_text(f"{marker} svar", exact=True)).to_be_visible()
    key = json.loads(coordinator.page.evaluate("JSON.stringify(document.querySelector('main').dataset.pins)"))
    assert found_in_process(service.pid, [marker, json.loads(key)[0]]) == {json.loads(key)[0]}

    coordinator.page.goto(f"{service.base_url}/halsa")
    coordinator.page.go_back()
    coordinator.sees("Mentorerna ser att en samordnare är här.")
    mentor.comes()

    assert marker not in coordinator.leaves_behind() + mentor.leaves_behind()
    assert found_in_process(service.pid, [marker]) == set()
    assert found_in_files(places, [marker]) == set()


def test_axe_finds_nothing_on_either_page_in_any_mode(
    mentor: AskingMentor, coordinator: CoordinatorAtPage, axe_source: str, mode: str
):
    mentor.asks("En fråga")
    coordinator.reads_from("Mentor 1", "En fråga")
    coordinator.answers("Mentor 1", "Ett svar")
    expect(mentor.line.get_by_text("Ett svar", exact=True)).to_be_visible()
    look = MODES[mode]

    findings: list[str] = []
    for page in (mentor.page, coordinator.page):
        page.emulate_media(
            color_scheme=look.get("color_scheme"),
            contrast=look.get("contrast"),
            forced_colors=look.get("forced_colors"),
        )
        if "viewport" in look:
            page.set_viewport_size(look["viewport"])
        # Half under the header, which stays in sight, the page's own navigation would be too small to hit.
        page.evaluate("scrollTo(0, 0)")
        findings += inspect(page, axe_source, mode).findings

    assert findings == []
