"""The coordinators' inbox as a coordinator meets it: letters and lines are opened in her browser, and nowhere else."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import BrowserContext, Page, Request, expect

from chatservice.domain import sealing
from chatservice.domain.letter import Letter, Topic, printable
from chatservice.domain.letter_sealing import seal_letter
from chatservice.key_files import load_key_file
from chatservice.key_protection import protected_pem
from tests.browser.conftest import MODES, inspect
from tests.browser.page_clock import stop_clock
from tests.browser.people import Person
from tests.running_service import RunningService

INBOX = "/samordnare/inkorg/"
PASSPHRASE = "tre små ord"
TEXT = "Hej!\n\nKan kön visa hur lång tid det brukar ta? ”Tack” & hej <3"
EMAIL = "namn+svar@example.org"
LINE = "Tack för i kväll"
FIVE_MINUTES_MS = 5 * 60_000
DAY_S = 86_400


@dataclass
class Office:
    """A service with an inbox key, its records, and a coordinator at her page."""

    service: RunningService
    desk: Person
    key_file: Path
    key: ec.EllipticCurvePrivateKey
    sent: list[Request] = field(default_factory=list[Request])

    def ask(self, statement: str, *values: object) -> list[Any]:
        file = self.service.data_dir / "records.sqlite3"
        with closing(sqlite3.connect(file, timeout=30)) as database, database:
            return database.execute(statement, values).fetchall()

    def put_letter(self, sealed: bytes) -> None:
        """Put a letter into the records that the contact form never saw."""
        self.ask(
            "INSERT INTO letters (key_id, sealed, received_on, kept_until) VALUES ('k', ?, 1795305600, 4102444800)",
            sealed,
        )

    @property
    def public(self) -> bytes:
        return sealing.public_bytes(self.key)

    def comes(self) -> None:
        self.desk.page.goto(self.service.base_url + INBOX)

    def opens(self, file: Path | None = None, passphrase: str = PASSPHRASE) -> None:
        page = self.desk.page
        page.get_by_label("Inkorgens nyckelfil").set_input_files(file or self.key_file)
        page.get_by_label("Lösenfras").fill(passphrase)
        self.desk.button("Öppna inkorgen").click()

    def letter(self, number: int) -> Any:
        return self.desk.page.get_by_role("listitem").filter(
            has=self.desk.page.get_by_role("heading", name=f"Brev {number}", exact=True)
        )


@pytest.fixture
def office(
    make_service: Callable[..., RunningService], new_context: Callable[..., BrowserContext], tmp_path: Path
) -> Office:
    service = make_service()
    key = load_key_file(service.data_dir / "example-inbox-key.pem", None, what="inkorgsnyckel")
    key_file = tmp_path / "inbox-key.pem"
    key_file.write_bytes(protected_pem(key, PASSPHRASE.encode()))
    desk = Person(new_context().new_page(), service.base_url)
    credentials = service.add_account("coordinator", "samordnare-inkorg")
    desk.signs_in(credentials)
    office = Office(service, desk, key_file, key)
    desk.page.on("request", lambda request: office.sent.append(request))
    return office


def write_to_us(page: Page, service: RunningService) -> None:
    """Send a letter by the contact form, and feedback with a line by the page for it."""
    page.goto(f"{service.base_url}/kontakt/skriv/")
    page.get_by_label("En idé", exact=True).check()
    page.get_by_label("Ditt meddelande").fill(TEXT)
    page.get_by_label("Din e-postadress").fill(EMAIL)
    page.wait_for_timeout(3200)  # as much time as the form asks of a person
    page.get_by_role("button", name="Skicka meddelandet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack, ditt meddelande har kommit fram")
    page.goto(f"{service.base_url}/chatt/omdome/")
    page.get_by_label("Det kändes bättre").check()
    page.get_by_label("Vill du säga något till samordnaren?").fill(LINE)
    page.get_by_role("button", name="Skicka").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack för ditt svar")


def test_a_letter_and_a_line_are_opened_in_the_browser_and_an_erased_letter_is_gone(
    office: Office, new_context: Callable[..., BrowserContext]
):
    desk, page = office.desk, office.desk.page
    write_to_us(new_context(java_script_enabled=False).new_page(), office.service)
    office.ask("UPDATE feedback SET released_on = released_on - ?", DAY_S)
    office.comes()

    for file, passphrase, told in (
        (office.key_file, "fel", "Lösenfrasen är fel."),
        (
            office.service.data_dir / "example-organisation-key.pem",
            "",
            "Det är en annan nyckel än inkorgens.",
        ),
        (office.service.data_dir / "secret", "", "Filen är ingen nyckelfil."),
    ):
        office.opens(file, passphrase)
        expect(page.get_by_role("alert").filter(has_text=told)).to_be_focused()
    office.opens()

    letter = office.letter(1)
    expect(letter.get_by_text("Hej!")).to_have_text(TEXT, use_inner_text=True)
    expect(letter.get_by_text("En idé", exact=True)).to_be_visible()
    expect(letter.get_by_role("link", name=EMAIL)).to_have_attribute("href", "mailto:namn%2Bsvar@example.org")
    expect(page.get_by_text(LINE, exact=True)).to_be_visible()

    letter.get_by_text("Besvarat – radera").click()
    letter.get_by_role("button", name="Ja, radera").click()
    desk.sees("Brevet är raderat.")
    desk.sees("Inga brev väntar.")
    assert office.ask("SELECT count(*) FROM letters") == [(0,)]
    assert office.ask("SELECT count(*) FROM audit_log WHERE act = 'letter_erased'") == [(1,)]
    expect(page.get_by_text(LINE, exact=True)).to_be_visible()

    desk.button("Stäng inkorgen").click()
    desk.sees("Inkorgen är stängd.")
    expect(page.get_by_label("Inkorgens nyckelfil")).to_be_focused()
    assert LINE not in desk.leaves_behind()
    key_words = office.key_file.read_text().splitlines()[1]
    told = unquote_plus("".join(f"{asked.url} {asked.headers} {asked.post_data}" for asked in office.sent))
    assert [secret for secret in (PASSPHRASE, key_words, "brukar ta", LINE, EMAIL) if secret in told] == []
    assert desk.complaints == []


def test_hostile_letters_are_only_ever_text_and_what_cannot_be_read_can_be_erased(
    office: Office, project: Path
):
    desk, page = office.desk, office.desk.page
    hostile: dict[str, str] = json.loads((project / "tests/fixtures/hostile_texts.json").read_text("utf-8"))
    stranger = sealing.public_bytes(ec.generate_private_key(ec.SECP256R1()))
    letter = Letter(Topic.OTHER, "hej", 'a@b.se?cc=c&body="x"')
    for sealed in (
        seal_letter(letter, stranger),
        seal_letter(letter, office.public)[:-1],
        seal_letter(letter, office.public),
        *(seal_letter(Letter(Topic.OTHER, text, text[:99]), office.public) for text in hostile.values()),
    ):
        office.put_letter(sealed)
    page.set_viewport_size({"width": 360, "height": 640})
    office.comes()
    office.opens()

    desk.sees("Inkorgen är öppen.")
    for number in (1, 2):
        expect(office.letter(number).get_by_text("Brevet går inte att läsa")).to_be_visible()
    link = office.letter(3).get_by_role("link")
    expect(link).to_have_attribute("href", "mailto:a@b.se%3Fcc%3Dc%26body%3D%22x%22")
    shown = page.locator("[data-letters] [data-text]").evaluate_all("all => all.map(one => one.textContent)")
    assert dict(zip(hostile, shown[3:], strict=True)) == {
        name: printable(text) for name, text in hostile.items()
    }
    assert page.evaluate(
        """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth
            && document.querySelectorAll('[data-letters] :is(img, script, svg, iframe, h1, b, object)').length === 0
            && [...document.querySelectorAll('[data-letters] [href]')].every((link) => link.protocol === 'mailto:')"""
    )
    office.letter(1).get_by_text("Besvarat – radera").click()
    office.letter(1).get_by_role("button", name="Ja, radera").click()
    expect(office.letter(1)).to_have_count(0)
    assert office.ask("SELECT min(id) FROM letters") == [(2,)]
    assert desk.complaints == []


def test_the_inbox_forgets_what_it_showed_when_nobody_touches_it_and_when_it_is_left(office: Office):
    desk, page = office.desk, office.desk.page
    office.put_letter(seal_letter(Letter(Topic.IDEA, TEXT, EMAIL), office.public))
    stop_clock(page)
    office.comes()
    office.opens()
    desk.sees("Inkorgen är öppen.")

    page.clock.run_for(FIVE_MINUTES_MS - 1000)
    assert EMAIL in desk.leaves_behind()
    page.keyboard.press("Shift")
    page.clock.run_for(FIVE_MINUTES_MS - 1000)
    assert EMAIL in desk.leaves_behind()
    page.clock.run_for(1000)
    desk.sees("Inkorgen stängdes, för ingen rörde sidan på fem minuter.")
    assert EMAIL not in desk.leaves_behind()

    office.opens()
    desk.sees("Inkorgen är öppen.")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert EMAIL not in desk.leaves_behind()
    assert page.get_by_label("Lösenfras").input_value() == ""
    assert desk.complaints == []


def test_without_a_script_the_page_says_how_letters_are_read_and_erases_them(
    office: Office, new_context: Callable[..., BrowserContext]
):
    office.put_letter(seal_letter(Letter(Topic.IDEA, TEXT), office.public))
    state = office.desk.page.context.storage_state()
    page = new_context(java_script_enabled=False, storage_state=state).new_page()
    page.goto(office.service.base_url + INBOX)

    told = page.locator("main noscript p")
    expect(told).to_be_visible()
    expect(told).to_contain_text("Utan JavaScript läser du dem med kommandot inbox")
    expect(page.get_by_role("button", name="Öppna inkorgen")).to_be_hidden()
    page.get_by_text("Besvarat – radera").click()
    page.get_by_role("button", name="Ja, radera").click()

    expect(page.get_by_role("status").filter(has_text="Brevet är raderat.")).to_be_visible()
    assert office.ask("SELECT count(*) FROM letters") == [(0,)]


def test_nothing_is_wrong_with_the_inbox_closed_or_open_in_any_mode(office: Office, axe_source: str):
    page = office.desk.page
    office.put_letter(seal_letter(Letter(Topic.IDEA, TEXT, EMAIL), office.public))
    office.put_letter(b"damaged")
    office.ask(
        "INSERT INTO talk_requests (account_id, asked_on) SELECT max(id), 1795305600 FROM accounts",
    )
    office.comes()
    page.get_by_text("Besvarat – radera").first.click()

    for is_open in (False, True):
        if is_open:
            office.opens()
            office.desk.sees(re.compile("Inkorgen är öppen"))
        for name, mode in MODES.items():
            page.emulate_media(
                color_scheme=mode.get("color_scheme", "light"),
                contrast=mode.get("contrast", "no-preference"),
                forced_colors=mode.get("forced_colors", "none"),
            )
            page.set_viewport_size(mode.get("viewport", {"width": 1280, "height": 800}))
            assert inspect(page, axe_source, name).findings == []
