"""The coordinators' hours on their pages: what visitors read of each change, what is refused, and what is noted."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.usecases.hours import HoursDesk
from chatservice.web.parts import EXTENSION
from tests.live_builders import HandClock

OURS = {"Origin": "http://localhost:8000"}
HOURS = "/samordnare/oppettider/"
NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)  # a Sunday; the example week opens 19-22


@pytest.fixture
def clock():
    """Give the clock that the hours follow; sessions have one of their own."""
    return HandClock(NOON)


@pytest.fixture
async def office(web, clock):
    """Give a coordinator's browser."""
    the = web.app.extensions[EXTENSION]
    hours = HoursDesk(the.schedule, the.records, clock)
    web.app.extensions[EXTENSION] = replace(the, clock=clock, hours=hours)
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add("sam", Role.COORDINATOR))
    return browser


async def text_of(browser, path):
    return await (await browser.get(path)).get_data(as_text=True)


async def press(browser, path, **fields):
    return await browser.post(path, form=fields, headers=OURS)


async def status(web, language="sv"):
    return await (await web.browser().get(f"/chatt/status?language={language}")).get_json()


async def acts(web):
    newest = await web.app.extensions[EXTENSION].records.audit_log.newest(limit=99)
    return [entry.act for entry in reversed(newest) if entry.act is not Act.SIGNED_IN]


def plans(page: str) -> dict[str, str]:
    """Read from a page what it says of each day, as text."""
    rows = re.findall(r'data-day="([\d-]+)">\s*<p[^>]*data-plan>(.*?)</p>', page, re.DOTALL)
    return {day: " ".join(re.sub(r"<[^>]+>", " ", plan).split()) for day, plan in rows}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "from1", "Skriv minst en tid"),
        ({"from1": "19:00"}, "from1", "Skriv både från och till"),
        ({"from1": "19:00", "to1": "22:00", "from2": "21:00", "to2": "23:00"}, "from2", "börjar innan"),
        ({"from3": "25:00", "to3": "26:00"}, "from3", "Skriv ett klockslag"),
        ({"from1": "19:00", "to1": "19:00"}, "from1", "samma klockslag"),
        ({"from1": "22:00", "to1": "20:00"}, "from1", "nästa dags tider"),
        ({"closed": "1", "reason": "x" * 121}, "reason", "högst 120 tecken"),
        ({"closed": "1", "reason_en": "x" * 121}, "reason_en", "högst 120 tecken"),
    ],
)
async def test_hours_that_cannot_be_are_refused_in_words_beside_their_field(
    web, office, fields, field, words
):
    answer = await press(office, f"{HOURS}2026-11-25/", **fields)  # Thursday after it opens at 19

    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error">[^<]*{words}', page), page
    assert re.search(rf'href="#{field}"', page)
    assert all(f'value="{typed}"' in page for typed in fields.values() if typed != "1")
    assert await acts(web) == []


@pytest.mark.parametrize(
    ("day", "words"), [("2026-11-21", "Dagen har varit"), ("2027-11-30", "mer än ett år")]
)
async def test_a_day_that_was_or_is_too_far_is_refused(web, office, day, words):
    answer = await press(office, f"{HOURS}{day}/", closed="1")

    assert answer.status_code == 422
    assert words in await answer.get_data(as_text=True)
    assert (await press(office, f"{HOURS}{day}/tillbaka")).status_code == 422
    assert await acts(web) == []


@pytest.mark.parametrize("path", ["2026-11-31/", "i-morgon/"])
async def test_what_is_no_day_has_no_page(web, office, path):
    assert (await office.get(f"{HOURS}{path}")).status_code == 404
    assert (await press(office, f"{HOURS}{path}", closed="1")).status_code == 404


async def test_a_day_further_ahead_is_found_by_its_date(web, office):
    found = await office.get(f"{HOURS}dag/?datum=2026-12-31")
    lost = await office.get(f"{HOURS}dag/?datum=snart")

    assert (found.status_code, found.headers["Location"]) == (303, f"{HOURS}2026-12-31/")
    assert lost.status_code == 422
    assert 'id="datum-error">Skriv en dag' in await lost.get_data(as_text=True)


