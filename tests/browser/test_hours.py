"""A coordinator sets the coming week, by the names on the page: what she sees is what visitors see, within one poll."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import MODES, inspect
from tests.browser.people import MentorAtPage, Person, VisitorAtPage, sign_in
from tests.running_service import RunningService

# A Monday evening while the chat is open, years after the example's override: the week alone decides.
MONDAY_EVENING = "2035-03-05T20:00:00+01:00"
ONE_POLL_MS = 20_000  # eight seconds and an answer; the rest is for a machine that has much else to do
FRIDAY, SUNDAY = "Fredag 9 mars", "Söndag 11 mars"


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    return make_service(clock=MONDAY_EVENING)


@pytest.fixture
def coordinator(new_context: Callable[..., BrowserContext], service: RunningService) -> Iterator[Person]:
    """Sign a coordinator in."""
    person = Person(new_context().new_page(), service.base_url)
    credentials = service.add_account("coordinator", "samordnare")
    person.signs_in(credentials)
    yield person
    assert person.complaints == []


@pytest.fixture
def mentor(new_context: Callable[..., BrowserContext], service: RunningService) -> Iterator[MentorAtPage]:
    """Put a mentor on duty."""
    context = new_context()
    sign_in(context, service, "mentor-tider")
    person = MentorAtPage(context.new_page(), service.base_url)
    person.comes_on_duty()
    yield person
    person.goes_home()


def days(page: Page) -> list[str]:
    """Read the coming days as they stand on a page."""
    expect(page.locator("[data-plan]").first).to_be_visible()
    return page.locator("[data-plan]").all_inner_texts()


def day(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def changes(coordinator: Person, name: str) -> Page:
    page = coordinator.page
    page.get_by_role("link", name="Öppettider", exact=True).click()
    page.get_by_role("link", name=f"Ändra {name}").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return page


def times(page: Page, name: str, starts: str, ends: str) -> None:
    group = page.get_by_role("group", name=name)
    group.get_by_label("Från").fill(starts)
    group.get_by_label("Till").fill(ends)


def test_a_week_is_set_and_the_intake_paused_and_every_page_agrees(
    coordinator: Person,
    mentor: MentorAtPage,
    new_context: Callable[..., BrowserContext],
    service: RunningService,
    axe_source: str,
):
    visitor = VisitorAtPage(new_context().new_page(), service.base_url)
    visitor.comes()
    expect(visitor.button("Börja")).to_be_enabled()

    # Two days: one over midnight, one closed.
    page = changes(coordinator, FRIDAY)
    times(page, "Första tiden", "12:00", "13:00")
    times(page, "Andra tiden", "20:00", "02:30")
    page.get_by_label("Anledning", exact=True).fill("Lång kväll")
    coordinator.button("Spara").click()
    expect(page.get_by_role("status").filter(has_text="Dagens tider är sparade.")).to_be_visible()
    page = changes(coordinator, SUNDAY)
    page.get_by_label("Stängt hela dagen").check()
    coordinator.button("Spara").click()
    expect(day(page, SUNDAY)).to_contain_text("Stängt")
    expect(day(page, FRIDAY)).to_contain_text("12.00–13.00 och 20.00 till 02.30 natten till lördag")

    reader = new_context().new_page()
    reader.goto(f"{service.base_url}/chatt/lage/")
    assert days(reader) == days(page)

    # The intake: an open page says it within one poll, and so does the overview.
    page.get_by_role("link", name="Översikt", exact=True).click()
    expect(page.locator('[data-count="on_duty"]')).to_have_text("1")
    expect(page.get_by_text("Chatten är öppen till kl. 22.00.")).to_be_visible()
    coordinator.button("Pausa intag").click()
    expect(coordinator.button("Ta emot igen")).to_be_visible()
    header = visitor.page.get_by_role("banner")
    expect(header.get_by_text("Vi tar inte emot fler just nu.")).to_be_visible(timeout=ONE_POLL_MS)
    expect(visitor.button("Börja")).to_be_disabled(timeout=ONE_POLL_MS)
    coordinator.button("Ta emot igen").click()
    expect(visitor.button("Börja")).to_be_enabled(timeout=ONE_POLL_MS)

    # The counts follow without a reload.
    visitor.button("Börja").click()
    expect(page.locator('[data-count="waiting"]')).to_have_text("1")
    expect(page.locator('[data-count="longest_wait"]')).to_have_text(re.compile("min"))
    mentor.takes_next()
    expect(page.locator('[data-count="talking"]')).to_have_text("1")
    expect(page.locator('[data-count="waiting"]')).to_have_text("0")

    # Every page in every mode, with a stopped intake, one day's form and a mistake in it.
    coordinator.button("Pausa intag").click()
    friday = "/samordnare/oppettider/2035-03-09/"
    findings: list[str] = []
    for mode, options in MODES.items():
        looking = new_context(**options, storage_state=page.context.storage_state()).new_page()
        for path in ("/samordnare/", "/samordnare/oppettider/", friday, "/chatt/lage/"):
            looking.goto(f"{service.base_url}{path}")
            findings += [f"{path} {line}" for line in inspect(looking, axe_source, mode).findings]
        looking.goto(f"{service.base_url}{friday}")
        times(looking, "Andra tiden", "12:30", "14:00")
        looking.get_by_role("button", name="Spara").click()
        expect(looking.get_by_role("alert")).to_contain_text(
            "Den här tiden börjar innan den förra har slutat."
        )
        findings += [f"mistake {line}" for line in inspect(looking, axe_source, mode).findings]
    assert findings == []
    assert visitor.complaints == []
