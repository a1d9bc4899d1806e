"""The certification pages: a mentor's own, the coordinators', the texts, and what opens before they are signed."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from quart.testing import WebsocketResponseError

from chatservice.domain.certification import Role
from chatservice.domain.certification_items import Kind
from chatservice.usecases.clearing import missing_for_duty
from chatservice.usecases.quarantine import today_in
from chatservice.web.parts import EXTENSION
from tests.staff_builders import TERMS

OURS = {"Origin": "http://localhost:8000"}
OWN = "/mentor/certifiering/"
SIGNING = {"version": "2026-1", "name": "Exempel Exempelsson", "understood": "ja"}


async def signed_in(web, username, role=Role.MENTOR, *, has_items=True):
    person, browser = await web.staff.add(username, role, has_items=has_items), web.browser()
    await web.sign_in(browser, person)
    return person.account.id, browser


async def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", await answer.get_data(as_text=True)).split())


async def posted(browser, path, **form):
    return await browser.post(path, form=form, headers=OURS)


def items(web, account_id):
    return web.app.extensions[EXTENSION].records.certification_items.of_accounts([account_id])


async def missing(web, account_id):
    return await missing_for_duty(web.staff.desk, TERMS, account_id, None)


def of(number, act=""):
    return f"/samordnare/personer/{number}/certifiering/{act}"


def day(web, days):
    return (today_in(web.staff.clock, TERMS.zone) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("path", ["/samordnare/", "/samordnare/handelser/", "/samordnare/personer/"])
async def test_a_coordinator_who_has_not_signed_is_led_to_the_text(web, path):
    _, browser = await signed_in(web, "siri", Role.COORDINATOR, has_items=False)

    answer = await browser.get(f"{path}?language=en")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/texter/tystnadsplikt/?language=en"
    assert (await browser.get("/texter/tystnadsplikt/")).status_code == 200
    assert (await browser.get("/konto/")).status_code == 200


async def test_a_coordinator_who_has_not_signed_changes_nothing_and_opens_no_socket(web):
    _, browser = await signed_in(web, "siri", Role.COORDINATOR, has_items=False)

    assert (await posted(browser, "/samordnare/handelser/tabell")).status_code == 403
    with pytest.raises(WebsocketResponseError) as refused:
        async with browser.websocket("/chatt/ws/samordnare", headers=OURS) as socket:
            await socket.receive()
    assert refused.value.response.status_code == 403


async def test_everything_opens_for_a_coordinator_who_has_signed(web):
    _, browser = await signed_in(web, "siri", Role.COORDINATOR, has_items=False)

    answer = await posted(browser, "/texter/tystnadsplikt/", **SIGNING)

    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/texter/tystnadsplikt/")
    assert (await browser.get("/samordnare/")).status_code == 200


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"name": " "}, 422, "Skriv ditt namn"),
        ({"understood": ""}, 422, "Kryssa i rutan"),
        ({"version": "2025-1"}, 409, "Texten har ändrats sedan du öppnade sidan"),
        ({"version": ""}, 400, ""),
    ],
)
async def test_a_signature_that_is_none_is_not_kept(web, given, status, words):
    mentor, browser = await signed_in(web, "mira", has_items=False)

    answer = await posted(browser, "/texter/tystnadsplikt/", **(SIGNING | given))

    assert answer.status_code == status
    assert words in await text_of(answer)
    assert await items(web, mentor) == []


async def test_a_text_that_does_not_concern_ones_role_is_read_and_not_signed(web):
    editor, browser = await signed_in(web, "elin", Role.EDITOR, has_items=False)

    page = await browser.get("/texter/riktlinjer/")
    answer = await posted(browser, "/texter/riktlinjer/", version="2026-1")

    assert page.status_code == 200
    assert "Jag har läst" not in await text_of(page)
    assert answer.status_code == 403
    assert await items(web, editor) == []


async def test_an_unknown_text_is_not_found(web):
    _, browser = await signed_in(web, "mira")

    assert (await browser.get("/texter/exempel/")).status_code == 404


async def test_a_text_is_shown_in_the_language_of_the_page(web):
    _, browser = await signed_in(web, "mira")

    page = await text_of(await browser.get("/texter/tystnadsplikt/?language=en"))

    assert "Example: Confidentiality agreement" in page
    assert "I pass on nothing of what is said in a conversation" in page


async def test_a_mentors_page_names_what_is_missing_and_who_does_what(web):
    _, browser = await signed_in(web, "mira", has_items=False)

    page = await text_of(await browser.get(OWN))

    for words in (
        "Utbildning i samtalsmetodik Saknas",
        "Läs och skriv under tystnadsplikten",
        "Läs och skriv under uppdragsavtalet",
        "Läs riktlinjerna",
        "Visa ett utdrag för en samordnare",
    ):
        assert words in page
    assert "Övning" not in page, "it is not asked for yet"


async def test_a_mentor_signs_and_a_coordinator_notes_until_nothing_is_missing(web):
    mentor, hers = await signed_in(web, "mira", has_items=False)
    _, theirs = await signed_in(web, "sam", Role.COORDINATOR)

    for name in ("tystnadsplikt", "uppdragsavtal", "riktlinjer"):
        answer = await posted(hers, f"/texter/{name}/", **SIGNING)
        assert urlsplit(answer.headers["Location"]).path == OWN
    for kind in (Kind.TRAINING, Kind.EXTRACT, Kind.MISSION_AT_HOME):
        answer = await posted(theirs, of(mentor, "notera"), kind=kind, day=day(web, 0), number="2")
        assert answer.status_code == 303

    assert await missing(web, mentor) == ("certificate_missing",)
    assert "Allt är klart" in await text_of(await hers.get(OWN))
    page = await text_of(await theirs.get(of(mentor)))
    assert "Klar för tjänst" in page
    assert "2 insatser. Noterat av Samordnare 1." in page
    assert "av Exempel Exempelsson, version 2026-1" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "training", "day": ""}, "Skriv ett datum"),
        ({"kind": "training", "day": "2999-01-01"}, "Dagen har inte varit än"),
        ({"kind": "extract", "day": "2001-01-01"}, "redan ha gått ut"),
        ({"kind": "mission_at_home", "day": "2026-01-01", "number": "0"}, "hur många insatser"),
        ({"kind": "mission_at_home", "day": "2026-01-01", "number": "många"}, "hur många insatser"),
    ],
)
async def test_what_cannot_be_noted_is_said_beside_its_field(web, form, words):
    mentor, _ = await signed_in(web, "mira", has_items=False)
    _, browser = await signed_in(web, "sam", Role.COORDINATOR)

    answer = await posted(browser, of(mentor, "notera"), **form)

    assert answer.status_code == 422
    assert words in await text_of(answer)
    assert await items(web, mentor) == []


async def test_a_coordinator_notes_nothing_of_her_own_and_signs_for_nobody(web):
    coordinator, browser = await signed_in(web, "sam", Role.COORDINATOR)
    mentor, _ = await signed_in(web, "mira", has_items=False)

    page = await text_of(await browser.get(of(coordinator)))
    answers = [
        await posted(browser, of(coordinator, "notera"), kind="training", day=day(web, 0)),
        await posted(browser, of(coordinator, "ta-bort"), kind="confidentiality", version="2026-1"),
        await posted(browser, of(mentor, "notera"), kind="guidelines", day=day(web, 0)),
        await posted(browser, of(coordinator, "karantan"), first_day=day(web, 0), last_day=day(web, 1)),
        await posted(browser, of(coordinator, "karantan/bort"), period="1"),
    ]

    assert "bara en annan samordnare" in page
    assert "Notera" not in page.replace("annan samordnare notera", "")
    assert [answer.status_code for answer in answers] == [403] * 5
    assert await items(web, mentor) == []


async def test_an_unknown_kind_and_an_unknown_person_are_refused(web):
    mentor, _ = await signed_in(web, "mira")
    _, browser = await signed_in(web, "sam", Role.COORDINATOR)

    assert (await posted(browser, of(mentor, "notera"), kind="x", day=day(web, 0))).status_code == 400
    assert (await browser.get(of(999))).status_code == 404
    assert (await posted(browser, of(999, "ta-bort"), kind="extract")).status_code == 404


async def test_a_withdrawn_item_is_missing_again(web):
    mentor, _ = await signed_in(web, "mira")
    _, browser = await signed_in(web, "sam", Role.COORDINATOR)

    answer = await posted(browser, of(mentor, "ta-bort"), kind="extract")

    assert answer.status_code == 303
    assert await missing(web, mentor) == ("certificate_missing", "extract_missing")


async def test_a_coordinator_who_was_away_proves_herself_before_she_notes(web):
    mentor, _ = await signed_in(web, "mira", has_items=False)
    _, browser = await signed_in(web, "sam", Role.COORDINATOR)
    for _ in range(4):  # she is there, and proves nothing
        web.staff.clock.pass_time(8 * 60)
        await browser.get(of(mentor))

    answer = await posted(browser, of(mentor, "notera"), kind="training", day=day(web, 0))

    assert answer.headers["Location"].startswith("/konto/bekrafta")
    assert await items(web, mentor) == []


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, 1, "Skriv den första dagen"),
        (1, None, "Skriv den sista dagen"),
        (2, 1, "ligger före den första"),
        (-2, -1, "har redan varit"),
        (0, 730, "mer än två år"),
    ],
)
async def test_days_that_make_no_quarantine_are_said_beside_their_field(web, first, last, words):
    _, browser = await signed_in(web, "mira")
    form = {
        name: day(web, days) for name, days in (("first_day", first), ("last_day", last)) if days is not None
    }

    answer = await posted(browser, f"{OWN}karantan", **form)

    assert answer.status_code == 422
    assert words in await text_of(answer)


async def test_a_mentor_enters_days_and_takes_back_what_has_not_begun(web):
    mentor, browser = await signed_in(web, "mira")
    await posted(browser, f"{OWN}karantan", first_day=day(web, 0), last_day=day(web, 1))
    await posted(browser, f"{OWN}karantan", first_day=day(web, 8), last_day=day(web, 9))
    now, later = await web.staff.desk.records.quarantines.of_accounts([mentor])

    refused = await posted(browser, f"{OWN}karantan/bort", period=str(now.id))
    lifted = await posted(browser, f"{OWN}karantan/bort", period=str(later.id))

    assert "Be en samordnare" in await text_of(refused)
    assert lifted.status_code == 303
    assert await web.staff.desk.records.quarantines.of_accounts([mentor]) == [now]
    assert "Du har chattkarantän till och med den 23 november." in await text_of(
        await browser.get("/mentor/")
    )


async def test_a_coordinator_enters_and_takes_away_a_mentors_days_and_nobody_else_sees_them(web):
    mentor, _ = await signed_in(web, "mira")
    _, other = await signed_in(web, "maja")
    _, browser = await signed_in(web, "sam", Role.COORDINATOR)

    wrong = await posted(browser, of(mentor, "karantan"), first_day=day(web, 0), last_day="")
    await posted(browser, of(mentor, "karantan"), first_day=day(web, 0), last_day=day(web, 1))
    (period,) = await web.staff.desk.records.quarantines.of_accounts([mentor])

    assert wrong.status_code == 422
    assert "Gäller nu" in await text_of(await browser.get(of(mentor)))
    assert "Gäller nu" not in await text_of(await other.get(OWN))
    assert (await other.get(of(mentor))).status_code == 403
    await posted(other, f"{OWN}karantan/bort", period=str(period.id))
    assert await missing(web, mentor) == ("certificate_missing", "quarantine")

    await posted(browser, of(mentor, "karantan/bort"), period=str(period.id))
    assert await missing(web, mentor) == ("certificate_missing",)


async def test_the_list_of_people_says_who_is_ready(web):
    _, hers = await signed_in(web, "mira")
    await signed_in(web, "maja")
    await signed_in(web, "moa", has_items=False)
    await signed_in(web, "elin", Role.EDITOR, has_items=False)
    _, browser = await signed_in(web, "sam", Role.COORDINATOR)
    await posted(hers, f"{OWN}karantan", first_day=day(web, 0), last_day=day(web, 1))

    page = await text_of(await browser.get("/samordnare/personer/"))

    assert "mira mentor Aktiv Klar för tjänst Vilar" in page
    assert "maja mentor Aktiv Klar för tjänst Mentor 3" in page
    assert "moa mentor Aktiv Saknar 6" in page
    assert "elin redaktör Aktiv Saknar 1" in page
    assert "sam samordnare Aktiv Klart" in page


async def test_what_ends_within_thirty_days_is_said_to_her_and_to_the_coordinators(web):
    records = web.staff.desk.records.certification_items
    mentor, hers = await signed_in(web, "mira")
    _, theirs = await signed_in(web, "sam", Role.COORDINATOR)
    in_ten_days = today_in(web.staff.clock, TERMS.zone) + timedelta(days=10)
    for item in await items(web, mentor):
        if item.kind in {Kind.EXTRACT, Kind.GUIDELINES}:
            await records.keep(replace(item, valid_until=in_ten_days))

    dashboard = await text_of(await hers.get("/mentor/"))

    assert "Utdrag ur belastningsregistret går ut 2 december." in dashboard
    assert "Riktlinjer går ut 2 december." in dashboard
    assert "Gäller till och med 2 december 2026." in await text_of(await hers.get(OWN))
    assert "Går ut snart" in await text_of(await theirs.get(of(mentor)))
    assert "mira mentor Aktiv Går ut snart" in await text_of(await theirs.get("/samordnare/personer/"))
    assert "Certifiering som går ut inom 30 dagar 2" in await text_of(await theirs.get("/samordnare/"))
