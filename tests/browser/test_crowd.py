"""In a crowd a visitor's browser does a little work before it gets its place. The page says so and asks nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, inspect
from tests.browser.people import MentorAtPage, VisitorAtPage
from tests.running_service import RunningService

WORDS = "Strax är du inne."
SLOWER = """
const derive = SubtleCrypto.prototype.deriveBits;
let release;
const held = new Promise((resolve) => (release = resolve));
addEventListener('release', () => release());
SubtleCrypto.prototype.deriveBits = async function (how, ...rest) {
  if (how.name === 'PBKDF2') await held;
  return derive.call(this, how, ...rest);
};
"""


@pytest.fixture(scope="module")
def service(make_service: Callable[..., RunningService]) -> RunningService:
    """Start it so that every beginning is one too many."""
    return make_service(free_starts=0)


def stands_in_line(visitor: VisitorAtPage) -> None:
    """Wait for it as long as a busy machine may need for thousands of tries."""
    expect(visitor.page.get_by_text("Du står först i kön.").first).to_be_visible(timeout=120_000)


def test_a_browser_does_its_work_and_stands_in_line(visit: Visit, mentor: MentorAtPage):
    del mentor
    visitor = visit()

    visitor.begins()

    stands_in_line(visitor)


def test_meanwhile_the_page_says_so_can_be_written_on_and_loses_nothing(
    visit: Visit, mentor: MentorAtPage, axe_source: str
):
    visitor = visit()
    visitor.page.add_init_script(SLOWER)
    visitor.begins()

    visitor.sees(WORDS)
    visitor.sees("Din webbläsare visar först att den inte är en robot.")
    expect(visitor.page.get_by_role("status").filter(has_text=WORDS)).to_be_visible()
    assert inspect(visitor.page, axe_source, "light").findings == []
    visitor.says("Hej, jag skriver redan nu")
    visitor.page.evaluate("dispatchEvent(new Event('release'))")

    stands_in_line(visitor)
    mentor.takes_next()
    mentor.reads("Hej, jag skriver redan nu")


def test_who_leaves_meanwhile_is_out_at_once(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.page.add_init_script(SLOWER)
    visitor.begins()
    visitor.sees(WORDS)

    visitor.button("Lämna kön").click()

    visitor.sees("Du har lämnat kön")
    expect(mentor.button("Ta nästa")).to_be_disabled()
