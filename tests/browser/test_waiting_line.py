"""Several who wait and several who listen: the order of the line, leavers, a race, and the line that is full."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, inspect, open_profile
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in
from tests.browser.relay import Relay
from tests.running_service import RunningService

FIRST = "Du står först i kön."


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    """Start a service with room for three, where a closed tab frees its place soon, and a reload in time keeps it."""
    return make_service(queue_cap=3, visitor_grace_s=10)


@pytest.fixture
def colleague(
    browser: Browser, service: RunningService, relay: Callable[[], Relay]
) -> Iterator[tuple[MentorAtPage, Relay]]:
    """A second mentor on duty, in a browser of her own, behind a relay."""
    context = open_profile(browser)
    sign_in(context, service, "kollega")
    way = relay()
    person = MentorAtPage(context.new_page(), way.base_url)
    person.comes_on_duty()
    yield person, way
    person.goes_home()
    context.close()
    assert person.complaints == []


def waiting(visit: Visit, count: int) -> list[VisitorAtPage]:
    """Let visitors come, one after the other."""
    line = [visit() for _ in range(count)]
    for number, visitor in enumerate(line, start=1):
        visitor.begins()
        visitor.sees(FIRST if number == 1 else f"Du är nummer {number} i kön.")
    return line


def test_everybody_moves_up_when_somebody_leaves_and_a_closed_tab_is_somebody_who_left(
    visit: Visit, mentor: MentorAtPage
):
    first, second, third = waiting(visit, 3)
    mentor.sees("3 väntar.")

    second.page.close()
    third.page.reload()
    third.sees(re.compile(r"Du är nummer [23] i kön\."))
    third.sees("Du är nummer 2 i kön.")
    mentor.sees("2 väntar.")
    expect(first.page.get_by_text(FIRST)).to_be_visible()

    first.button("Lämna kön").click()
    third.sees(FIRST)
    expect(third.page.get_by_text("Du är nummer 2")).to_have_count(0)
    mentor.takes_next()
    third.sees("Du talar med")


def test_whoever_finds_the_line_full_is_told_before_and_after_begin_with_numbers_to_ring(
    visit: Visit, mentor: MentorAtPage, axe_source: str
):
    late, later = visit(viewport={"width": 360, "height": 640}), visit()
    # The last that this page hears is that there is room.
    answer = late.page.request.get(f"{late.base_url}/chatt/status")
    late.page.route("**/chatt/status", lambda route: route.fulfill(response=answer))
    line = waiting(visit, 3)

    later.page.clock.install()
    later.comes()
    later.sees("Just nu är det fullt i kön. Försök igen om en stund.")
    expect(later.button("Börja")).to_be_disabled()
    late.comes()
    late.button("Börja").click()

    expect(late.page.get_by_role("heading", name="Det är fullt just nu")).to_be_focused()
    numbers = late.page.get_by_role("main").get_by_role("link", name="Nödnumret 112")
    expect(numbers).to_be_visible()
    assert inspect(late.page, axe_source, "full").findings == []
    assert late.page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    line[0].button("Lämna kön").click()
    mentor.sees("2 väntar.")
    later.page.clock.run_for(10_000)
    expect(later.button("Börja")).to_be_enabled()


def test_two_mentors_who_press_at_the_same_time_get_one_visitor_between_them(
    visit: Visit, mentor: MentorAtPage, colleague: tuple[MentorAtPage, Relay]
):
    other, way = colleague
    (visitor,) = waiting(visit, 1)
    expect(other.button("Ta nästa")).to_be_enabled()
    # The news that the visitor is taken comes a moment later than the press.
    way.meddle("down", lambda frame: () if frame["type"] == "queue" else (frame,))

    mentor.takes_next()
    other.button("Ta nästa").click()

    other.sees("Någon annan hann före.")
    expect(other.button("Avsluta samtalet")).to_be_hidden()
    visitor.sees("Du talar med")
    visitor.says("Bara till en")
    mentor.reads("Bara till en")
    assert "Bara till en" not in other.leaves_behind()
    assert not [frame for frame in way.passed("down") if frame["type"] in {"taken", "envelope"}]
