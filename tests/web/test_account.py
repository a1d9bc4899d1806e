"""Signing in and out, certificates and roles, through the app's own doors."""

import re
import time
from dataclasses import replace

import pytest

from chatservice.domain import sealing
from chatservice.domain.certification import Role
from chatservice.live.brief import MemoryBriefCounts
from chatservice.usecases import accounts
from chatservice.web.parts import EXTENSION
from chatservice.web.session_watch import SessionWatch
from chatservice.web.sign_in_delay import (
    KEY_LIFE_S,
    LONGEST_DELAY_S,
    MOST_AT_ONCE,
    REMEMBERED_S,
    SignInDelays,
)
from tests.live_builders import HandClock
from tests.staff_builders import browser_key
from tests.web.conftest import ORIGIN

OURS = {"Origin": ORIGIN}


def key_of(public_key):
    return {"key": sealing.to_base64url(public_key)}


async def test_wrong_anything_and_nobody_give_the_same_page(web):
    person = await web.staff.add()
    browser = web.browser()
    pages: set[str] = set()
    statuses: set[int] = set()

    for wrong in (
        {"username": "ingen"},
        {"password": "fel lösenord"},
        {"code": "000000"},
        {"code": "x" * 99},
    ):
        answer = await web.sign_in(browser, person, **wrong)
        statuses.add(answer.status_code)
        pages.add(re.sub(r'value="[^"]*"', "", await answer.get_data(as_text=True)))
        assert "Set-Cookie" not in answer.headers

    assert statuses == {401}
    assert len(pages) == 1
    assert "Något av det du skrev stämmer inte." in pages.pop()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": ORIGIN + "/"},
        {"Origin": "https://localhost:8000"},
    ],
)
async def test_a_sign_in_from_another_site_is_refused(web, headers):
    person = await web.staff.add()

    answer = await web.browser().post(
        "/mentor/logga-in",
        form={"username": "exempel", "password": person.password, "code": web.staff.code(person)},
        headers=headers,
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        OURS,
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        # A form on a page that tells nobody where one comes from.
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_sign_in_from_our_own_page_is_let_through(web, headers):
    person = await web.staff.add()

    answer = await web.browser().post(
        "/mentor/logga-in",
        form={"username": "exempel", "password": person.password, "code": web.staff.code(person)},
        headers=headers,
    )

    assert answer.status_code == 303


async def test_the_sign_in_page_names_its_fields(web):
    page = await (await web.browser().get("/mentor/logga-in")).get_data(as_text=True)

    labels = dict(re.findall(r'<label class="field__label" for="([a-z]+)">([^<]+)</label>', page))
    assert labels == {"username": "Användarnamn", "password": "Lösenord", "code": "Engångskod"}
    assert ">Logga in</button>" in page


async def test_a_username_is_shown_again_as_text(web):
    person = await web.staff.add()

    answer = await web.sign_in(web.browser(), person, username='"><script>')

    assert "<script>" not in (await answer.get_data(as_text=True)).replace('<script type="module"', "")


@pytest.mark.parametrize(("role", "home"), [(Role.MENTOR, "/mentor/"), (Role.COORDINATOR, "/samordnare/")])
async def test_each_role_comes_home(web, role, home):
    person, browser = await web.staff.add(role=role), web.browser()

    answer = await web.sign_in(browser, person)

    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    assert (await browser.get(home)).status_code == 200
    assert (await browser.get("/mentor/logga-in")).headers["Location"] == home


async def test_the_cookie_is_for_this_site_and_no_script(web):
    answer = await web.sign_in(web.browser(), await web.staff.add())

    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("staff=")
    assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=Strict"}


async def test_over_https_the_cookie_is_bound_to_the_host(open_web):
    async with open_web(public_origin="https://chatt.example.org") as web:
        answer = await web.sign_in(web.browser(), await web.staff.add())

    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-staff=")
    assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}


@pytest.mark.parametrize("path", ["/mentor/", "/samordnare/"])
async def test_who_is_not_signed_in_is_led_to_the_sign_in_page(web, path):
    answer = await web.browser().get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/mentor/logga-in")


@pytest.mark.parametrize(("role", "path"), [(Role.MENTOR, "/samordnare/"), (Role.COORDINATOR, "/mentor/")])
async def test_another_roles_page_is_refused(web, role, path):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add(role=role))

    assert (await browser.get(path)).status_code == 403


async def test_a_copied_cookie_is_worth_nothing_after_signing_out(web):
    browser = web.browser()
    copied = (await web.sign_in(browser, await web.staff.add())).headers["Set-Cookie"].split(";")[0]

    answer = await browser.post("/mentor/logga-ut", headers=OURS)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/mentor/logga-in")
    thief = web.app.test_client(use_cookies=False)
    assert (await thief.get("/mentor/", headers={"Cookie": copied})).status_code == 303


async def test_a_forged_cookie_is_nobody(web):
    thief = web.app.test_client(use_cookies=False)

    for forged in ("staff=x", "staff=IjEi.abc.def", "staff="):
        assert (await thief.get("/mentor/", headers={"Cookie": forged})).status_code == 303