async def test_the_preview_is_what_visitors_see_day_by_day_before_and_after_a_change(web, office):
    assert plans(await text_of(office, HOURS)) == plans(await text_of(web.browser(), "/chatt/lage/"))

    late = {"from1": "12:00", "to1": "13:00", "from2": "21:00", "to2": "01:00", "reason": " Lång  kväll "}
    saved = await press(office, f"{HOURS}2026-11-28/", **late, reason_en="Long evening")
    await press(office, f"{HOURS}2026-11-23/", closed="1")
    await press(office, f"{HOURS}2026-12-20/", **{"from1": "10", "to1": "12.30"})

    assert (saved.status_code, saved.headers["Location"]) == (303, f"{HOURS}?klart=sparat")
    shown, preview = plans(await text_of(web.browser(), "/chatt/lage/")), plans(await text_of(office, HOURS))
    assert preview == shown
    assert len(shown) == 14 + 2, (
        "and the days further on: the example file's Christmas Eve, and the one set here"
    )
    assert shown["2026-11-22"] == "I dag, söndag 22 november 19.00–22.00"
    assert shown["2026-11-23"] == "I morgon, måndag 23 november Stängt"
    assert shown["2026-11-28"] == (
        "Lördag 28 november 12.00–13.00 och 21.00 till 01.00 natten till söndag Lång kväll"
    )
    assert shown["2026-12-20"] == "20 december 2026 10.00–12.30"
    english = plans(await text_of(web.browser(), "/chatt/lage/?language=en"))
    assert english["2026-11-28"].endswith("21.00 to 01.00 in the night to Sunday Long evening")
    assert english == plans(await text_of(office, f"{HOURS}?language=en"))
    assert await acts(web) == [Act.HOURS_CHANGED] * 3


async def test_a_day_that_is_closed_is_closed_everywhere_at_once_and_opens_again_when_taken_back(web, office):
    assert (await status(web))["detail"] == "Öppnar i kväll kl. 19.00"

    await press(office, f"{HOURS}2026-11-22/", closed="1")
    assert (await status(web))["detail"] == "Öppnar i morgon kl. 19.00"
    assert (await status(web, "en"))["next_opening"] == "2026-11-23T19:00:00+01:00"

    form = await text_of(office, f"{HOURS}2026-11-22/")
    assert "Utan ändring gäller: 19.00–22.00." in form
    await press(office, f"{HOURS}2026-11-22/tillbaka")
    assert (await status(web))["detail"] == "Öppnar i kväll kl. 19.00"
    assert "Ta tillbaka till veckans tider" not in await text_of(office, f"{HOURS}2026-11-22/")


async def test_a_day_cannot_be_taken_back_into_its_longer_neighbour(web, office):
    await press(office, f"{HOURS}2026-11-26/", closed="1")
    await press(office, f"{HOURS}2026-11-25/", **{"from1": "22:00", "to1": "20:00"})

    refused = await press(office, f"{HOURS}2026-11-26/tillbaka")

    assert refused.status_code == 422
    assert "Dagen innan har öppet längre" in await refused.get_data(as_text=True)


async def test_the_lines_for_the_editor_are_those_of_the_days_that_were_set_here(web, office):
    assert "Just nu finns inget att skriva in." in await text_of(office, HOURS)

    await press(office, f"{HOURS}2026-11-23/", closed="1", reason="Vilodag", reason_en="Rest")

    page = await text_of(office, HOURS)
    lines = '[[exceptions]]\ndate = 2026-11-23\nwindows = []\nreason = "Vilodag"\n[exceptions.en]\nreason = "Rest"'
    assert lines.replace('"', "&#34;") in page


