"""A relay between the browsers that drops, repeats, reorders, alters or cuts: both seats notice, and say so in words.

Every relay sits between one reader and the service, and so stands for a malicious service as well. What the modules
say for themselves is in tests/js/conversation_whole.test.js; here it is what people read.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.people import MentorAtPage, Person, part, talk
from tests.browser.relay import Frame, Meddling, Relay, altering, dropping, repeating, saying, swapping

GAP = "Här fattas något. Ett eller flera meddelanden kom aldrig fram."
AGAIN = "Något kom en gång till, eller för sent. Det visas inte."
UNREADABLE = "Ett meddelande klarade inte kontrollen. Det visas inte."
ALTERED = "Något du skrev har ändrats på vägen. Det ändrade visas inte."
CUT = "kan ha försvunnit på vägen"

# What is done to "ett" and "två", and what the reader's page has of them.
MEDDLINGS: tuple[tuple[Callable[[], Meddling], list[str]], ...] = (
    (lambda: dropping(saying), [GAP, "två"]),
    (lambda: repeating(saying), ["ett", AGAIN, "två", AGAIN]),
    (lambda: swapping(saying), [GAP, "två", AGAIN]),
    (lambda: altering(saying), [UNREADABLE]),
)

Seats = dict[str, tuple[Person, Relay]]


@pytest.fixture
def together(
    visit: Visit, relay: Callable[[], Relay], mentor_through: tuple[MentorAtPage, Relay]
) -> Iterator[Seats]:
    """A visitor and a mentor who talk, each with her relay."""
    way = relay()
    mentor, mentors_way = mentor_through
    visitor = talk(visit(through=way), mentor)
    yield {"visitor": (visitor, way), "mentor": mentor_through}
    for each in (way, mentors_way):
        each.meddle("down", None)
    part(visitor, mentor)


@pytest.mark.parametrize("victim", ["visitor", "mentor"])
def test_what_was_meddled_with_is_said_and_never_shown(together: Seats, victim: str):
    reader, way = together[victim]
    writer, _ = together["mentor" if victim == "visitor" else "visitor"]

    expected: list[str] = []
    for how, shown in MEDDLINGS:
        way.meddle("down", how())
        writer.says("ett")
        writer.says("två")
        expected += shown
        expect(reader.log.locator(".line__text")).to_have_text(expected)
    way.meddle("down", None)


@pytest.mark.parametrize("victim", ["visitor", "mentor"])
def test_ones_own_words_that_come_back_altered_are_not_taken_for_ones_own(together: Seats, victim: str):
    reader, way = together[victim]
    writer, _ = together["mentor" if victim == "visitor" else "visitor"]
    reader.says("mitt")
    writer.reads("mitt")  # so the service has it
    own = [frame for frame in way.passed("up") if saying(frame)][-1]

    def is_own(frame: Frame) -> bool:
        return saying(frame) and frame["sequence"] == own["sequence"] and frame["sender"].startswith(victim)

    way.meddle("down", altering(is_own))
    way.cut()
    reader.reads(ALTERED)
    reader.page.reload()
    # Only the tag tells a page that remembers no bytes.
    reader.reads(UNREADABLE)

    assert "mitt" not in reader.texts


@pytest.mark.parametrize(("victim", "lost"), [("visitor", 1), ("visitor", 2), ("mentor", 2)])
def test_an_end_that_was_cut_off_is_said_on_the_last_screen(together: Seats, victim: str, lost: int):
    reader, way = together[victim]
    writer, _ = together["mentor" if victim == "visitor" else "visitor"]
    way.meddle("down", dropping(saying, count=lost))

    writer.says("Markörord sju")
    writer.sees("Skickat")
    writer.ends()

    reader.sees(CUT)
    assert "Markörord" not in reader.leaves_behind()


def test_an_end_that_came_leaves_no_doubt(together: Seats):
    visitor, _ = together["visitor"]
    mentor, _ = together["mentor"]
    visitor.says("Hej då")

    visitor.ends()

    mentor.sees("Besökaren avslutade samtalet.")
    expect(mentor.page.get_by_text(CUT).locator("visible=true")).to_have_count(0)
