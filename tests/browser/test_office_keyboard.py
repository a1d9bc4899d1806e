"""The coordinator's office with a keyboard alone, in English: every step is reached by Tab, and focus can be seen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Person
from tests.running_service import RunningService

MOST_STEPS = 60
FOCUSED = """() => {
  const it = document.activeElement;
  const label = it.labels?.[0]?.textContent ?? it.textContent ?? '';
  const ring = getComputedStyle(it);
  // A field for a time has stops within it, which the browser marks by itself.
  const isOfParts = it.type === 'time' || it.type === 'date';
  // A page that has just come, or has been gone through, is no stop.
  if (it === document.body) return { name: '', seen: true };
  return { name: label.trim(), seen: isOfParts || ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) > 0 };
}"""


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], service: RunningService) -> Page:
    """Sign a coordinator in and open the office in English."""
    person = Person(new_context().new_page(), service.base_url)
    person.signs_in(service.add_account("coordinator", "samordnare-tangent"))
    person.page.goto(f"{service.base_url}/samordnare/?language=en")
    return person.page


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name is focused; every stop on the way must show where one is."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], focused
        if focused["name"].startswith(name):
            return
    pytest.fail(f"{name} is not reached by Tab")


def test_a_mentor_is_invited_and_a_day_closed_without_a_mouse(page: Page):
    tab_to(page, "People")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="People")).to_be_visible()
    tab_to(page, "Username")
    page.keyboard.type("tangent-mentor")
    tab_to(page, "Name that visitors see")
    page.keyboard.type("Example Mentor")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address to pass on")).to_have_value(re.compile(r"/valkommen/\S*#\S+"))

    tab_to(page, "Opening hours")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Opening hours")).to_be_visible()
    tab_to(page, "Change")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Closed all day")).to_be_visible()
    tab_to(page, "Closed all day")
    page.keyboard.press("Space")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="saved")).to_be_visible()
