"""The contact form as people meet it: with and without a script, by keyboard, and while the service is down."""

import contextlib
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from chatservice.clock import SystemClock
from chatservice.web.letter_limits import FormMarks
from tests.running_service import RunningService

FORM = "/kontakt/skriv/"
SEND = "/kontakt/skriv/skicka/"
TEXT = "Hej!\n\nKan kön visa hur lång tid det brukar ta? ”Tack” & hej <3"


def fill(page: Page, service: RunningService, *, email: str = "", topic: str = "En idé") -> None:
    page.goto(service.base_url + FORM)
    page.get_by_label(topic, exact=True).check()
    page.get_by_label("Ditt meddelande").fill(TEXT)
    page.get_by_label("Din e-postadress").fill(email)


def age(page: Page) -> None:
    """Let as much time pass as the form asks of a person."""
    page.wait_for_timeout(3200)


def make_young(page: Page, service: RunningService) -> None:
    """Let every letter from this page leave as if its form had come just now, however slow the machine is."""
    secret = (service.data_dir / "secret").read_text(encoding="ascii").strip().encode()

    def renew(route: Route) -> None:
        fields = dict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        fields["mark"] = FormMarks(secret, SystemClock()).issue()
        route.continue_(post_data=urlencode(fields))

    page.route(f"**{SEND}", renew)


def send(page: Page) -> None:
    page.get_by_role("button", name="Skicka meddelandet").click()


def expect_everything_kept(page: Page, *, email: str) -> None:
    expect(page.get_by_label("En idé", exact=True)).to_be_checked()
    expect(page.get_by_label("Ditt meddelande")).to_have_value(TEXT)
    expect(page.get_by_label("Din e-postadress")).to_have_value(email)


def newest(service: RunningService) -> str:
    """Return the newest letter as a coordinator reads it."""
    number = service.command("inbox", "list").strip().splitlines()[-1].split()[0]
    return service.command("inbox", "read", number)


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def either(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """Return a page whose browser runs scripts, and one whose does not."""
    return new_context(java_script_enabled=request.param).new_page()


def test_a_wrong_field_is_said_and_focused_and_nothing_is_lost(either: Page, service: RunningService):
    fill(either, service, email="fel adress")
    send(either)

    summary = either.get_by_role("alert").filter(has_text="Något behöver ändras")
    expect(summary).to_be_focused()
    expect(either).to_have_title(re.compile(r"^Fel: "))
    expect_everything_kept(either, email="fel adress")
    expect(either.get_by_label("Din e-postadress")).to_have_accessible_description(
        re.compile(r"lämna fältet tomt.*Skriv e-postadressen så här", re.DOTALL)
    )
    summary.get_by_role("link", name=re.compile("Skriv e-postadressen")).click()
    expect(either.get_by_label("Din e-postadress")).to_be_focused()


def test_a_letter_is_sent_sealed_and_its_writer_told_what_happens(either: Page, service: RunningService):
    fill(either, service, email="namn@example.org")
    age(either)
    send(either)

    expect(either.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")
    expect(either.get_by_text("senast efter 90 dagar")).to_be_visible()
    assert TEXT in newest(service)
    assert "namn@example.org" in newest(service)
    assert "namn@example.org" not in service.log
    assert either.context.cookies() == []


def test_sent_too_fast_it_is_kept_and_sent_by_a_second_press(either: Page, service: RunningService):
    fill(either, service)
    make_young(either, service)
    send(either)

    expect(either.get_by_text("lite för fort")).to_be_visible()
    expect_everything_kept(either, email="")
    either.unroute_all()
    age(either)
    send(either)
    expect(either.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")


def no_service(route: Route) -> None:
    route.abort("connectionrefused")


def proxy_without_service(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")


@pytest.mark.parametrize("failure", [no_service, proxy_without_service])
def test_while_the_service_is_down_the_page_says_so_and_keeps_the_text(
    page: Page, service: RunningService, failure: Callable[[Route], None]
):
    fill(page, service, email="namn@example.org")
    age(page)
    page.route(f"**{SEND}", failure)
    send(page)

    told = page.get_by_role("alert").filter(has_text="Meddelandet gick inte i väg.")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Tjänsten svarar inte just nu.")
    expect_everything_kept(page, email="namn@example.org")
    kept = page.evaluate("() => JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert kept == "[{},{}]"
    page.unroute(f"**{SEND}")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")


def test_after_back_from_the_browsers_own_error_page_the_text_is_still_there(
    new_context: Callable[..., BrowserContext], make_service: Callable[..., RunningService]
):
    service = make_service()
    page = new_context(java_script_enabled=False).new_page()
    fill(page, service, email="namn@example.org")
    # A browser notes what stands in the fields about once a second: whoever writes takes longer than that.
    age(page)
    service.stop()
    with contextlib.suppress(Error):
        send(page)
    page.wait_for_url("chrome-error://**")
    page.go_back()

    expect_everything_kept(page, email="namn@example.org")
    service.start()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")


def test_after_sending_with_the_script_back_does_not_lead_to_the_text(page: Page, service: RunningService):
    page.goto(service.base_url + "/kontakt/")
    fill(page, service)
    age(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")

    page.go_back()

    expect(page).to_have_url(f"{service.base_url}/kontakt/")


def test_the_form_is_filled_in_by_keyboard_and_the_trap_is_never_met(page: Page, service: RunningService):
    page.goto(service.base_url + FORM)
    page.get_by_label("En fråga", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Hej från tangentbordet")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Din e-postadress")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skicka meddelandet")).to_be_focused()
    expect(page.get_by_role("textbox", name="Lämna det här fältet tomt")).to_have_count(0)
    age(page)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")
    assert "Hej från tangentbordet" in newest(service)


def test_targets_on_a_phone_are_large_enough(
    new_context: Callable[..., BrowserContext], service: RunningService
):
    page = new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    page.goto(service.base_url + FORM)

    small = page.evaluate(
        """() => [...document.querySelectorAll('.choice, .letter .button, .letter .field__input')]
            .map((part) => [part.textContent.trim(), Math.round(part.getBoundingClientRect().height)])
            .filter(([, height]) => height < 44)"""
    )

    assert small == []


def say_what_is_wrong(page: Page) -> None:
    page.get_by_label("Din e-postadress").fill("fel")
    send(page)
    expect(page.get_by_text("Något behöver ändras")).to_be_visible()


def lose_the_service(page: Page) -> None:
    page.route(f"**{SEND}", no_service)
    send(page)
    expect(page.get_by_text("Meddelandet gick inte i väg.")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "prepare"),
    [(FORM, None), (FORM, say_what_is_wrong), (FORM, lose_the_service), (f"{FORM}tack/", None)],
    ids=["empty", "wrong", "down", "thanks"],
)
def test_axe_finds_nothing(
    audited: Callable[..., list[str]],
    service: RunningService,
    address: str,
    prepare: Callable[[Page], None] | None,
):
    assert audited(service.base_url + address, prepare=prepare) == []
