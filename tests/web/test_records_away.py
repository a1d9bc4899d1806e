"""What people read while the database cannot answer: plain words for staff, and everything else goes on.

A conversation in the middle of it, with a real PostgreSQL that is stopped: tests/participants/test_on_postgresql.py.
"""

from contextlib import asynccontextmanager

import pytest

from chatservice.domain.certification import Role
from chatservice.records.connections import Database
from chatservice.web.letter_limits import QUICKEST_S, FormMarks
from chatservice.web.parts import EXTENSION
from tests.live_builders import HandClock
from tests.web.conftest import ORIGIN

SECRET = "Hemligt4f7a"


@pytest.fixture
def go_away(monkeypatch):
    """Return a function that takes the database away."""

    @asynccontextmanager
    async def gone(_database):
        raise ConnectionRefusedError
        yield

    return lambda: monkeypatch.setattr(Database, "_borrowed", gone)


async def test_staff_read_that_the_records_cannot_be_reached_and_that_conversations_go_on(web, go_away):
    coordinator, browser = await web.staff.add("samordnare", Role.COORDINATOR), web.browser()
    await web.sign_in(browser, coordinator)
    go_away()

    for answer in (await browser.get("/samordnare/"), await web.sign_in(web.browser(), coordinator)):
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 503
        assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("30", "no-store")
        assert "Samtal som pågår fortsätter som vanligt" in page
    asked = await browser.get("/samordnare/", headers={"Accept": "application/json"})
    assert (asked.status_code, await asked.get_json()) == (503, {"error": "records_away"})


async def test_whoever_needs_no_account_notices_nothing(web, go_away):
    browser = web.browser()
    before = await (await browser.get("/chatt/status")).get_json()
    go_away()
    web.staff.clock.pass_time(60)

    assert await (await browser.get("/chatt/status")).get_json() == before
    assert (await browser.get("/chatt/lage/")).status_code == 200
    thanks = await browser.post("/chatt/omdome/", form={"face": "better"}, headers={"Origin": ORIGIN})
    assert thanks.status_code == 303


async def test_a_letter_that_cannot_be_kept_comes_back_with_everything_that_was_written(web, go_away):
    settings = web.app.extensions[EXTENSION].settings
    if web.app.extensions[EXTENSION].inbox is None:
        pytest.skip("This organisation has no inbox.")
    go_away()

    answer = await web.browser().post(
        "/kontakt/skriv/skicka/",
        form={
            "topic": "idea",
            "text": SECRET,
            "mark": FormMarks(settings.secret.encode(), HandClock()).issue(age_s=QUICKEST_S),
        },
        headers={"Origin": ORIGIN},
    )

    page = await answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert SECRET in page
    assert "skicka igen" in page


async def test_numbers_that_no_database_takes_lead_nowhere_and_a_nul_is_no_part_of_a_name(web):
    coordinator, browser = await web.staff.add("samordnare", Role.COORDINATOR), web.browser()
    await web.sign_in(browser, coordinator)

    for number in ("9" * 15, "9" * 40):
        assert (await browser.get(f"/samordnare/personer/{number}/")).status_code == 404
    assert (await web.sign_in(web.browser(), coordinator, username="\0")).status_code == 401
