"""The film's steps on the real pages, without filming, so that a film that is no longer true is noticed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from chatservice.organisation import load_organisation
from tests.browser.people import MentorAtPage
from tests.running_service import RunningService
from tools.film.camera import Rehearsal
from tools.film.cues import Film, load_film
from tools.film.steps import Conversation, StepError, rehearse
from tools.film.studio import PHONE_HEIGHT, PHONE_WIDTH

SHOWN = "[...document.querySelector('video').textTracks].find((track) => track.mode === 'showing')"
# For a machine that has much else to do.
PATIENCE_S = 30
VIEW = {"width": PHONE_WIDTH, "height": PHONE_HEIGHT}


@pytest.fixture
def film(project: Path) -> Film:
    found = load_film(project / "content", load_organisation(project / "content").languages)
    assert found is not None
    return found


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext]) -> Page:
    """Open the phone that is filmed."""
    return new_context(viewport=VIEW, has_touch=True).new_page()


def without(page: Page, address: str, old: str, new: str) -> None:
    """Change a word in a page before the visitor's browser sees it."""

    def change(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert old in text
        route.fulfill(response=answer, body=text.replace(old, new))

    page.route(f"**{address}", change)


def test_a_renamed_button_stops_the_film_and_is_named(
    visitor: Page, mentor: MentorAtPage, service: RunningService, film: Film
):
    without(visitor, "/chatt/", ">Börja</button>", ">Starta</button>")
    patient = Conversation(service.base_url, visitor, mentor.page, Rehearsal(), patience_s=PATIENCE_S)
    conversation = Conversation(service.base_url, visitor, mentor.page, Rehearsal(), patience_s=3)
    # What only comes when the service has answered; all that the next step needs is there then, but for the button.
    rehearse(patient, film.cues[:1])

    with pytest.raises(StepError, match=r"steget to_chat.*knappen ”Börja” finns inte på sidan") as stopped:
        rehearse(conversation, film.cues[1:])

    assert "tools/film/steps.py" in str(stopped.value)


def test_a_promise_that_is_gone_stops_the_film(
    visitor: Page, mentor: MentorAtPage, service: RunningService, film: Film
):
    without(visitor, "/chatt/", "<li>Du är anonym. Ingen frågar vem du är.</li>", "")
    conversation = Conversation(service.base_url, visitor, mentor.page, Rehearsal(), patience_s=PATIENCE_S)

    with pytest.raises(StepError, match=r"steget promises.*löftena"):
        rehearse(conversation, film.cues)


def test_every_step_of_the_film_works_on_the_real_pages(
    visitor: Page, mentor: MentorAtPage, service: RunningService, film: Film
):
    rehearse(
        Conversation(service.base_url, visitor, mentor.page, Rehearsal(), patience_s=PATIENCE_S), film.cues
    )

    expect(visitor.get_by_role("heading", name="Samtalet är slut")).to_be_visible()


def test_the_films_own_player_is_reached_and_started_with_the_keyboard(
    visitor: Page, service: RunningService, film: Film
):
    visitor.goto(f"{service.base_url}/sa-chattar-du/#film")
    player = visitor.locator("video")
    assert player.evaluate("(video) => video.readyState") == 0, "it is fetched before anybody asks"

    player.focus()
    player.press("Space")

    visitor.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    shown = visitor.wait_for_function(f"() => {SHOWN}?.activeCues?.[0]?.text").json_value()
    assert shown.replace("\n", " ") in {words.text for words in film.in_language("sv")}
