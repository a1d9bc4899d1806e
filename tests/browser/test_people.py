"""A coordinator invites somebody, copies the address and closes the account again, by what she reads and presses."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import MODES, inspect, open_profile
from tests.browser.people import MentorAtPage
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def sam(browser: Browser, service: RunningService) -> Iterator[MentorAtPage]:
    """Sign in a coordinator who has two colleagues."""
    context = open_profile(browser)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service.base_url)
    person = MentorAtPage(context.new_page(), service.base_url)
    for colleague in ("kollega-ett", "kollega-tva"):
        service.add_account("coordinator", colleague)
    credentials = service.add_account("coordinator", "samordnare-personer")
    person.signs_in(credentials)
    yield person
    context.close()


def test_a_mentor_is_invited_and_her_account_is_closed(sam: MentorAtPage, service: RunningService):
    page = sam.page
    page.get_by_role("link", name="Personer", exact=True).click()

    page.get_by_label("Användarnamn").fill("kollega-ett")
    sam.button("Bjud in").click()
    sam.sees("Användarnamnet är upptaget.")
    page.get_by_label("Användarnamn").fill("ny-mentor")
    sam.button("Bjud in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Inbjudan till Mentor 1")
    address = page.get_by_label("Adress att ge vidare").input_value()
    assert f":{service.port}/valkommen/#" in address
    sam.button("Kopiera").click()
    sam.sees("Kopierat.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    assert address.split("#")[1] not in page.url

    page.get_by_role("link", name="Till Mentor 1").click()
    sam.sees("Inbjuden till")
    page.get_by_role("link", name="Stäng av kontot").click()
    sam.button("Ja, stäng av").click()
    sam.sees("Kontot är avstängt. Alla inloggningar är avslutade.")
    page.get_by_role("link", name="Personer", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="ny-mentor")).to_contain_text("Avstängd")
    assert sam.complaints == ["Failed to load resource: the server responded with a status of 422 ()"]


@pytest.mark.parametrize("path", ["", "1/", "1/?steg=stang-av"])
def test_the_room_of_people_pleases_axe_in_every_mode(
    path: str,
    mode: str,
    sam: MentorAtPage,
    new_context: Callable[..., BrowserContext],
    axe_source: str,
):
    page = new_context(**MODES[mode], storage_state=sam.page.context.storage_state()).new_page()

    page.goto(f"{sam.base_url}/samordnare/personer/{path}")
    page.evaluate("document.fonts.ready")

    assert inspect(page, axe_source, mode).findings == []
