"""Two people meet in two browsers, on the real service: what each sees, and what is left of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import MODES, Visit, inspect
from tests.browser.people import MentorAtPage, VisitorAtPage, sign_in, talk
from tests.running_service import RunningService

HOSTILE = (
    '<img src=x onerror="document.title=1"><script>document.title=2</script> &amp; \u202egnal \u2066x {{7*7}}'
)
UNREACHED = re.compile(r"net::ERR_|WebSocket connection to")
TALKING = re.compile(r"^Du talar med Mentor \d+ \(certifierad mentor\)$")


def test_nobody_can_begin_while_no_mentor_is_on_duty(visit: Visit):
    visitor = visit()

    visitor.comes()

    visitor.sees("Chatten är stängd just nu.")
    expect(visitor.button("Börja")).to_be_disabled()


def test_nothing_is_kept_in_the_browser_before_begin(visit: Visit, mentor: MentorAtPage):
    visitor = visit()

    visitor.comes()
    expect(visitor.button("Börja")).to_be_enabled()

    page = visitor.page
    assert page.context.cookies() == []
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases()") == []


def test_without_a_script_the_page_says_so_and_where_to_go(visit: Visit):
    visitor = visit(java_script_enabled=False)

    visitor.comes()

    # Playwright's texts and names leave <noscript> out, so its words are read as the eye reads them.
    words = visitor.page.locator("main noscript").inner_text()
    assert "Till det behövs JavaScript" in words
    assert visitor.page.locator("main noscript a").get_attribute("href") == "/chatt/lage/"
    expect(visitor.button("Börja")).to_be_hidden()


def test_a_conversation_from_the_first_word_to_nothing_left(
    visit: Visit, mentor: MentorAtPage, service: RunningService
):
    visitor = visit()
    visitor.begins()
    visitor.sees("Du står först i kön.")
    visitor.says("Markörord ett")
    expect(visitor.log.get_by_text("Skickat")).to_be_visible()

    mentor.takes_next()
    mentor.reads("Markörord ett")
    visitor.sees(TALKING)
    expect(visitor.log.get_by_text("Framme")).to_be_visible()
    mentor.says("Markörord två")
    visitor.reads("Markörord två")
    expect(mentor.log.get_by_text("Framme")).to_be_visible()

    visitor.ends()
    expect(visitor.page.get_by_role("heading", name="Samtalet är slut")).to_be_visible()
    mentor.sees("Besökaren avslutade samtalet. Allt är raderat.")
    assert "Markörord" not in visitor.leaves_behind() + mentor.leaves_behind() + service.log
    assert visitor.page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    assert visitor.page.context.cookies() == []
    assert "samtalsmentor1" not in visitor.leaves_behind()


def test_when_the_mentor_ends_the_visitor_is_told_and_nothing_is_left(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("Markörord tre")
    mentor.reads("Markörord tre")

    mentor.ends()

    visitor.sees("Din mentor avslutade samtalet.")
    mentor.sees("Samtalet är slut. Allt är raderat, på båda håll.")
    assert "Markörord" not in visitor.leaves_behind() + mentor.leaves_behind()


def test_staying_is_one_press_away_from_the_end(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    visitor.button("Avsluta samtalet").click()
    visitor.page.keyboard.press("Escape")
    visitor.button("Avsluta samtalet").click()
    visitor.button("Nej, stanna kvar").click()
    visitor.says("Kvar")

    mentor.reads("Kvar")


def test_leaving_the_queue_is_one_press_and_frees_the_place(visit: Visit, mentor: MentorAtPage):
    first, second = visit(), visit()
    first.begins()
    first.sees("Du står först i kön.")
    second.begins()
    second.sees("Du är nummer 2 i kön.")

    first.button("Lämna kön").click()

    expect(first.page.get_by_role("heading", name="Du har lämnat kön")).to_be_visible()
    second.sees("Du står först i kön.")
    mentor.sees("En väntar.")


def test_whoever_came_first_is_taken_first(visit: Visit, mentor: MentorAtPage):
    first, second = visit(), visit()
    first.begins()
    # There is somewhere to write before one has a place.
    first.sees("Du står först i kön.")
    first.says("Först")
    second.begins()
    second.says("Sedan")
    mentor.sees("2 väntar.")

    mentor.takes_next()

    mentor.reads("Först")
    second.sees("Du står först i kön.")


def test_what_somebody_writes_is_only_ever_text(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    for text in (HOSTILE, "😀👩‍👩‍👧‍👦 zero\u200bwidth", "x" * 4_000, "rad\nrad\n  indrag"):
        visitor.says(text)
        mentor.reads(text)
        mentor.says(text)
        expect(visitor.log.get_by_text(text, exact=True)).to_have_count(2)

    assert mentor.log.locator("img, script").count() == 0
    assert mentor.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_a_reload_of_the_visitors_page_goes_on_where_it_was(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("Före")
    mentor.reads("Före")
    mentor.says("Svar")
    visitor.reads("Svar")

    visitor.page.reload()
    visitor.sees(TALKING)
    visitor.reads("Svar")
    visitor.says("Efter")

    mentor.reads("Efter")
    assert visitor.texts == ["Före", "Svar", "Efter"]
    assert mentor.texts == ["Före", "Svar", "Efter"]


def test_a_reload_of_the_mentors_page_is_let_in_again_without_a_question(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("Före")
    mentor.reads("Före")
    mentor.says("Svar")
    visitor.reads("Svar")

    mentor.page.reload()
    mentor.sees("Du talar med en besökare")
    mentor.reads("Svar")
    mentor.says("Efter")

    visitor.reads("Efter")
    assert mentor.texts == ["Före", "Svar", "Efter"]


def test_a_second_tab_takes_over_and_the_first_says_so(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("Före")
    mentor.reads("Före")
    kept = visitor.page.evaluate("JSON.stringify({...sessionStorage})")
    second = VisitorAtPage(visitor.page.context.new_page(), visitor.base_url)
    second.page.add_init_script(f"Object.assign(sessionStorage, {kept})")

    second.comes()
    second.sees("Du talar med")

    visitor.sees("Samtalet är öppet i en annan flik")
    second.ends()


def test_a_service_that_dies_and_comes_back_loses_nothing_and_doubles_nothing(
    visit: Visit, mentor: MentorAtPage, service: RunningService
):
    visitor = talk(visit(), mentor)
    visitor.says("ett")
    mentor.reads("ett")
    mentor.says("två")
    visitor.reads("två")

    service.stop()
    visitor.sees("Kontakten bröts. Försöker igen. Det du skrev är kvar.")
    visitor.says("tre")
    visitor.sees("Skickas när kontakten är tillbaka")
    service.start()

    mentor.reads("tre")
    mentor.says("fyra")
    visitor.reads("fyra")
    assert visitor.texts == ["ett", "två", "tre", "fyra"]
    assert mentor.texts == ["ett", "två", "tre", "fyra"]
    expect(visitor.page.get_by_text("Kontakten bröts")).to_be_hidden()
    # A socket that is refused, or cut off in the middle, is an error to the browser's console, and what was wanted.
    for person in (visitor, mentor):
        person.complaints = [line for line in person.complaints if not UNREACHED.search(line)]


def test_quick_exit_empties_the_page_and_ends_the_conversation(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("Markörord fyra")
    mentor.reads("Markörord fyra")

    visitor.page.get_by_role("link", name="Lämna snabbt").click()
    visitor.page.wait_for_url("**/lugn/")

    mentor.sees("Besökaren avslutade samtalet.")
    assert "Markörord" not in visitor.leaves_behind()
    assert visitor.page.evaluate("sessionStorage.length") == 0
    visitor.page.go_back()
    assert "/chatt/" not in visitor.page.url


def test_going_back_to_the_page_shows_no_text_of_a_conversation_that_is_over(
    visit: Visit, mentor: MentorAtPage
):
    visitor = talk(visit(), mentor)
    visitor.says("Markörord fem")
    mentor.reads("Markörord fem")
    visitor.page.goto(f"{visitor.base_url}/integritet/")
    mentor.ends()

    visitor.page.go_back()

    visitor.sees("Din mentor avslutade samtalet.")
    assert "Markörord" not in visitor.leaves_behind()


def test_enter_sends_and_shift_enter_is_a_new_line(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    visitor.box.press_sequentially("en")
    visitor.box.press("Shift+Enter")
    visitor.box.press_sequentially("två")
    visitor.box.press("Enter")

    mentor.reads("en\ntvå")
    expect(visitor.box).to_have_value("")
    expect(visitor.box).to_be_focused()


def test_on_a_touch_screen_enter_is_a_new_line(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 640}), mentor)

    visitor.box.press_sequentially("en")
    visitor.box.press("Enter")
    visitor.box.press_sequentially("två")

    expect(visitor.box).to_have_value("en\ntvå")
    visitor.box.fill("")


def test_length_is_told_from_3500_characters_and_too_much_is_kept_and_not_sent(
    visit: Visit, mentor: MentorAtPage
):
    visitor = talk(visit(), mentor)
    count = visitor.page.locator("#antal")

    visitor.box.fill("x" * 3_499)
    expect(count).to_have_text("")
    visitor.box.fill("x" * 3_500)
    expect(count).to_have_text("3\u00a0500 av 4\u00a0000 tecken")
    visitor.box.fill("x" * 4_001)
    visitor.button("Skicka").click()

    expect(count).to_contain_text("Dela upp texten")
    expect(visitor.box).to_have_value("x" * 4_001)
    assert visitor.texts == []
    visitor.box.fill("")


def test_own_words_are_not_read_aloud_again(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.says("eget")
    mentor.reads("eget")
    mentor.says("svar")
    visitor.reads("svar")

    own, other = visitor.log.get_by_role("listitem").all()

    assert own.get_attribute("aria-live") == "off"
    assert other.get_attribute("aria-live") is None


def test_the_composer_stays_in_sight_above_a_keyboard(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    for number in range(8):
        visitor.says(f"Rad {number} som är lite längre så att den bryts på en smal skärm")
    visitor.reads("Rad 7 som är lite längre så att den bryts på en smal skärm")

    for width, height in ((1280, 800), (1280, 400), (360, 640), (360, 360), (320, 300)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        for element in (visitor.box, visitor.button("Skicka"), visitor.log.get_by_role("listitem").last):
            expect(element).to_be_in_viewport()
        root = visitor.page.locator("html")
        assert root.evaluate("root => root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth")
        assert visitor.log.evaluate("log => log.clientHeight") >= 80, (width, height)


def test_at_400_percent_the_page_scrolls_one_way_and_everything_can_be_reached(
    visit: Visit, mentor: MentorAtPage
):
    visitor = talk(visit(viewport={"width": 320, "height": 200}), mentor)

    visitor.says("Stor text")

    mentor.reads("Stor text")
    visitor.button("Avsluta samtalet").scroll_into_view_if_needed()
    expect(visitor.button("Avsluta samtalet")).to_be_in_viewport()
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_mentor_who_is_signed_out_is_shown_the_way_in(browser: Browser, service: RunningService):
    context = browser.new_context(locale="sv-SE")
    sign_in(context, service, "samtalsmentor2")
    mentor = MentorAtPage(context.new_page(), service.base_url)
    mentor.comes_on_duty()

    context.clear_cookies()
    service.restart()

    mentor.page.wait_for_url("**/mentor/logga-in")
    context.close()


@pytest.mark.parametrize("mode", list(MODES))
def test_every_state_of_both_pages_has_nothing_for_axe_to_find(
    new_context: Callable[..., BrowserContext],
    mentor_profile: BrowserContext,
    service: RunningService,
    axe_source: str,
    mode: str,
):
    visitor = VisitorAtPage(new_context(**MODES[mode]).new_page(), service.base_url)
    mentor = MentorAtPage(mentor_profile.new_page(), service.base_url)
    if size := MODES[mode].get("viewport"):
        mentor.page.set_viewport_size(size)
    mentor.page.emulate_media(
        color_scheme=MODES[mode].get("color_scheme"),
        contrast=MODES[mode].get("contrast"),
        forced_colors=MODES[mode].get("forced_colors"),
    )
    findings: list[str] = []

    def look(state: str, person: VisitorAtPage | MentorAtPage) -> None:
        findings.extend(f"{state}, {line}" for line in inspect(person.page, axe_source, mode).findings)

    visitor.comes()
    visitor.sees("Chatten är stängd just nu.")
    look("closed", visitor)
    mentor.page.goto(f"{service.base_url}/mentor/")
    mentor.sees("Du är inte i tjänst.")
    look("off duty", mentor)
    mentor.comes_on_duty()
    look("on duty", mentor)
    visitor.begins()
    visitor.sees("Du står först i kön.")
    look("waiting", visitor)
    mentor.sees("En väntar.")
    look("queue", mentor)
    mentor.takes_next()
    visitor.sees("Du talar med")
    visitor.says("Hej")
    mentor.reads("Hej")
    mentor.says("Välkommen")
    visitor.reads("Välkommen")
    look("talking", visitor)
    look("talking, mentor", mentor)
    visitor.box.fill("x" * 4_001)
    look("too long", visitor)
    visitor.box.fill("")
    visitor.button("Avsluta samtalet").click()
    look("end?", visitor)
    visitor.button("Ja, avsluta").click()
    visitor.sees("Samtalet är slut")
    look("ended", visitor)
    mentor.sees("Besökaren avslutade samtalet.")
    look("ended, mentor", mentor)
    mentor.goes_home()

    assert findings == []
