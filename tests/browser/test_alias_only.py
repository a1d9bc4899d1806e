"""A visitor meets a mentor by her alias alone: no frame and no answer that her browser receives names any account.

A relay records everything that comes, in a whole conversation with a reload, a question and a colleague in it.
"""

import json
import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visit, open_profile
from tests.browser.people import MentorAtPage, sign_in
from tests.browser.relay import Relay
from tests.running_service import RunningService

# Nobody is called this: names that cannot stand in a page by chance.
USERNAMES = [f"konto-{secrets.token_hex(6)}" for _ in range(2)]


@pytest.fixture
def staff(browser: Browser, service: RunningService) -> Iterator[list[MentorAtPage]]:
    """Two mentors on duty, each in a browser of her own."""
    people: list[MentorAtPage] = []
    for username in USERNAMES:
        context = open_profile(browser)
        sign_in(context, service, username)
        person = MentorAtPage(context.new_page(), service.base_url)
        person.comes_on_duty()
        people.append(person)
    yield people
    for person in people:
        person.goes_home()
        person.page.context.close()
        assert person.complaints == []


def test_nothing_a_visitor_receives_names_an_account_or_a_colleague(
    visit: Visit, relay: Callable[[], Relay], staff: list[MentorAtPage]
):
    first, second = staff
    way = relay()
    visitor = visit(through=way)

    visitor.begins()
    visitor.sees("Du står först i kön.")
    visitor.says("Hej")
    first.takes_next()
    first.reads("Hej")
    first.says("Välkommen")
    visitor.reads("Välkommen")
    visitor.page.reload()
    visitor.sees("Du talar med")
    visitor.button("Fler val").click()
    visitor.button("Jag vill tala med någon annan").click()
    visitor.button("Ja, låt mig få någon annan").click()
    second.button("Ta nästa").click()
    visitor.button("Ja, visa det vi skrivit").click()
    visitor.sees("Du talar med")
    second.says("Nu är det jag")
    visitor.reads("Nu är det jag")
    visitor.ends()
    second.sees("Besökaren avslutade samtalet.")

    frames = [json.dumps(frame) for frame in way.passed("down")]
    assert sum('"offer"' in frame for frame in frames) >= 2, "the frames are what was said"
    assert "<h1" in way.answered, "the answers are what was loaded"
    for received in (*frames, way.answered, visitor.leaves_behind()):
        assert not any(username in received for username in USERNAMES)
