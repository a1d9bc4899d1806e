"""When the chat closes around people: both who talk and who waits are told softly, once, and nobody is cut off."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, inspect
from tests.browser.people import MentorAtPage, Person, talk
from tests.overrides import closed_chat
from tests.running_service import RunningService

TALKING = "Chatten har stängt för nya besökare. Ni kan prata klart i lugn och ro."
WAITING = "Chatten har stängt för nya besökare. Du har kvar din plats i kön."
WITHIN_MS = 30_000  # a page asks every eight seconds; the rest is for a machine that has much else to do


def notice(person: Person, words: str) -> Locator:
    return person.page.get_by_role("status").filter(has_text=words)


def test_nothing_is_said_while_the_chat_is_open(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)

    with visitor.page.expect_response("**/chatt/status"):
        pass

    expect(notice(visitor, "Chatten har stängt för nya besökare.")).to_have_count(0)


def test_at_closing_both_who_talk_and_who_waits_are_told_and_go_on(
    visit: Visit, mentor: MentorAtPage, service: RunningService, axe_source: str
):
    visitor = talk(visit(), mentor)
    patient = visit()
    patient.begins()
    patient.sees("Du står först i kön.")

    with closed_chat(service):
        for person, words in ((visitor, TALKING), (mentor, TALKING), (patient, WAITING)):
            person.page.bring_to_front()
            expect(notice(person, words)).to_be_visible(timeout=WITHIN_MS)
            expect(notice(person, words)).to_have_count(1)
        assert inspect(visitor.page, axe_source, "light").findings == []

        visitor.says("Tack för att jag får prata klart.")
        mentor.reads("Tack för att jag får prata klart.")
        visitor.ends()
        mentor.takes_next()
        patient.sees("Du talar med")
        expect(notice(patient, TALKING)).to_be_visible()
        patient.ends()
        mentor.sees("Besökaren avslutade samtalet.")
        patient.sees("Chatten är stängd just nu.")
