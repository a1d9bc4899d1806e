""" "Lämna snabbt": blank at once, everything forgotten, and the way back does not lead here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_clock import stop_clock
from tests.browser.site_server import served

ONCE = "Tryck Shift två gånger till för att lämna"
TWICE = "Tryck Shift en gång till för att lämna"


@pytest.fixture(scope="module")
def origin(built_site: Path) -> Iterator[str]:
    with served(built_site) as address:
        yield address


@pytest.fixture
def site(page: Page, origin: str) -> Page:
    """A page that the visitor came to from somewhere else, and where presses are not forgotten by themselves."""
    stop_clock(page)
    page.route("**/chatt/status", lambda route: route.abort())
    page.goto(f"{origin}/404.html")
    page.goto(f"{origin}/integritet/")
    return page


def progress(page: Page):
    return page.locator("[data-exit-progress]")


def test_capital_letters_and_other_keys_never_count(site: Page, origin: str):
    site.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    site.get_by_role("textbox").focus()
    for letter in "ABC":
        site.keyboard.down("Shift")
        site.keyboard.press(letter)
        site.keyboard.up("Shift")
    site.keyboard.press("Shift")
    site.keyboard.press("Shift")
    site.keyboard.press("a")
    site.keyboard.press("Shift")

    expect(progress(site)).to_have_text(ONCE)
    expect(site).to_have_url(f"{origin}/integritet/")


def test_presses_are_forgotten_after_five_seconds(page: Page, origin: str):
    stop_clock(page)
    page.goto(origin)
    page.keyboard.press("Shift")
    expect(progress(page)).to_have_text(ONCE)

    page.clock.run_for(5_100)

    expect(progress(page)).to_be_empty()


def test_shift_three_times_leaves_with_visible_progress(site: Page, origin: str):
    expect(progress(site)).to_have_role("status")
    site.keyboard.press("Shift")
    expect(progress(site)).to_have_text(ONCE)
    expect(progress(site)).to_be_in_viewport()
    site.keyboard.press("Shift")
    expect(progress(site)).to_have_text(TWICE)
    site.keyboard.press("Shift")

    expect(site).to_have_url(f"{origin}/lugn/")


def test_the_place_in_the_history_is_taken_over(site: Page, origin: str):
    length = site.evaluate("history.length")

    site.get_by_role("link", name="Lämna snabbt").click()

    expect(site).to_have_url(f"{origin}/lugn/")
    assert site.evaluate("history.length") == length
    site.go_back()
    expect(site).to_have_url(f"{origin}/404.html")
    site.go_forward()
    expect(site).to_have_url(f"{origin}/lugn/")


def test_the_page_is_blank_before_the_next_one_answers(site: Page, origin: str):
    # A microtask runs when the script has done all it does, and before the browser goes anywhere.
    site.evaluate(
        """() => document.addEventListener('quickexit', () => queueMicrotask(() => console.info(
            `${document.body.childElementCount} ${document.title.trim().length}`)))"""
    )

    with site.expect_console_message(lambda message: message.type == "info") as seen:
        site.get_by_role("link", name="Lämna snabbt").click()

    assert seen.value.text == "0 1"  # nothing, and a title of one sign that cannot be seen


def test_whoever_holds_something_is_told_first_and_all_storage_is_emptied(site: Page, origin: str):
    site.evaluate(
        """() => {
            sessionStorage.setItem('a', '1');
            localStorage.setItem('b', '2');
            document.addEventListener('quickexit', () => {
                console.info(`${document.querySelector('main') !== null} ${sessionStorage.length}`);
            });
        }"""
    )

    with site.expect_console_message(lambda message: message.type == "info") as told:
        site.get_by_role("link", name="Lämna snabbt").click()

    assert told.value.text == "true 1"
    expect(site).to_have_url(f"{origin}/lugn/")
    assert site.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
