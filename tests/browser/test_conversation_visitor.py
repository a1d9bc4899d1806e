"""What a visitor meets around the conversation itself: waiting, choices, taking back, reminders, and afterwards."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MODES, Visit, inspect
from tests.browser.page_clock import keep_writing_shown, stop_clock
from tests.browser.people import MentorAtPage, part, talk

# -- waiting


def test_an_opener_fills_the_box_and_sends_nothing(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.begins()
    visitor.box.fill("Hej.")

    visitor.button("Jag känner mig ensam").click()

    expect(visitor.box).to_have_value("Hej. Jag känner mig ensam ")
    expect(visitor.box).to_be_focused()
    assert visitor.texts == []
    visitor.box.fill("")


def test_a_silence_of_45_seconds_is_met_with_a_gentle_word_and_writing_takes_it_away(
    visit: Visit, mentor: MentorAtPage
):
    visitor = visit()
    stop_clock(visitor.page)
    visitor.begins()
    visitor.sees("Du står först i kön.")
    prompt = visitor.page.get_by_text("Du behöver inte ha orden klara.").locator("visible=true")

    visitor.page.clock.run_for(40_000)
    expect(prompt).to_have_count(0)
    visitor.page.clock.run_for(6_000)
    expect(prompt).to_be_visible()
    visitor.box.fill("H")

    expect(prompt).to_have_count(0)
    visitor.box.fill("")


def test_one_press_and_the_page_calls_when_the_mentor_comes(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.page.add_init_script(
        """globalThis.heard = [];
        navigator.vibrate = (pattern) => heard.push('shake');
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (at) { heard.push('tone'); return start.call(this, at); };"""
    )
    visitor.begins()
    call = visitor.button("Säg till med ljud när mentorn kommer")
    expect(call).to_have_attribute("aria-pressed", "false")
    call.click()
    expect(call).to_have_attribute("aria-pressed", "true")
    tried = visitor.page.evaluate("heard.splice(0)")

    mentor.takes_next()
    visitor.sees("Du talar med")

    expect(visitor.page).to_have_title("Någon är här")
    assert tried == ["tone", "tone"]
    assert visitor.page.evaluate("heard") == ["shake", "tone", "tone"]
    visitor.box.press("Shift")
    expect(visitor.page).not_to_have_title("Någon är här")


def test_nobody_is_called_who_did_not_ask_for_it(visit: Visit, mentor: MentorAtPage):
    visitor = visit()

    talk(visitor, mentor)

    expect(visitor.page).not_to_have_title("Någon är här")


# -- the conversation


def test_a_line_is_taken_back_on_both_sides(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("Markörord sex")
    mentor.reads("Markörord sex")

    visitor.button("Ta bort").click()

    mentor.reads("borttaget")
    visitor.reads("borttaget")
    assert "Markörord" not in visitor.leaves_behind() + mentor.leaves_behind()


def test_a_long_text_is_sent_in_parts_by_one_press(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    first, second = "a" * 3_000, "b" * 3_000

    visitor.box.fill(f"{first}\n\n{second}")
    visitor.button("Skicka i 2 delar").click()

    mentor.reads(second)
    assert mentor.texts == [first, second]
    expect(visitor.box).to_have_value("")
    expect(visitor.button("Skicka i 2 delar")).to_be_hidden()


def test_a_reminder_stops_nothing(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    visitor.box.fill("Mitt nummer är 070-000 00 00")
    visitor.sees("Det där ser ut som ett telefonnummer.")
    visitor.button("Skicka").click()

    mentor.reads("Mitt nummer är 070-000 00 00")
    expect(visitor.page.get_by_text("Det där ser ut som").locator("visible=true")).to_have_count(0)


def test_an_address_is_only_text(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    visitor.says("https://example.org/ och exempel@example.org")
    mentor.reads("https://example.org/ och exempel@example.org")

    assert visitor.log.get_by_role("link").count() == mentor.log.get_by_role("link").count() == 0


def test_only_ones_own_text_is_copied(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(permissions=["clipboard-read", "clipboard-write"]), mentor)
    visitor.says("ett")
    visitor.says("ångrat")
    mentor.says("mentorns")
    visitor.reads("mentorns")
    visitor.button("Ta bort").nth(1).click()
    visitor.says("två")

    visitor.button("Fler val").click()
    visitor.button("Kopiera min text").click()
    visitor.sees("Kopierat.")

    assert visitor.page.evaluate("navigator.clipboard.readText()") == "ett\n\ntvå"
    visitor.button("Stäng").click()


def test_asking_for_somebody_else_needs_a_yes_and_puts_one_first_in_line(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.begins()
    visitor.button("Fler val").click()
    expect(visitor.button("Jag vill tala med någon annan")).to_be_hidden()
    visitor.button("Stäng").click()
    mentor.takes_next()
    visitor.sees("Du talar med")

    visitor.button("Fler val").click()
    visitor.button("Jag vill tala med någon annan").click()
    visitor.button("Nej, jag stannar").click()
    visitor.sees("Du talar med")
    visitor.button("Fler val").click()
    visitor.button("Jag vill tala med någon annan").click()
    visitor.button("Ja, låt mig få någon annan").click()

    visitor.sees("Du bad om någon annan. Du står först i kön.")
    expect(mentor.button("Avsluta samtalet")).to_be_hidden()


def test_typing_is_told_without_a_word_of_it_and_not_at_all_when_it_is_turned_off(
    visit: Visit, mentor: MentorAtPage
):
    visitor = visit()
    stop_clock(visitor.page)  # who types for long tells it again
    told: list[str] = []
    visitor.page.on(
        "websocket",
        lambda socket: socket.on(
            "framesent", lambda frame: told.append(str(frame)) if "pulse" in str(frame) else None
        ),
    )
    talk(visitor, mentor)
    keep_writing_shown(mentor.page)

    visitor.box.press_sequentially("hemligt")
    mentor.sees("Besökaren skriver …")
    assert told == ['{"type":"pulse","typing":true,"visible":true}']
    visitor.button("Fler val").click()
    visitor.page.get_by_label("Visa när jag skriver").uncheck()
    visitor.button("Stäng").click()
    visitor.box.press_sequentially("mer")
    visitor.button("Skicka").click()
    mentor.reads("hemligtmer")

    assert told[1:] == ['{"type":"pulse","typing":false,"visible":true}']


def test_the_help_numbers_can_be_reached_in_the_conversation(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.begins()

    visitor.button("Fler val").click()

    expect(visitor.page.get_by_role("dialog").get_by_role("link", name="Nödnumret 112")).to_be_visible()
    visitor.page.keyboard.press("Escape")


# -- before and after


def test_what_is_told_before_the_beginning_is_optional_and_gone_from_the_page(
    visit: Visit, mentor: MentorAtPage
):
    visitor = visit()
    visitor.comes()
    visitor.page.get_by_text("Vill du säga något om dig först?").click()
    visitor.page.get_by_label("Vad ska mentorn kalla dig?").fill("Exempelalias")
    visitor.button("Före").click()
    visitor.button("Under").click()
    expect(visitor.button("Före")).to_have_attribute("aria-pressed", "false")
    expect(visitor.button("Under")).to_have_attribute("aria-pressed", "true")
    visitor.button("Hemma").click()
    visitor.button("Hemma").click()
    expect(visitor.button("Hemma")).to_have_attribute("aria-pressed", "false")

    visitor.button("Börja").click()
    visitor.sees("Du står först i kön.")

    assert "Exempelalias" not in visitor.leaves_behind()
    assert visitor.page.get_by_label("Vad ska mentorn kalla dig?").input_value() == ""
    visitor.says("Hej")
    mentor.takes_next()
    mentor.sees("Du talar med Exempelalias")
    mentor.sees("Under insatsen")
    expect(mentor.log.locator(".line__who")).to_have_text("Exempelalias")
    part(visitor, mentor)
    assert "Exempelalias" not in mentor.leaves_behind()


def test_afterwards_there_are_thanks_the_next_opening_numbers_and_something_to_breathe_by(
    visit: Visit, mentor: MentorAtPage
):
    visitor = talk(visit(), mentor)

    visitor.ends()

    mentor.sees("Besökaren avslutade samtalet.")
    visitor.sees("Tack för att du skrev.")
    visitor.sees("Chatten är öppen.")
    visitor.sees("Webbläsarens historik kan visa")
    visitor.page.get_by_text("Andas en stund").click()
    visitor.sees("Andas in medan ljuset växer")
    expect(visitor.page.get_by_role("main").get_by_role("link", name="Nödnumret 112")).to_be_visible()


def test_the_breathing_light_stands_still_for_whoever_wants_no_movement(visit: Visit, mentor: MentorAtPage):
    for motion, is_shown in (("reduce", False), ("no-preference", True)):
        visitor = visit(reduced_motion=motion)
        talk(visitor, mentor).ends()
        mentor.sees("Besökaren avslutade samtalet.")
        visitor.page.get_by_text("Andas en stund").click()
        light = visitor.page.locator(".breathing__light")

        expect(light).to_be_visible(visible=is_shown)


# -- for everybody


@pytest.mark.parametrize("mode", list(MODES))
def test_what_stands_around_the_conversation_has_nothing_for_axe_to_find(
    visit: Visit, mentor: MentorAtPage, axe_source: str, mode: str
):
    visitor = visit(**MODES[mode])
    findings: list[str] = []

    def look(state: str) -> None:
        findings.extend(f"{state}, {line}" for line in inspect(visitor.page, axe_source, mode).findings)

    visitor.comes()
    expect(visitor.button("Börja")).to_be_enabled()
    visitor.page.get_by_text("Vill du säga något om dig först?").click()
    visitor.button("Under").click()
    look("about")
    visitor.button("Börja").click()
    visitor.sees("Du står först i kön.")
    visitor.button("Säg till med ljud när mentorn kommer").click()
    look("waiting")
    mentor.takes_next()
    visitor.sees("Du talar med")
    visitor.says("Kvar")
    visitor.says("Ångrat")
    visitor.button("Ta bort").last.click()
    visitor.box.fill("Mitt nummer är 070-000 00 00")
    look("reminder")
    visitor.box.fill("x" * 9_000)
    look("parts")
    visitor.box.fill("")
    visitor.button("Fler val").click()
    look("choices")
    visitor.button("Jag vill tala med någon annan").click()
    look("another?")
    visitor.button("Nej, jag stannar").click()
    visitor.ends()
    mentor.sees("Besökaren avslutade samtalet.")
    visitor.page.get_by_text("Andas en stund").click()
    look("afterwards")

    assert findings == []


def test_hostile_texts_are_shown_as_text_and_nothing_else(visit: Visit, mentor: MentorAtPage, project: Path):
    hostile: dict[str, str] = json.loads((project / "tests/fixtures/hostile_texts.json").read_text("utf-8"))
    visitor = talk(visit(), mentor)

    for text in hostile.values():
        visitor.says(text)
    expect(visitor.log.get_by_text("Framme", exact=True)).to_have_count(len(hostile), timeout=60_000)

    for person in (visitor, mentor):
        # What has arrived is opened next, and shown then.
        expect(person.log.locator(".line__text")).to_have_count(len(hostile))
        shown = person.log.locator(".line__text").evaluate_all("lines => lines.map(line => line.textContent)")
        # The texts of a form field have \n alone; what people see has what they sent.
        assert dict(zip(hostile, shown, strict=True)) == {
            name: text.strip() for name, text in hostile.items()
        }
        assert person.log.locator("img, script, svg, iframe, a, h1, b").count() == 0
        root = person.page.locator("html")
        assert root.evaluate("root => root.scrollWidth <= root.clientWidth")
