"""What breaks in the middle of a conversation: network, service, page or tab. Nothing said is lost or doubled.

Reloads of one page at a time stand in test_conversation.py. Here: both at once, a service that is killed, a network
that goes in the middle of a word, one that is slow and loses things, and a tab that was duplicated.
"""

import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.people import MentorAtPage, Person, VisitorAtPage, part, talk
from tests.browser.relay import Relay
from tests.running_service import RunningService

BANNER = "Kontakten bröts. Försöker igen. Det du skrev är kvar."
# A socket that finds nobody is an error to the browser's console, and here it is what was wanted.
EXPECTED = ("ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "WebSocket connection to")


@pytest.fixture
def pair(
    visit: Visit, relay: Callable[[], Relay], mentor_through: tuple[MentorAtPage, Relay]
) -> Iterator[tuple[VisitorAtPage, Relay, MentorAtPage, Relay]]:
    """A visitor and a mentor who talk, each with her relay."""
    mentor, mentors_way = mentor_through
    way = relay()
    visitor = talk(visit(through=way), mentor)
    yield visitor, way, mentor, mentors_way
    mentors_way.mend()
    mentors_way.slow(delay_s=0, loss=0, resend_s=0)
    part(visitor, mentor)
    for person in (visitor, mentor):
        person.complaints = [line for line in person.complaints if not any(word in line for word in EXPECTED)]


def has_all(person: Person, texts: list[str]) -> None:
    """Wait until a page has exactly these messages, in this order, and its banner is gone."""
    expect(person.log.locator(".line__text")).to_have_text(texts)
    expect(person.page.get_by_text(BANNER)).to_be_hidden()


@pytest.mark.parametrize("seat", ["visitor", "mentor"])
def test_a_network_that_goes_in_the_middle_of_a_message_loses_nothing_and_doubles_nothing(
    pair: tuple[VisitorAtPage, Relay, MentorAtPage, Relay], seat: str
):
    visitor, visitors_way, mentor, mentors_way = pair
    writer, way, other = (
        (visitor, visitors_way, mentor) if seat == "visitor" else (mentor, mentors_way, visitor)
    )
    writer.says("före")
    other.reads("före")

    # The service gets it, and the network goes before its answer comes.
    way.meddle("down", lambda frame: () if frame["type"] == "posted" else (frame,))
    writer.says("mitt i")
    other.reads("mitt i")
    writer.box.press_sequentially("halvt skriv")
    way.cut(stay_away=True)
    way.meddle("down", None)
    writer.sees(BANNER)
    other.says("medan du var borta")
    expect(writer.box).to_have_value("halvt skriv")
    writer.box.press_sequentially("et")
    writer.button("Skicka").click()
    writer.sees("Skickas när kontakten är tillbaka")
    way.mend()
    writer.page.evaluate("dispatchEvent(new Event('online'))")

    said = {"före", "mitt i", "halvt skrivet", "medan du var borta"}
    has_all(other, ["före", "mitt i", "medan du var borta", "halvt skrivet"])
    expect(writer.log.get_by_text("medan du var borta", exact=True)).to_be_visible()
    assert sorted(writer.texts) == sorted(said)
    expect(writer.log.get_by_text("Framme")).to_have_count(3)
    expect(writer.page.get_by_text(BANNER)).to_be_hidden()


def test_a_network_that_says_nothing_any_more_is_noticed_when_the_machine_says_so(
    pair: tuple[VisitorAtPage, Relay, MentorAtPage, Relay],
):
    visitor, way, mentor, _ = pair
    visitor.page.clock.install()
    # It comes back half a second after it has noticed, and not before this test lets it through.
    visitor.page.add_init_script("Math.random = () => 0.9")
    visitor.page.reload()
    visitor.sees("Du talar med")
    way.meddle("down", lambda frame: ())
    way.meddle("up", lambda frame: ())
    visitor.says("ut i tomma intet")

    visitor.page.evaluate("dispatchEvent(new Event('offline'))")
    visitor.page.clock.run_for(10_100)
    visitor.sees(BANNER)
    way.meddle("down", None)
    way.meddle("up", None)
    visitor.page.clock.run_for(1_000)

    has_all(mentor, ["ut i tomma intet"])
    has_all(visitor, ["ut i tomma intet"])


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_a_service_that_ends_in_mid_conversation_comes_back_with_everything(
    pair: tuple[VisitorAtPage, Relay, MentorAtPage, Relay], service: RunningService, kill: signal.Signals
):
    visitor, _, mentor, _ = pair
    visitor.says("ett")
    mentor.reads("ett")
    mentor.says("två")
    visitor.reads("två")

    service.stop(kill)
    for person in (visitor, mentor):
        person.sees(BANNER)
    visitor.says("tre")
    visitor.box.fill("inte sänt än")
    service.start()
    mentor.reads("tre")
    mentor.says("fyra")

    has_all(visitor, ["ett", "två", "tre", "fyra"])
    has_all(mentor, ["ett", "två", "tre", "fyra"])
    expect(visitor.box).to_have_value("inte sänt än")
    expect(mentor.page.get_by_text("Du är i tjänst.")).to_be_visible()
    visitor.box.fill("")


def test_both_pages_may_be_loaded_anew_at_once(pair: tuple[VisitorAtPage, Relay, MentorAtPage, Relay]):
    visitor, _, mentor, _ = pair
    visitor.says("ett")
    mentor.reads("ett")
    mentor.says("två")
    visitor.reads("två")

    mentor.page.reload(wait_until="commit")
    visitor.page.reload()
    visitor.sees("Du talar med")
    mentor.sees("Du talar med en besökare")
    has_all(visitor, ["ett", "två"])
    has_all(mentor, ["ett", "två"])
    visitor.says("tre")
    mentor.says("fyra")

    for person in (visitor, mentor):
        expect(person.log.locator(".line__text")).to_have_count(4)
        assert sorted(person.texts) == ["ett", "fyra", "tre", "två"]


def test_a_duplicated_tab_takes_the_seat_and_the_older_one_can_only_take_it_back(
    pair: tuple[VisitorAtPage, Relay, MentorAtPage, Relay],
):
    older, _, mentor, _ = pair
    older.says("från den första")
    mentor.reads("från den första")

    # A window that a page opens gets a copy of its storage, as a duplicated tab does.
    with older.page.expect_popup() as opened:
        older.page.evaluate("void open(location.href)")
    newer = VisitorAtPage(opened.value, older.base_url)
    newer.sees("Du talar med")
    newer.reads("från den första")
    older.sees("Samtalet är öppet i en annan flik")
    assert "från den första" not in older.leaves_behind()
    newer.says("från den andra")
    mentor.reads("från den andra")
    assert mentor.texts == ["från den första", "från den andra"]

    newer.ends()
    mentor.sees("Besökaren avslutade samtalet.")
    older.page.reload()

    older.sees("Samtalet är slut")
    assert older.page.evaluate("sessionStorage.length") == 0


def test_a_slow_network_that_loses_things_brings_each_message_once_and_in_order(
    pair: tuple[VisitorAtPage, Relay, MentorAtPage, Relay],
):
    visitor, visitors_way, mentor, mentors_way = pair
    # 400 ms there and back, and one frame of twenty lost; and once the line itself.
    for way in (visitors_way, mentors_way):
        way.slow(delay_s=0.2, loss=0.05, resend_s=0.8)
    said = [f"rad {number}" for number in range(12)]

    for text in said[:6]:
        visitor.says(text)
    mentor.says("svar")
    mentor.reads(said[2])
    visitors_way.cut()
    for text in said[6:]:
        visitor.says(text)

    expect(visitor.log.get_by_text("Framme")).to_have_count(12, timeout=60_000)
    visitor.reads("svar")
    expect(mentor.log.get_by_text("Framme")).to_have_count(1)
    assert [text for text in mentor.texts if text != "svar"] == said
    assert [text for text in visitor.texts if text != "svar"] == said
    visitor.ends()
    mentor.sees("Besökaren avslutade samtalet.")
    expect(mentor.page.get_by_text("kan ha försvunnit").locator("visible=true")).to_have_count(0)
