"""Ending and blocking as people meet it: explained before, undoable after, and plain words for who is out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Visit, inspect
from tests.browser.people import MentorAtPage, talk
from tests.running_service import RunningService

SEEN = {"extra_http_headers": {"X-Forwarded-For": "198.51.100.7"}}


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    """Start it behind one web server that tells where a visitor comes from."""
    return make_service(proxy_hops=1)


def opens_dialog(mentor: MentorAtPage) -> None:
    mentor.button("Avsluta samtalet").click()
    mentor.button("Avsluta och spärra").click()


def blocks(mentor: MentorAtPage) -> None:
    opens_dialog(mentor)
    mentor.button("Ja, avsluta och spärra").click()


def test_a_connection_that_cannot_be_told_from_others_is_not_blocked_and_the_mentor_hears_it(
    visit: Visit, mentor: MentorAtPage
):
    visitor = talk(visit(), mentor)

    blocks(mentor)

    mentor.sees("den går inte att skilja från andras")
    expect(mentor.button("Ångra spärren")).to_be_hidden()
    visitor.sees("Din mentor avslutade samtalet.")


def test_who_is_blocked_reads_plain_words_and_numbers_and_the_mentor_can_take_it_back(
    visit: Visit, mentor: MentorAtPage, axe_source: str
):
    visitor = talk(visit(**SEEN), mentor)
    opens_dialog(mentor)
    mentor.sees("Spärren gäller i 12 timmar. Ingen ser någon adress. Samordnaren kan häva den.")
    assert inspect(mentor.page, axe_source, "light").findings == []
    mentor.button("Nej, stanna kvar").click()
    visitor.sees("Du talar med")
    blocks(mentor)
    visitor.sees("Din mentor avslutade samtalet.")
    mentor.sees("Uppkopplingen är spärrad.")

    again = visit(**SEEN)
    again.comes()
    again.button("Börja").click()
    again.sees("Chatten går inte att öppna här just nu")
    again.sees("Flera kan dela samma uppkoppling, så det behöver inte handla om dig.")
    expect(again.page.get_by_role("main").get_by_role("link", name="Nödnumret 112")).to_be_visible()
    expect(again.page.get_by_role("link", name="Börja ett nytt samtal")).to_be_hidden()
    assert inspect(again.page, axe_source, "light").findings == []

    mentor.button("Ångra spärren").click()
    mentor.sees("Spärren är hävd.")
    expect(mentor.button("Ångra spärren")).to_be_hidden()
    once_more = visit(**SEEN)
    once_more.begins()
    once_more.sees("Du står först i kön.")


def test_a_coordinator_lifts_a_block_by_its_label(
    visit: Visit, mentor: MentorAtPage, service: RunningService, new_context: Callable[..., BrowserContext]
):
    talk(visit(**SEEN), mentor)
    blocks(mentor)
    mentor.sees("Uppkopplingen är spärrad.")
    coordinator = MentorAtPage(new_context().new_page(), service.base_url)
    coordinator.signs_in(service.add_account("coordinator", "samordnare-sparr"))
    coordinator.page.get_by_role("link", name="Inkorg").click()

    coordinator.button("Häv").click()

    coordinator.sees("Ingen är spärrad.")
    again = visit(**SEEN)
    again.begins()