async def test_a_holiday_is_decided_once(web, office, clock):
    clock.at = datetime(2026, 12, 20, 11, tzinfo=UTC)
    christmas = f"{HOURS}2026-12-25/"
    assert 'id="helg-2026-12-25"' in await text_of(office, HOURS)
    assert 'id="helg-2026-12-24"' not in await text_of(office, HOURS), "the file has decided that one"
    assert 'value="Juldagen"' in await text_of(office, christmas)

    assert (await press(office, f"{christmas}helgdag", choice="maybe")).status_code == 400
    assert (await press(office, f"{HOURS}2026-12-21/helgdag", choice="closed")).status_code == 404
    past = await press(office, f"{HOURS}2026-06-20/helgdag", choice="closed")
    assert past.status_code == 422
    await press(office, f"{christmas}helgdag", choice="usual")
    await press(office, f"{HOURS}2027-01-01/helgdag", choice="closed")

    page = await text_of(office, HOURS)
    assert 'id="helg-2026-12-25"' not in page
    assert 'id="helg-2027-01-01"' not in page
    shown = plans(page)
    assert shown["2026-12-25"] == "Fredag 25 december 21.00 till 01.00 natten till lördag Juldagen"
    assert shown["2027-01-01"] == "Fredag 1 januari Stängt Nyårsdagen"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until": ""}, "until"),
        ({"until": "closing"}, "until"),
        ({"until": "own"}, "clock"),
        ({"until": "own", "clock": "snart"}, "clock"),
        ({"until": "60", "note": "x" * 201}, "note"),
    ],
)
async def test_a_state_without_an_end_is_refused_beside_its_field(web, office, clock, fields, field):
    clock.at = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a Tuesday, on which it never opens

    answer = await press(office, f"{HOURS}lage", kind="stopped", **fields)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in await answer.get_data(as_text=True)
    assert (await press(office, f"{HOURS}lage", kind="other", until="60")).status_code == 400
    assert await acts(web) == []


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"until": "30"}, "kl. 12.30"),
        ({"until": "120"}, "kl. 14.00"),
        ({"until": "closing"}, "kl. 22.00"),
        ({"until": "own", "clock": "23:15"}, "kl. 23.15"),
        ({"until": "own", "clock": "08.00"}, "kl. 08.00"),
    ],
)
async def test_a_state_says_until_when_and_ends_by_itself(web, office, clock, fields, until):
    await press(office, f"{HOURS}lage", kind="open", **fields)

    assert f"till {until}" in await text_of(office, HOURS)
    assert (await status(web))["reason"] == "no_mentor"
    clock.pass_time(24 * 3600)
    assert "Avsluta läget" not in await text_of(office, HOURS)


async def test_a_state_flips_what_open_pages_ask_for_at_once_and_is_ended_early(web, office, clock):
    clock.at = datetime(2026, 11, 22, 19, tzinfo=UTC)
    assert (await status(web))["reason"] == "no_mentor"

    await press(office, f"{HOURS}lage", kind="stopped", until="60", note="prov")
    told = await status(web)
    assert (told["open"], told["reason"]) == (False, "stopped")
    assert told["detail"] == "Vi tar inte emot fler just nu. Öppnar i kväll kl. 21.00"
    assert told["closes"] == "2026-11-22T22:00:00+01:00"
    assert "Nej. Vi tar inte emot fler just nu." in " ".join(
        (await text_of(web.browser(), "/chatt/lage/")).split()
    )

    await press(office, f"{HOURS}lage", kind="closed", until="closing", back="overview")
    assert (await status(web))["reason"] == "override"
    overview = await text_of(office, "/samordnare/")
    (number,) = re.findall(r'name="id" value="(\d+)"', overview)
    ended = await press(office, f"{HOURS}lage/avsluta", id=number, back="overview")

    assert ended.headers["Location"] == "/samordnare/?klart=avslutat"
    assert (await status(web))["reason"] == "no_mentor"
    assert await acts(web) == [Act.HOURS_OVERRIDDEN, Act.HOURS_OVERRIDDEN, Act.OVERRIDE_ENDED]


async def test_a_state_far_ahead_says_its_day_too(web, office):
    await web.app.extensions[EXTENSION].hours.set_state(1, "open", NOON + timedelta(days=3))

    assert "till 25 november 2026, kl. 12.00" in await text_of(office, HOURS)


async def test_many_pages_that_ask_cost_one_reading_a_second(web, office, clock):
    the = web.app.extensions[EXTENSION]
    read, reads = the.records.schedule_exceptions.since, []

    async def since(day: date):
        reads.append(day)
        return await read(day)

    the.records.schedule_exceptions.since = since
    clock.pass_time(5)
    for _ in range(20):
        await status(web)

    assert len(reads) == 1
