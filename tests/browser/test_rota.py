"""An evening nobody has, from the coordinator's page to a colleague's calendar, by what people read and press."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import MODES, inspect, open_profile
from tests.browser.people import MentorAtPage
from tests.running_service import RunningService

WEDNESDAY_NOON = "2026-11-25T12:30:00+01:00"
THURSDAY = "torsdag 26 november 19.00–22.00"


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    """Start a service in which it is Wednesday, the day before an evening that nobody has."""
    return make_service(clock=WEDNESDAY_NOON)


class Staff(MentorAtPage):
    """Somebody at a page of the rota."""

    def __init__(self, context: BrowserContext, service: RunningService, role: str, username: str) -> None:
        super().__init__(context.new_page(), service.base_url)
        credentials = service.add_account(role, username)
        self.signs_in(credentials)

    def opens(self, path: str) -> None:
        """Go to a room."""
        self.page.goto(f"{self.base_url}{path}")

    def part(self, heading: str) -> Locator:
        """Return the part of the page under a heading."""
        return self.page.get_by_role("region", name=heading)

    def opening(self, when: str = THURSDAY) -> Locator:
        """Return one opening among all."""
        return self.page.get_by_role("group", name=when)


@pytest.fixture(scope="module")
def office(browser: Browser, service: RunningService) -> Iterator[tuple[Staff, Staff, Staff]]:
    """Sign in a coordinator and two mentors."""
    contexts = [open_profile(browser) for _ in range(3)]
    roles = (("coordinator", "samordnare-pass"), ("mentor", "mentor-ett"), ("mentor", "mentor-tva"))
    people = [Staff(context, service, *who) for context, who in zip(contexts, roles, strict=True)]
    yield people[0], people[1], people[2]
    for context in contexts:
        context.close()


def calendar_at(page: Page) -> list[Any]:
    """Take the calendar file and return its events."""
    with page.expect_download() as taking:
        page.get_by_role("link", name="Hämta passen till din kalender").click()
    return Calendar.from_ical(Path(taking.value.path()).read_bytes()).walk("VEVENT")


def test_a_gap_is_filled_and_swapped_and_is_in_the_second_mentors_calendar(
    office: tuple[Staff, Staff, Staff],
):
    sam, first, second = office

    sam.opens("/samordnare/")
    sam.page.get_by_role("link", name="Schema", exact=True).click()
    gaps = sam.page.get_by_role("region", name="luckor de närmaste två veckorna")
    gaps.get_by_role("link", name="torsdag 26 november Ingen mentor 19.00–22.00").click()
    sam.opening().get_by_text("Lägg in", exact=True).click()
    sam.opening().get_by_label("Mentor").select_option("Mentor 1")
    sam.opening().get_by_role("button", name="Lägg in passet").click()
    sam.sees("Passet är inlagt.")
    expect(sam.opening()).to_contain_text("Mentor 1")
    expect(sam.opening().get_by_text("Ingen mentor")).to_have_count(0)

    first.opens("/mentor/")
    first.page.get_by_role("link", name="Ditt nästa pass: tor 26 november 19.00–22.00").click()
    first.part("Dina kommande pass").get_by_role("button", name="Be om byte").click()
    first.sees("Nu ser dina kollegor att du vill byta.")
    expect(first.part("Dina kommande pass")).to_contain_text("Passet är ditt tills någon tar över.")

    second.opens("/mentor/pass/")
    expect(second.part("Någon vill byta bort")).to_contain_text(THURSDAY)
    second.part("Någon vill byta bort").get_by_role("button", name="Ta över").click()
    second.sees("Du har tagit över passet.")
    expect(second.part("Dina kommande pass")).to_contain_text(THURSDAY)
    [event] = calendar_at(second.page)
    assert (event["dtstart"].dt.isoformat(), event["dtend"].dt.isoformat(), str(event["summary"])) == (
        "2026-11-26T18:00:00+00:00",
        "2026-11-26T21:00:00+00:00",
        "Upptagen",
    )

    first.opens("/mentor/pass/")
    expect(first.part("Dina kommande pass")).to_contain_text("Du har inga pass än.")
    sam.opens("/samordnare/schema/")
    expect(sam.opening()).to_contain_text("Mentor 2")
    assert [person.complaints for person in office] == [[], [], []]


def test_a_part_of_an_evening_is_taken_by_keyboard_alone(office: tuple[Staff, Staff, Staff]):
    _, _, second = office
    second.opens("/mentor/pass/")
    friday = second.opening("fredag 27 november 21.00–01.00")

    friday.get_by_text("Ta en del").focus()
    second.page.keyboard.press("Enter")
    friday.get_by_label("Till").fill("23:00")
    friday.get_by_role("button", name="Ta den delen").focus()
    second.page.keyboard.press("Enter")

    second.sees("Passet är ditt.")
    expect(second.opening("fredag 27 november 21.00–01.00")).to_contain_text("Ingen mentor 23.00–01.00")


@pytest.mark.parametrize("path", ["/samordnare/schema/", "/mentor/pass/"])
def test_both_pages_please_axe_in_every_mode_with_everything_open(
    path: str,
    mode: str,
    office: tuple[Staff, Staff, Staff],
    new_context: Callable[..., BrowserContext],
    axe_source: str,
):
    person = office[0] if path.startswith("/samordnare") else office[2]
    context = new_context(**MODES[mode], storage_state=person.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{person.base_url}{path}")

    page.evaluate("document.querySelectorAll('details').forEach((one, at) => { one.open = at < 4; })")
    page.evaluate("document.fonts.ready")

    assert inspect(page, axe_source, mode).findings == []
