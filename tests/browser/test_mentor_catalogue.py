"""What a mentor has at hand while she writes: phrases that she may change, and cards that refer to others who help."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.browser.conftest import MODES, inspect, open_profile
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in, talk
from tests.running_service import RunningService

ASKING = "Hur är det för dig just nu?"


@pytest.fixture(scope="module")
def mentor_profile(browser: Browser, service: RunningService) -> Iterator[BrowserContext]:
    """Sign a mentor in once for all tests here."""
    context = open_profile(browser, viewport={"width": 1280, "height": 800})
    sign_in(context, service, "frasmentor")
    yield context
    context.close()


@pytest.fixture
def together(
    mentor: MentorAtPage, new_context: Callable[..., BrowserContext], service: RunningService
) -> Iterator[tuple[VisitorAtPage, MentorAtPage]]:
    """Bring a visitor and a mentor together."""
    visitor = VisitorAtPage(new_context().new_page(), service.base_url)
    yield talk(visitor, mentor), mentor
    mentor.parts()
    assert visitor.complaints == []


def phrases(mentor: MentorAtPage) -> Locator:
    """Return the dialog of phrases."""
    return mentor.page.get_by_role("dialog", name="Fraser")


def cards(mentor: MentorAtPage) -> Locator:
    """Return the dialog of referral cards."""
    return mentor.page.get_by_role("dialog", name="Hänvisa")


def test_a_phrase_goes_into_the_box_to_be_changed_and_nothing_is_sent(
    together: tuple[VisitorAtPage, MentorAtPage],
):
    visitor, mentor = together

    mentor.button("Fraser").click()
    phrases(mentor).get_by_role("option", name=ASKING).click()

    expect(phrases(mentor)).to_be_hidden()
    expect(mentor.box).to_be_focused()
    expect(mentor.box).to_have_value(f"{ASKING} ")
    assert mentor.texts == []
    mentor.box.press_sequentially("Berätta.")
    mentor.button("Skicka").click()
    visitor.reads(f"{ASKING} Berätta.")


def test_a_slash_opens_the_list_and_the_keyboard_alone_finds_and_chooses(
    together: tuple[VisitorAtPage, MentorAtPage],
):
    _, mentor = together
    keyboard = mentor.page.keyboard

    mentor.box.press_sequentially("/")
    keyboard.type("JUST nu")
    shown = phrases(mentor).get_by_role("option")
    expect(shown).to_have_count(2)
    expect(phrases(mentor).get_by_role("status")).to_have_text("Fraser att välja på: 2")
    expect(shown.nth(0)).to_have_attribute("aria-selected", "true")
    keyboard.press("ArrowDown")
    expect(shown.nth(1)).to_have_attribute("aria-selected", "true")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")

    expect(mentor.box).to_have_value(f"{ASKING} ")
    expect(mentor.box).to_be_focused()
    mentor.box.clear()


def test_a_slash_that_was_meant_as_one_comes_back_with_escape_and_one_within_a_text_is_only_a_slash(
    together: tuple[VisitorAtPage, MentorAtPage],
):
    _, mentor = together

    mentor.box.press_sequentially("/")
    mentor.page.keyboard.type("xyz")
    expect(phrases(mentor).get_by_role("status")).to_have_text("Ingen fras passar.")
    mentor.page.keyboard.press("Enter")
    mentor.page.keyboard.press("Escape")
    expect(phrases(mentor)).to_be_hidden()
    expect(mentor.box).to_have_value("/")
    expect(mentor.box).to_be_focused()

    mentor.box.press_sequentially(" och/eller")
    expect(phrases(mentor)).to_be_hidden()
    expect(mentor.box).to_have_value("/ och/eller")
    mentor.box.clear()


def test_no_card_can_be_sent_before_one_is_chosen_nor_before_anybody_is_there(
    together: tuple[VisitorAtPage, MentorAtPage],
):
    _, mentor = together

    mentor.button("Hänvisa").click()
    mentor.button("Skicka kortet").click()
    expect(cards(mentor)).to_be_visible()
    mentor.page.keyboard.press("Escape")

    expect(cards(mentor)).to_be_hidden()
    expect(mentor.button("Hänvisa")).to_be_focused()
    expect(mentor.log.get_by_text("Hänvisning")).to_have_count(0)


def test_a_card_stands_with_both_and_says_where_it_leads(together: tuple[VisitorAtPage, MentorAtPage]):
    visitor, mentor = together

    mentor.button("Hänvisa").click()
    cards(mentor).get_by_role("radio", name="Bris på webben", exact=True).check()
    mentor.button("Skicka kortet").click()
    mentor.button("Hänvisa").click()
    cards(mentor).get_by_role("radio", name="Kvinnofridslinjen", exact=True).press("Space")
    mentor.page.keyboard.press("Enter")

    for person in (visitor, mentor):
        page_link = person.log.get_by_role("link", name="Öppna www.bris.se", exact=True)
        expect(page_link).to_have_attribute("href", "https://www.bris.se")
        expect(page_link).to_have_attribute("rel", "noopener noreferrer")
        expect(page_link).to_have_attribute("target", "_blank")
        number = person.log.get_by_role("link", name="Ring 020 50 50 50", exact=True)
        expect(number).to_have_attribute("href", "tel:020-50-50-50")
        assert number.get_attribute("target") is None
        expect(person.log.get_by_text("Hänvisning")).to_have_count(2)
        # Only what leaves the chat says so.
        expect(
            person.log.get_by_text("Öppnas i en ny flik, utanför chatten.").locator("visible=true")
        ).to_have_count(1)
    expect(mentor.log.get_by_text("Framme")).to_have_count(2)


def test_a_reloaded_page_of_either_still_has_the_card(together: tuple[VisitorAtPage, MentorAtPage]):
    visitor, mentor = together
    mentor.button("Hänvisa").click()
    cards(mentor).get_by_role("radio", name="Mind", exact=True).check()
    mentor.button("Skicka kortet").click()
    expect(visitor.log.get_by_text("Hänvisning")).to_be_visible()

    for person in (visitor, mentor):
        person.page.reload()
        expect(person.log.get_by_text("Hänvisning")).to_be_visible()


@pytest.mark.parametrize("name", ["Fraser", "Hänvisa"])
def test_nothing_is_wrong_with_either_dialog_in_any_mode(
    together: tuple[VisitorAtPage, MentorAtPage], axe_source: str, name: str
):
    _, mentor = together
    page = mentor.page
    mentor.button(name).click()
    dialog = page.get_by_role("dialog", name=name)
    choice = dialog.get_by_role("option" if name == "Fraser" else "radio")

    for mode_name, mode in MODES.items():
        page.emulate_media(
            color_scheme=mode.get("color_scheme", "light"),
            contrast=mode.get("contrast", "no-preference"),
            forced_colors=mode.get("forced_colors", "none"),
        )
        page.set_viewport_size(mode.get("viewport", {"width": 360, "height": 640}))
        assert inspect(page, axe_source, mode_name).findings == []
        # What is chosen can be reached, and the way out too.
        expect(choice.first).to_be_in_viewport()
        expect(dialog.get_by_role("button", name="Stäng")).to_be_in_viewport()
    page.keyboard.press("Escape")
