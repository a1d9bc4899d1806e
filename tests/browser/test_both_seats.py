"""Both seats for everybody: by keyboard alone, on a phone with its keyboard open, at 400 percent, read aloud."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.people import MentorAtPage, Person, VisitorAtPage, part, talk

PHONE = {"width": 360, "height": 640}
KEYBOARD_PX = 290
# A phone whose browser lays its keyboard over the page: only the visual viewport gets smaller.
COVERING_KEYBOARD = """() => {
    const viewport = new EventTarget();
    Object.assign(viewport, {height: innerHeight, width: innerWidth, offsetTop: 0, offsetLeft: 0, scale: 1});
    Object.defineProperty(window, 'visualViewport', {value: viewport, configurable: true});
    globalThis.openKeyboard = (height) => {
        viewport.height = innerHeight - height;
        viewport.dispatchEvent(new Event('resize'));
    };
}"""


@pytest.fixture
def phones(visit: Visit, mentor: MentorAtPage) -> Iterator[tuple[VisitorAtPage, MentorAtPage]]:
    """A visitor and a mentor who talk, on phones whose keyboard covers the page."""
    visitor = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    mentor.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    for person in (visitor, mentor):
        person.page.add_init_script(f"({COVERING_KEYBOARD})()")
    mentor.page.reload()
    mentor.sees("Du är i tjänst.")
    yield talk(visitor, mentor), mentor
    part(visitor, mentor)


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus. Raises AssertionError when it cannot be reached that way."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached by {key}: {target}")


def press(person: Person, name: str) -> None:
    """Go to a button by keyboard, and press it."""
    tab_to(person.page, person.button(name))
    person.page.keyboard.press("Enter")


def test_a_whole_conversation_by_keyboard_alone_in_both_seats(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.comes()
    expect(visitor.button("Börja")).to_be_enabled()

    press(visitor, "Börja")
    expect(visitor.box).to_be_focused()
    visitor.page.keyboard.type("Hej")
    visitor.page.keyboard.press("Enter")
    expect(mentor.button("Ta nästa")).to_be_enabled()
    press(mentor, "Ta nästa")
    mentor.reads("Hej")
    expect(mentor.box).to_be_focused()
    mentor.page.keyboard.type("Välkommen")
    mentor.page.keyboard.press("Enter")
    visitor.reads("Välkommen")
    tab_to(visitor.page, visitor.log, "Shift+Tab")
    press(visitor, "Fler val")
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.button("Fler val")).to_be_focused()
    press(visitor, "Avsluta samtalet")
    press(visitor, "Ja, avsluta")

    expect(visitor.page.get_by_role("heading", name="Samtalet är slut")).to_be_focused()
    mentor.sees("Besökaren avslutade samtalet.")
    press(mentor, "Avsluta tjänst")
    mentor.sees("Du är inte i tjänst.")


def test_a_mentor_ends_by_keyboard_alone_and_is_not_left_nowhere(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    press(mentor, "Avsluta samtalet")
    press(mentor, "Ja, avsluta")

    visitor.sees("Din mentor avslutade samtalet.")
    mentor.sees("Samtalet är slut.")
    assert mentor.page.evaluate("document.activeElement !== document.body")


def test_with_the_keyboard_open_one_sees_what_one_writes_and_what_was_said_last(
    phones: tuple[VisitorAtPage, MentorAtPage],
):
    visitor, mentor = phones
    for number in range(6):
        visitor.says(f"Rad {number} som är lite längre så att den bryts på en smal skärm")
        mentor.says(f"Svar {number} som är lite längre så att det bryts på en smal skärm")
    visitor.reads("Svar 5 som är lite längre så att det bryts på en smal skärm")
    mentor.reads("Rad 5 som är lite längre så att den bryts på en smal skärm")

    for person in (visitor, mentor):
        person.page.evaluate("height => openKeyboard(height)", KEYBOARD_PX)
        visible = PHONE["height"] - KEYBOARD_PX
        for element in (person.box, person.button("Skicka"), person.log.get_by_role("listitem").last):
            box = element.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= visible + 1, element
            assert box["x"] + box["width"] <= PHONE["width"], element
        assert person.log.evaluate("log => log.clientHeight") >= 80
    for person in (visitor, mentor):
        person.says("Med tangentbordet öppet")
    for person in (visitor, mentor):
        expect(person.log.get_by_text("Med tangentbordet öppet")).to_have_count(2)


@pytest.mark.parametrize("seat", ["visitor", "mentor"])
def test_at_400_percent_nothing_is_lost_and_nothing_scrolls_two_ways(
    visit: Visit, mentor: MentorAtPage, seat: str
):
    visitor = visit()
    person: Person = visitor if seat == "visitor" else mentor
    # A window of 1280 by 1024 at 400 percent.
    person.page.set_viewport_size({"width": 320, "height": 256})
    talk(visitor, mentor)
    visitor.says("Ett långtordsomintegåratthittaiordboken " * 5)
    mentor.says("Svar")
    visitor.reads("Svar")

    controls = [person.box, person.button("Skicka"), person.button("Avsluta samtalet")]
    controls += [person.page.get_by_role("link", name="Lämna snabbt"), person.page.locator("[data-status]")]
    controls += [person.log.get_by_text("Svar", exact=True)]
    for control in controls:
        control.scroll_into_view_if_needed()
        expect(control).to_be_in_viewport(ratio=0.9)
        assert control.evaluate(
            "each => each.scrollWidth <= each.clientWidth + 1 || each.tagName === 'TEXTAREA'"
        )
    root = person.page.locator("html")
    assert root.evaluate("root => root.scrollWidth <= root.clientWidth")
    person.button("Avsluta samtalet").click()
    expect(person.button("Ja, avsluta")).to_be_in_viewport()
    person.button("Nej, stanna kvar").click()


def test_what_a_screen_reader_is_told_in_both_seats(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("från besökaren")
    mentor.reads("från besökaren")
    mentor.says("från mentorn")
    visitor.reads("från mentorn")

    for person, own in ((visitor, "från besökaren"), (mentor, "från mentorn")):
        tree = person.page.context.new_cdp_session(person.page).send("Accessibility.getFullAXTree")["nodes"]
        logs = [node for node in tree if node.get("role", {}).get("value") == "log" and not node["ignored"]]
        assert [node["name"]["value"] for node in logs] == ["Samtal"]
        told = {each["name"]: each["value"].get("value") for each in logs[0]["properties"]}
        assert told["live"] == "polite"
        assert not told.get("atomic")
        for line in person.log.get_by_role("listitem").all():
            live = line.get_attribute("aria-live")
            assert live == ("off" if own in line.inner_text() else None)
        expect(person.page.get_by_role("status").filter(has_text="Du talar med").first).to_be_visible()
        banner = person.page.locator("[data-banner]")
        assert (banner.get_attribute("role"), banner.inner_text()) == ("status", "")
        # There from the beginning, or a reader would not hear its first word.
        expect(person.page.locator("[data-typing][role=status]")).to_be_attached()
