"""The language of the service's pages: what the address says, carried on by links and forms, kept nowhere."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from quart import Response

from chatservice.domain.certification import Role
from tests.web.conftest import ORIGIN, WebRoom

ENGLISH = "?language=en"
PAGES = (
    "/chatt/lage/",
    "/chatt/kontroll/",
    "/chatt/omdome/",
    "/chatt/omdome/tack/",
    "/kontakt/skriv/",
    "/kontakt/skriv/tack/",
    "/mentor/logga-in",
)


async def text_of(browser: Any, path: str) -> str:
    answer: Response = await browser.get(path)
    return await answer.get_data(as_text=True)


def links_in(page: str) -> set[str]:
    return set(re.findall(r'(?:href|action|data-sign-in)="([^"]*)"', page))


@pytest.mark.parametrize("asked", ["", "?language=", "?language=xx", "?language=sv", "?language=%22%3E"])
async def test_without_a_language_that_the_site_has_a_page_speaks_swedish(web: WebRoom, asked: str):
    page = await text_of(web.browser(), f"/mentor/logga-in{asked}")

    assert '<html lang="sv">' in page
    assert "Användarnamn" in page


async def test_what_the_browser_says_of_its_language_is_not_heard(web: WebRoom):
    answer = await web.browser().get("/mentor/logga-in", headers={"Accept-Language": "en"})

    assert '<html lang="sv">' in await answer.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_speaks_english_when_its_address_says_so_and_sets_no_cookie(web: WebRoom, path: str):
    answer = await web.browser().get(path + ENGLISH)
    page = await answer.get_data(as_text=True)

    assert '<html lang="en">' in page
    assert "Leave now" in page
    assert "Lämna snabbt" not in page
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
async def test_each_version_of_a_page_links_to_the_other(web: WebRoom, path: str):
    swedish, english = await text_of(web.browser(), path), await text_of(web.browser(), path + ENGLISH)

    assert f'href="{path}{ENGLISH}"' in swedish
    assert f'href="{path}"' in english


async def test_an_english_page_leads_to_english_pages_only(web: WebRoom):
    for path in PAGES:
        links = links_in(await text_of(web.browser(), path + ENGLISH)) - {path, "/lugn/"}
        inner = {link for link in links if link.startswith("/") and not link.startswith("/theme/")}

        assert {link for link in inner if not (link.startswith("/en/") or link.endswith(ENGLISH))} == set()


async def test_signing_in_and_out_stays_in_the_language(web: WebRoom):
    person = await web.staff.add()
    browser = web.browser()
    fields = {
        "username": person.account.username,
        "password": person.password,
        "code": web.staff.code(person),
    }

    turned_away = await browser.get(f"/mentor/{ENGLISH}")
    refused = await browser.post(
        f"/mentor/logga-in{ENGLISH}", form=fields | {"password": "wrong"}, headers={"Origin": ORIGIN}
    )
    welcomed = await browser.post(f"/mentor/logga-in{ENGLISH}", form=fields, headers={"Origin": ORIGIN})
    again = await browser.get(f"/mentor/logga-in{ENGLISH}")
    dashboard = await text_of(browser, f"/mentor/{ENGLISH}")
    left = await browser.post(f"/mentor/logga-ut{ENGLISH}", headers={"Origin": ORIGIN})

    assert turned_away.headers["Location"] == f"/mentor/logga-in{ENGLISH}"
    assert refused.status_code == 401
    assert "Signing in did not work." in await refused.get_data(as_text=True)
    assert welcomed.headers["Location"] == again.headers["Location"] == f"/mentor/{ENGLISH}"
    assert '<html lang="en">' in dashboard
    assert {f"/mentor/logga-in{ENGLISH}", f"/mentor/logga-ut{ENGLISH}"} <= links_in(dashboard)
    assert left.headers["Location"] == f"/mentor/logga-in{ENGLISH}"


async def test_the_coordinators_page_speaks_english_too(web: WebRoom):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add("samordnare", Role.COORDINATOR))

    page = await text_of(browser, f"/samordnare/{ENGLISH}")

    assert '<html lang="en">' in page
    assert "Overview" in page
    assert {f"/mentor/logga-in{ENGLISH}", f"/mentor/logga-ut{ENGLISH}", "/samordnare/"} <= links_in(page)


async def test_feedback_is_thanked_for_in_its_language(web: WebRoom):
    answer = await web.browser().post(
        f"/chatt/omdome/{ENGLISH}", form={"face": "better"}, headers={"Origin": ORIGIN}
    )

    assert answer.headers["Location"] == f"/chatt/omdome/tack/{ENGLISH}"


async def test_a_letter_is_sent_and_thanked_for_in_its_language(web: WebRoom):
    browser = web.browser()
    page = await text_of(browser, f"/kontakt/skriv/{ENGLISH}")
    [mark] = re.findall(r'name="mark" value="([^"]*)"', page)
    letter = {"topic": "question", "text": "Hello", "email": "", "mark": mark}
    address = f"/kontakt/skriv/skicka/{ENGLISH}"

    back = await browser.get(address)
    refused = await browser.post(address, form=letter | {"text": ""}, headers={"Origin": ORIGIN})

    assert back.headers["Location"] == f"/kontakt/skriv/{ENGLISH}"
    assert "Write your message." in await refused.get_data(as_text=True)
    assert f'data-thanks="/kontakt/skriv/tack/{ENGLISH}"' in page


@pytest.mark.parametrize("path", ["/en/nothing-here", f"/nothing-here{ENGLISH}"])
async def test_an_english_address_that_leads_nowhere_is_answered_in_english(web: WebRoom, path: str):
    answer = await web.browser().get(path)
    page = await answer.get_data(as_text=True)

    assert answer.status_code == 404
    assert '<html lang="en">' in page
    assert "There is no page here" in page


async def test_an_address_of_the_readers_own_making_is_not_said_again(
    open_web: Callable[..., AbstractAsyncContextManager[WebRoom]], tmp_path: Path
):
    async with open_web(site_dir=tmp_path) as web:
        page = await text_of(web.browser(), "/own-words/")

    assert "own-words" not in page
    assert 'href="/en/"' in page
