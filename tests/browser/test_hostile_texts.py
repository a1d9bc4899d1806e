"""Whatever somebody writes is shown as text and as nothing else, on a small screen too, and touches nothing around it.

The corpus is tests/fixtures/hostile_texts.json. A page that breaks its policy (Trusted Types 'none' among it) tells so
in the console, and everything the console says is a complaint that fails the test (people.py).
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.people import MentorAtPage, Person, VisitorAtPage, part

PHONE = {"width": 360, "height": 640}
TOWER = "Z" + "\u0301\u0323\u0489" * 200
# An alias that would turn "(certifierad mentor)" around, if it could reach out of itself.
TURNED = "\u202e\u05e9\u05dc\u05d5\u05dd <b>x</b> \u2066"


@pytest.fixture
def pair(visit: Visit, mentor: MentorAtPage) -> Iterator[tuple[VisitorAtPage, MentorAtPage]]:
    """A visitor with a hostile alias and a mentor, both on phones."""
    mentor.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visitor = visit(viewport=PHONE)
    visitor.comes()
    visitor.page.get_by_text("Vill du säga något om dig först?").click()
    visitor.page.get_by_label("Vad ska mentorn kalla dig?").fill(TURNED)
    visitor.button("Börja").click()
    visitor.sees("Du står först i kön.")
    mentor.takes_next()
    visitor.sees("Du talar med")
    yield visitor, mentor
    part(visitor, mentor)


def is_upright(person: Person) -> bool:
    """Tell whether a page scrolls one way only, and holds nothing that a text could have made."""
    return bool(
        person.page.evaluate(
            """() => {
                const root = document.documentElement;
                const made = document.querySelectorAll('.lines :is(img, script, svg, iframe, a, h1, b, object, style)');
                const wide = [...document.querySelectorAll('.line, .line *')].filter(
                    (each) => each.getBoundingClientRect().right > innerWidth + 0.5);
                const log = document.querySelector('[role=log]');
                return root.scrollWidth <= root.clientWidth && log.scrollWidth <= log.clientWidth
                    && made.length === 0 && wide.length === 0;
            }"""
        )
    )


@pytest.mark.parametrize("seat", ["visitor", "mentor"])
def test_hostile_texts_are_only_ever_text_whoever_writes_them(
    pair: tuple[VisitorAtPage, MentorAtPage], project: Path, seat: str
):
    writer, reader = pair if seat == "visitor" else pair[::-1]
    hostile: dict[str, str] = json.loads((project / "tests/fixtures/hostile_texts.json").read_text("utf-8"))

    for text in hostile.values():
        writer.says(text)
    expect(writer.log.get_by_text("Framme", exact=True)).to_have_count(len(hostile), timeout=60_000)

    for person in (writer, reader):
        # What has arrived is opened next, and shown then.
        expect(person.log.locator(".line__text")).to_have_count(len(hostile))
        shown = person.log.locator(".line__text").evaluate_all("lines => lines.map(line => line.textContent)")
        assert dict(zip(hostile, shown, strict=True)) == {
            name: text.strip() for name, text in hostile.items()
        }
        assert is_upright(person)


def test_a_hostile_name_stands_as_text_and_turns_no_word_around_it(pair: tuple[VisitorAtPage, MentorAtPage]):
    visitor, mentor = pair
    visitor.says("hej")
    mentor.reads("hej")

    headline = mentor.page.locator("[data-status]").text_content() or ""
    assert headline == "Du talar med \u05e9\u05dc\u05d5\u05dd <b>x</b>"
    assert mentor.log.locator(".line__who").text_content() == "\u05e9\u05dc\u05d5\u05dd <b>x</b>"
    assert is_upright(mentor)


def test_the_policy_that_is_relied_on_is_on_both_pages(pair: tuple[VisitorAtPage, MentorAtPage]):
    for person in pair:
        person.page.evaluate(
            """() => {
                globalThis.refused = [];
                addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective));
                try { document.createElement('p').innerHTML = '<b>x</b>'; } catch { refused.push('thrown'); }
                try { trustedTypes.createPolicy('x', {}); } catch { refused.push('thrown'); }
            }"""
        )
        person.page.wait_for_function("refused.length >= 4")

        assert sorted(person.page.evaluate("refused")) == [
            "require-trusted-types-for",
            "thrown",
            "thrown",
            "trusted-types",
        ]
        # Seen to be complained of, and wanted here.
        assert len(person.complaints) >= 2
        person.complaints.clear()


def test_each_line_of_a_text_has_its_own_direction_and_reaches_no_other(
    pair: tuple[VisitorAtPage, MentorAtPage],
):
    visitor, mentor = pair

    visitor.says("\u05e9\u05dc\u05d5\u05dd\nsvenska \u202evänd\nsvenska igen")
    visitor.says("efter")

    mentor.reads("efter")
    sides: list[str] = mentor.page.evaluate(
        """() => {
            const text = document.querySelector('.line__text').firstChild;
            const box = text.parentElement.getBoundingClientRect();
            return text.data.split('\\n').map((line) => {
                const range = document.createRange();
                range.setStart(text, text.data.indexOf(line));
                range.setEnd(text, text.data.indexOf(line) + line.length);
                const rect = range.getBoundingClientRect();
                return rect.left - box.left < box.right - rect.right - 1 ? 'left' : 'right';
            });
        }"""
    )
    assert sides == ["right", "left", "left"]


def test_a_tower_of_accents_paints_over_nobody_elses_words(pair: tuple[VisitorAtPage, MentorAtPage]):
    visitor, mentor = pair
    visitor.says("en stilla rad")
    visitor.says(TOWER)
    visitor.says("och en till")
    mentor.reads("och en till")

    # All but the place of the tower's own words, with the tower and with nothing there.
    words = mentor.log.locator(".line__text").nth(1)
    with_tower = mentor.log.screenshot(mask=[words], animations="disabled", caret="hide")
    words.evaluate("words => { words.style.visibility = 'hidden'; }")
    without = mentor.log.screenshot(mask=[words], animations="disabled", caret="hide")
    assert with_tower == without
    assert mentor.log.evaluate("log => log.scrollWidth <= log.clientWidth")