async def test_signing_in_again_replaces_the_session(web):
    person, browser = await web.staff.add(), web.browser()
    former = (await web.sign_in(browser, person)).headers["Set-Cookie"].split(";")[0]
    web.staff.clock.pass_time(60)

    await web.sign_in(browser, person)

    thief = web.app.test_client(use_cookies=False)
    assert (await thief.get("/mentor/", headers={"Cookie": former})).status_code == 303
    assert (await browser.get("/mentor/")).status_code == 200


async def test_a_revoked_session_ends_at_the_next_request(web):
    person, browser = await web.staff.add(), web.browser()
    await web.sign_in(browser, person)

    await accounts.revoke_all(web.staff.desk, person.account.id)

    assert (await browser.get("/mentor/")).status_code == 303


async def test_a_certificate_needs_a_signed_in_mentor(web):
    coordinator = web.browser()
    await web.sign_in(coordinator, await web.staff.add(role=Role.COORDINATOR))

    stranger = await web.browser().post("/mentor/certifikat", json=key_of(browser_key()), headers=OURS)
    refused = await coordinator.post("/mentor/certifikat", json=key_of(browser_key()), headers=OURS)

    assert stranger.status_code == 401
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"key": 1}',
        b'{"key": "AA"}',
        b'{"key": "' + b"A" * 87 + b'"}',
        b"\xff",
        b"x" * 9000,
    ],
)
async def test_a_certificate_for_no_key_is_refused(web, body):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add())

    answer = await browser.post(
        "/mentor/certifikat", data=body, headers=OURS | {"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 413}


async def test_the_example_key_certifies_at_once(web):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add())

    answer = await browser.post("/mentor/certifikat", json=key_of(browser_key()), headers=OURS)

    assert answer.status_code == 200
    assert (await answer.get_json()).keys() == {"certificate"}
    assert (await answer.get_json())["certificate"].keys() == {"body", "signature"}


async def test_elsewhere_a_key_waits_for_a_coordinator(web):
    parts = web.app.extensions[EXTENSION]
    web.app.extensions[EXTENSION] = replace(parts, staff=replace(parts.staff, signer=None))
    mentor, coordinator = web.browser(), web.browser()
    await web.sign_in(mentor, await web.staff.add())
    await web.sign_in(coordinator, await web.staff.add("samordnare", Role.COORDINATOR))

    key = browser_key()
    answer = await mentor.post("/mentor/certifikat", json=key_of(key), headers=OURS)

    assert answer.status_code == 202
    assert await answer.get_json() == {"key_id": sealing.mentor_key_id(key)}
    page = await (await coordinator.get("/samordnare/nycklar/")).get_data(as_text=True)
    assert sealing.to_base64url(key) in page


async def test_who_fails_often_waits_before_the_next_try_is_looked_at(web):
    person, browser = await web.staff.add(), web.browser()
    took_s: list[float] = []

    for _ in range(4):
        began = time.monotonic()
        await web.sign_in(browser, person, password="fel lösenord")
        took_s.append(time.monotonic() - began)

    assert took_s[3] >= 0.5
    assert (await web.sign_in(browser, person)).status_code == 303


async def test_an_open_socket_learns_that_its_session_was_revoked(web):
    person = await web.staff.add()
    session_id = (await web.staff.sign_in(person)).identity.session_id
    watch = SessionWatch(web.staff.desk)

    with watch.watching(session_id) as ending, watch.watching(session_id) as second_socket:
        await watch.look()
        assert not ending.is_set()
        await accounts.revoke_all(web.staff.desk, person.account.id)
        await watch.look()
        assert ending.is_set()
        assert second_socket.is_set()
    await watch.look()


async def test_too_many_sign_ins_at_once_are_turned_away(web, monkeypatch):
    person = await web.staff.add()
    monkeypatch.setattr("chatservice.web.sign_in_delay.MOST_AT_ONCE", 0)

    answer = await web.sign_in(web.browser(), person)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def delays_of(clock: HandClock) -> SignInDelays:
    return SignInDelays(MemoryBriefCounts(clock, kept_s=REMEMBERED_S, key_s=KEY_LIFE_S, most=10))


async def test_failures_make_the_next_try_wait_longer_and_are_forgotten():
    clock = HandClock()
    delays = delays_of(clock)
    name, other = delays.name("a", "address"), delays.name("a", "another")
    waited: list[float] = []

    for _ in range(10):
        waited.append(await delays.delay_s(name))
        await delays.note_failure(name)

    assert waited == [0, 0, 0, 0.5, 1, 2, 4, LONGEST_DELAY_S, LONGEST_DELAY_S, LONGEST_DELAY_S]
    assert await delays.delay_s(other) == 0
    clock.pass_time(901)
    assert await delays.delay_s(name) == 0


async def test_who_signs_in_has_failed_never():
    delays = delays_of(HandClock())
    name = delays.name("a", "address")
    for _ in range(5):
        await delays.note_failure(name)

    await delays.forget(name)

    assert await delays.delay_s(name) == 0


def test_so_many_may_sign_in_at_once():
    delays = delays_of(HandClock())

    for _ in range(MOST_AT_ONCE):
        assert not delays.is_full
        delays.__enter__()

    assert delays.is_full
