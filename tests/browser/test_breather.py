"""After a conversation: ticks, a pause that nobody has to take, and a mentor who needs to talk."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import MODES, inspect
from tests.browser.people import MentorAtPage, VisitorAtPage, talk
from tests.running_service import RunningService


@pytest.fixture
def resting(
    mentor: MentorAtPage, new_context: Callable[..., BrowserContext], service: RunningService
) -> Iterator[MentorAtPage]:
    """Let a mentor have had a conversation."""
    visitor = talk(VisitorAtPage(new_context().new_page(), service.base_url), mentor)
    visitor.ends()
    mentor.sees("Hur blev samtalet?")
    yield mentor
    assert visitor.complaints == []


def sent(page: Page) -> list[str]:
    """Collect what a page says on its socket from now on: reload it first."""
    said: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: said.append(str(frame))))
    page.reload()
    return said


def test_no_pause_where_no_conversation_was_had(
    mentor: MentorAtPage, new_context: Callable[..., BrowserContext], service: RunningService
):
    mentor.sees("Allt är lugnt.")
    expect(mentor.page.get_by_text("Hur blev samtalet?")).to_be_hidden()


def test_the_mentor_stays_on_duty_and_goes_back_to_the_queue_when_she_is_ready(resting: MentorAtPage):
    resting.sees("Du är i tjänst.")
    resting.sees("Du är kvar i tjänst. Ta den tid du behöver.")

    resting.button("Jag är redo").click()

    expect(resting.page.get_by_text("Hur blev samtalet?")).to_be_hidden()
    resting.sees("Allt är lugnt.")


def test_only_what_was_ticked_is_sent_and_the_next_pause_begins_empty(
    mentor: MentorAtPage, new_context: Callable[..., BrowserContext], service: RunningService
):
    said = sent(mentor.page)
    mentor.sees("Du är i tjänst.")
    for ticks in (["Lyssnade", "Vill höras igen"], []):
        visitor = talk(VisitorAtPage(new_context().new_page(), service.base_url), mentor)
        visitor.ends()
        for tick in ticks:
            mentor.page.get_by_role("checkbox", name=tick).check()
        expect(mentor.page.get_by_role("group").get_by_role("checkbox", checked=True)).to_have_count(
            len(ticks)
        )
        mentor.button("Jag är redo").click()

    assert [frame for frame in said if "outcome" in frame] == [
        '{"type":"outcome","ticks":["listened","follow_up"]}'
    ]


def test_taking_the_next_one_ends_the_pause_without_any_waiting(
    resting: MentorAtPage, new_context: Callable[..., BrowserContext], service: RunningService
):
    visitor = talk(VisitorAtPage(new_context().new_page(), service.base_url), resting)

    visitor.says("Hej")
    resting.reads("Hej")
    resting.parts()


def test_a_mentor_who_needs_to_talk_is_seen_by_the_coordinator_until_it_is_done(
    resting: MentorAtPage, new_context: Callable[..., BrowserContext], service: RunningService
):
    resting.button("Jag behöver prata").click()
    resting.sees("Samordnaren får veta det och hör av sig till dig.")
    expect(resting.button("Jag behöver prata")).to_be_disabled()
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=30)) as database:
        [(asked_on,)] = database.execute("SELECT asked_on FROM talk_requests").fetchall()
    assert asked_on % 86_400 == 0, "the day, and nothing finer"
    assert abs(datetime.now(UTC).timestamp() - asked_on) < 400 * 86_400

    coordinator = MentorAtPage(new_context().new_page(), service.base_url)
    credentials = service.add_account("coordinator", "samordnare-prata")
    page = coordinator.page
    coordinator.signs_in(credentials)
    page.get_by_role("link", name="Inkorg").click()
    expect(coordinator.button("Klart")).to_have_count(1)
    coordinator.button("Klart").click()
    expect(coordinator.button("Klart")).to_have_count(0)
    resting.button("Jag är redo").click()


def test_a_wish_that_could_not_be_kept_can_be_sent_again(resting: MentorAtPage):
    resting.page.route("**/mentor/prata", lambda route: route.abort())
    resting.button("Jag behöver prata").click()
    resting.sees("Det gick inte att skicka. Prova igen om en stund.")

    expect(resting.button("Jag behöver prata")).to_be_enabled()
    resting.complaints.clear()
    resting.button("Jag är redo").click()


def test_nothing_is_wrong_with_the_pause_in_any_mode(resting: MentorAtPage, axe_source: str):
    page = resting.page
    page.get_by_text("Ljud och notiser").click()

    for name, mode in MODES.items():
        page.emulate_media(
            color_scheme=mode.get("color_scheme", "light"),
            contrast=mode.get("contrast", "no-preference"),
            forced_colors=mode.get("forced_colors", "none"),
        )
        page.set_viewport_size(mode.get("viewport", {"width": 360, "height": 640}))
        assert inspect(page, axe_source, name).findings == []
    resting.button("Jag är redo").click()


def test_sounds_and_notices_are_off_until_asked_for_and_the_choice_is_kept(mentor: MentorAtPage):
    page = mentor.page
    page.get_by_text("Ljud och notiser").click()
    boxes = page.locator("details").get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    expect(page.locator("details").get_by_role("checkbox", checked=True)).to_have_count(0)

    page.get_by_label("Ljud när någon ställer sig i kön").check()
    mentor.button("Prova ljudet").click()
    mentor.sees("Hördes det?")
    # Without a permission there is no notice, and the page says so.
    page.evaluate("Notification.requestPermission = () => Promise.resolve('denied')")
    page.get_by_label("Notis på skärmen").click()
    mentor.sees("Webbläsaren tillåter inga notiser härifrån.")
    expect(page.get_by_label("Notis på skärmen")).not_to_be_checked()

    page.reload()
    page.get_by_text("Ljud och notiser").click()
    expect(page.get_by_label("Ljud när någon ställer sig i kön")).to_be_checked()
    assert page.evaluate("({...localStorage})") == {"ljud": "queue"}
    page.get_by_label("Ljud när någon ställer sig i kön").uncheck()
