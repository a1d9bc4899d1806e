"""The question after a conversation as people meet it: only after one, with and without a script, tied to nothing."""

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Request, Route, expect

from tests.browser.conftest import Visit
from tests.browser.people import MentorAtPage, VisitorAtPage, talk
from tests.running_service import RunningService

QUESTION = "Hur kändes det att prata?"
LINE = "Vill du säga något till samordnaren?"


def question(visitor: VisitorAtPage):
    return visitor.page.get_by_role("group", name=QUESTION)


def test_who_only_stood_in_line_is_not_asked(visit: Visit, mentor: MentorAtPage):
    visitor = visit()
    visitor.begins()
    visitor.button("Lämna kön").click()

    visitor.sees("Du har lämnat kön")
    expect(question(visitor)).to_be_hidden()


def test_what_could_not_be_sent_is_kept_and_can_be_sent_again(visit: Visit, mentor: MentorAtPage):
    visitor = talk(visit(), mentor)
    visitor.ends()

    def unanswered(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="en annan server")

    visitor.page.route("**/chatt/omdome/", unanswered)
    visitor.page.get_by_label("Ungefär som förut").check()
    visitor.page.get_by_label(LINE).fill("Tack")
    visitor.button("Skicka").click()
    visitor.sees("Det gick inte att skicka just nu.")
    expect(visitor.page.get_by_label(LINE)).to_have_value("Tack")

    visitor.page.unroute("**/chatt/omdome/")
    visitor.button("Skicka").click()
    visitor.sees("Tack för ditt svar.")


def test_after_a_conversation_one_may_answer_once_and_nothing_names_the_conversation(
    visit: Visit, mentor: MentorAtPage
):
    visitor = visit()
    asked: list[Request] = []
    joined: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request) if "omdome" in request.url else None)
    visitor.page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: joined.append(str(frame))),
    )
    talk(visitor, mentor).ends()
    mentor.sees("Besökaren avslutade samtalet.")

    expect(question(visitor)).to_be_visible()
    visitor.page.get_by_label("Det kändes bättre").check()
    visitor.page.get_by_label(LINE).fill("Tack för i kväll")
    visitor.button("Skicka").click()

    visitor.sees("Tack för ditt svar.")
    expect(question(visitor)).to_be_hidden()
    expect(visitor.button("Skicka")).to_be_hidden()
    (request,) = asked
    assert request.post_data == "face=better&line=Tack+f%C3%B6r+i+kv%C3%A4ll"
    assert "cookie" not in request.all_headers()
    (conversation,) = [
        frame["conversation"] for frame in map(json.loads, joined) if frame["type"] == "joined"
    ]
    assert conversation not in json.dumps(request.all_headers()) + request.url
    assert "Tack för i kväll" not in visitor.leaves_behind()


def test_without_a_script_the_question_is_a_page_of_its_own(
    new_context: Callable[..., BrowserContext], service: RunningService
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{service.base_url}/chatt/omdome/")

    page.get_by_role("group", name=QUESTION).get_by_label("Det kändes sämre").check()
    page.get_by_label(LINE).fill("Hej")
    page.get_by_role("button", name="Skicka").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tack för ditt svar")
    assert page.context.cookies() == []
    assert "Inga omdömen att visa" in service.command("inbox", "feedback")


def test_the_question_as_a_page_has_nothing_for_axe_to_find(
    audited: Callable[..., list[str]], service: RunningService
):
    assert audited(f"{service.base_url}/chatt/omdome/") == []
