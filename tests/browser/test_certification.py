"""Certification at the pages: from nothing to duty with two people, quarantine over midnight, and axe in every mode."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import MODES, inspect
from tests.browser.people import MentorAtPage, Person
from tests.running_service import RunningService

pytestmark = pytest.mark.browser
EVENING = datetime.fromisoformat("2026-11-24T20:00:00+01:00")
DAY = timedelta(days=1)
NOTHING = [
    "Utbildningen i samtalsmetodik är inte noterad. Tala med samordnaren.",
    "Ditt utdrag ur belastningsregistret är inte sett än. Visa det för samordnaren.",
    "Avtalet om tystnadsplikt är inte underskrivet. Det gör du under ”Din certifiering”.",
    "Uppdragsavtalet är inte underskrivet. Det gör du under ”Din certifiering”.",
    "Riktlinjerna är inte lästa. Läs dem under ”Din certifiering”.",
    "Din insats hemma är inte noterad. Tala med samordnaren.",
]


def ask(service: RunningService, statement: str, *values: object) -> list[tuple[int]]:
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=30)) as database, database:
        return database.execute(statement, values).fetchall()


def forget_examples(service: RunningService, username: str) -> int:
    """Take away what an example account has from the command line; return the account's number."""
    [(number,)] = ask(service, "SELECT id FROM accounts WHERE username = ?", username)
    ask(service, "DELETE FROM certification_items WHERE account_id = ?", number)
    return int(number)


def test_a_mentor_goes_from_nothing_to_duty(make_service, new_context: Callable[..., BrowserContext]):
    service = make_service()
    mentor = MentorAtPage(new_context().new_page(), service.base_url)
    coordinator = Person(new_context().new_page(), service.base_url)
    mentor.signs_in(service.add_account("mentor", "ny-mentor"))
    coordinator.signs_in(service.add_account("coordinator", "samordnare-intyg"))
    forget_examples(service, "ny-mentor")

    mentor.comes()
    expect(mentor.page.locator("[data-missing-list] li")).to_have_text(NOTHING)
    expect(mentor.button("Gå i tjänst")).to_be_disabled()

    page = mentor.page
    page.get_by_role("link", name="Visa din certifiering").click()
    for text in ("Läs och skriv under tystnadsplikten", "Läs och skriv under uppdragsavtalet"):
        page.get_by_role("link", name=text).click()
        page.get_by_label("Ditt namn").fill("Exempel Exempelsson")
        page.get_by_label("Jag har läst och förstått").check()
        mentor.button("Skriv under").click()
        mentor.sees("Tack. Det är noterat.")
    page.get_by_role("link", name="Läs riktlinjerna").click()
    mentor.button("Jag har läst").click()
    mentor.sees("Tack. Det är noterat.")

    page = coordinator.page
    page.get_by_role("link", name="Personer").click()
    expect(page.get_by_role("row").filter(has_text="ny-mentor")).to_contain_text("Saknar 3")
    page.get_by_role("link", name="Mentor 1").click()
    page.get_by_role("link", name="Certifiering").click()
    for name in ("Utbildning i samtalsmetodik", "Utdrag ur belastningsregistret", "Insats hemma"):
        coordinator.button(f"Notera {name}").click()
        # That "Det är noterat." stands there may still be about the one before.
        expect(coordinator.button(f"Ta bort {name}")).to_be_visible()
        coordinator.sees("Det är noterat.")
    coordinator.sees("Klar för tjänst.")

    mentor.comes()
    mentor.button("Gå i tjänst").click()
    mentor.sees("Du är i tjänst.")
    assert mentor.complaints + coordinator.complaints == []


def test_quarantine_keeps_a_mentor_off_duty_until_the_day_after(
    make_service, new_context: Callable[..., BrowserContext], project: Path, built_site: Path
):
    first = make_service(clock=EVENING.isoformat())
    credentials = first.add_account("mentor", "vilar")
    mentor = MentorAtPage(new_context().new_page(), first.base_url)
    mentor.signs_in(credentials)
    mentor.page.goto(f"{first.base_url}/mentor/certifiering/")
    mentor.page.get_by_label("Från och med").fill(EVENING.date().isoformat())
    mentor.page.get_by_label("Till och med").fill(EVENING.date().isoformat())
    mentor.button("Lägg till").click()
    mentor.sees("Gäller nu")

    mentor.comes()
    mentor.sees("Du har chattkarantän till och med den 24 november.")
    expect(mentor.button("Gå i tjänst")).to_be_disabled()

    first.stop()
    ask(
        first, "UPDATE accounts SET last_code_step = 0"
    )  # a day has passed, and with it the half minute of a code
    next_day = EVENING + DAY
    second = RunningService(
        project, data_dir=first.data_dir, site_dir=built_site, settings={"clock": next_day.isoformat()}
    )
    second.start()
    try:
        mentor = MentorAtPage(new_context().new_page(), second.base_url)
        mentor.signs_in(replace(credentials, began=next_day, began_monotonic_s=time.monotonic()))
        mentor.comes_on_duty()
        mentor.sees("Du är i tjänst.")
    finally:
        second.stop()


def test_the_pages_of_certification_have_no_findings_in_any_mode(
    make_service, new_context: Callable[..., BrowserContext], axe_source: str
):
    service = make_service()
    mentor, coordinator = (Person(new_context().new_page(), service.base_url) for _ in range(2))
    mentor.signs_in(service.add_account("mentor", "ny-mentor"))
    coordinator.signs_in(service.add_account("coordinator", "samordnare-intyg"))
    number = forget_examples(service, "ny-mentor")
    pages = (
        (mentor, "/mentor/certifiering/"),
        (mentor, "/texter/tystnadsplikt/"),
        (coordinator, f"/samordnare/personer/{number}/certifiering/"),
    )
    found: dict[str, list[str]] = {}

    for mode, options in MODES.items():
        for person, path in pages:
            page = new_context(**options, storage_state=person.page.context.storage_state()).new_page()
            page.goto(service.base_url + path)
            page.evaluate("document.fonts.ready")
            if findings := inspect(page, axe_source, mode).findings:
                found[f"{mode} {path}"] = findings
            page.close()

    assert found == {}
