"""What is sensitive asks again who one is, when half an hour has passed since that was shown."""

import time

import pytest
from quart import Blueprint

from chatservice.domain.certification import Role
from chatservice.web.access import staff_required
from chatservice.web.freshness import FRESH_FOR, fresh_required
from tests.web.conftest import ORIGIN

OURS = {"Origin": ORIGIN}
STALE_S = FRESH_FOR.total_seconds()
ASKED_AGAIN = "/konto/bekrafta?vidare=/samordnare/personer/"


@pytest.fixture
def sensitive(web):
    """Give the app a sensitive form, and return its address."""
    blueprint = Blueprint("sensitive", __name__)

    @blueprint.post("/samordnare/kansligt")
    @staff_required(Role.COORDINATOR, Role.MENTOR)
    @fresh_required(back="/samordnare/personer/")
    async def change() -> str:
        return "changed"

    web.app._got_first_request = False
    web.app.register_blueprint(blueprint)
    return "/samordnare/kansligt"


async def stale_browser(web, role=Role.COORDINATOR):
    """Return a browser that is signed in, in use, and has not shown who it is for half an hour."""
    person, browser = await web.staff.add(role=role), web.browser()
    await web.sign_in(browser, person)
    for _ in range(2):
        web.staff.clock.pass_time(STALE_S / 2)
        assert (await browser.get("/konto/bekrafta")).status_code == 200
    return person, browser


async def confirm(web, browser, person, path=ASKED_AGAIN, **given):
    fields = {"password": person.password, "code": web.staff.code(person)}
    return await browser.post(path, form=fields | given, headers=OURS)


async def test_after_half_an_hour_one_is_asked_again(web, sensitive):
    _, browser = await stale_browser(web)

    answer = await browser.post(sensitive, headers=OURS)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/konto/bekrafta?vidare=%2Fsamordnare%2Fpersoner%2F"


async def test_until_then_one_is_not(web, sensitive):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add())
    web.staff.clock.pass_time(STALE_S / 2)
    await browser.get("/konto/bekrafta")
    web.staff.clock.pass_time(STALE_S / 2 - 1)

    assert await (await browser.post(sensitive, headers=OURS)).get_data(as_text=True) == "changed"


async def test_who_is_not_signed_in_is_not_asked_but_refused(web, sensitive):
    assert (await web.browser().post(sensitive, headers=OURS)).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"password": "fel lösenord"}, {"code": "000000"}, {"code": ""}, {"x": "y"}]
)
async def test_a_wrong_answer_changes_nothing(web, sensitive, wrong):
    person, browser = await stale_browser(web)

    answer = await confirm(web, browser, person, **wrong)

    assert answer.status_code == 422
    assert "Något av det du skrev stämmer inte." in await answer.get_data(as_text=True)
    assert (await browser.post(sensitive, headers=OURS)).status_code == 303


async def test_the_right_answer_leads_back_and_opens_it(web, sensitive):
    person, browser = await stale_browser(web)

    answer = await confirm(web, browser, person)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/samordnare/personer/")
    assert await (await browser.post(sensitive, headers=OURS)).get_data(as_text=True) == "changed"


async def test_it_is_this_browser_that_is_confirmed_and_no_other(web, sensitive):
    person, browser = await stale_browser(web)
    other = web.browser()
    await web.sign_in(other, person)
    web.staff.clock.pass_time(30)

    await confirm(web, browser, person)
    for _ in range(2):
        web.staff.clock.pass_time(STALE_S / 2 - 15)
        await other.get("/konto/bekrafta")
        await browser.get("/konto/bekrafta")

    assert (await browser.post(sensitive, headers=OURS)).status_code == 200
    assert (await other.post(sensitive, headers=OURS)).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org/",
        "/samordnare/../../x",
        "/mentor//example.org/",
        "/mentor/\nSet-Cookie:x",
        "javascript:alert(1)",
        "mentor/",
        "/samordnareX/",
        "/kontakt/",
        "",
    ],
)
async def test_nobody_is_led_out_of_the_staffs_own_rooms(web, elsewhere):
    person, browser = await stale_browser(web)

    answer = await browser.post(
        "/konto/bekrafta",
        query_string={"vidare": elsewhere},
        form={"password": person.password, "code": web.staff.code(person)},
        headers=OURS,
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/samordnare/")


async def test_the_way_back_keeps_the_language(web):
    person, browser = await stale_browser(web)

    page = await browser.get("/konto/bekrafta?language=en&vidare=/konto/")
    answer = await confirm(web, browser, person, "/konto/bekrafta?language=en&vidare=/konto/")

    assert 'action="/konto/bekrafta?language=en&amp;vidare=%2Fkonto%2F"' in await page.get_data(as_text=True)
    assert answer.headers["Location"] == "/konto/?language=en"


async def test_who_fails_often_waits_before_the_next_try_is_looked_at(web):
    person, browser = await stale_browser(web)
    took_s: list[float] = []

    for _ in range(4):
        began = time.monotonic()
        assert (await confirm(web, browser, person, password="fel lösenord")).status_code == 422
        took_s.append(time.monotonic() - began)

    assert took_s[3] >= 0.5


async def test_too_many_at_once_are_turned_away(web, monkeypatch):
    person, browser = await stale_browser(web)
    monkeypatch.setattr("chatservice.web.sign_in_delay.MOST_AT_ONCE", 0)

    answer = await confirm(web, browser, person)

    assert answer.status_code == 503
    assert "Många loggar in just nu." in await answer.get_data(as_text=True)
