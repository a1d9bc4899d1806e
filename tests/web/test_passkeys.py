"""Passkeys through the app's own doors: every wrong answer is refused in the same way, and the right one opens."""

import json
from typing import Any

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.sealing import to_base64url
from chatservice.web.freshness import FRESH_FOR
from chatservice.web.parts import EXTENSION
from tests.passkey_device import PRESENT, PasskeyDevice
from tests.web.conftest import ORIGIN

OURS = {"Origin": ORIGIN}
SIGN_IN = "/mentor/logga-in/passkey"


async def options_of(browser, path):
    answer = await browser.post(path, headers=OURS)
    assert answer.status_code == 200
    return await answer.get_json()


async def add_passkey(browser, device, name="Min telefon"):
    made = device.make(await options_of(browser, "/konto/passkey/start"))
    return await browser.post("/konto/passkey", form={"passkey": made, "name": name}, headers=OURS)


async def with_passkey(web, username="exempel", role=Role.MENTOR, **device: Any):
    """Return somebody, her device, and her browser, signed in with a code."""
    person, browser, its = await web.staff.add(username, role), web.browser(), PasskeyDevice(**device)
    await web.sign_in(browser, person)
    assert (await add_passkey(browser, its)).headers["Location"] == "/konto/?klart=passkey_added"
    return person, its, browser


async def sign_in(browser, device, options=None):
    options = options or await options_of(browser, f"{SIGN_IN}/start")
    return await browser.post(SIGN_IN, data=device.use(options), headers=OURS)


async def test_a_passkey_signs_in_without_a_name(web):
    _, device, _ = await with_passkey(web)
    browser = web.browser()

    answer = await sign_in(browser, device)

    assert (answer.status_code, await answer.get_json()) == (200, {"there": "/mentor/"})
    assert (await browser.get("/mentor/")).status_code == 200


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://example.org"},
        {"origin": "http://localhost:8001"},
        {"host": "example.org"},
        {"flags": PRESENT},
        {"flags": 0},
        {"user": to_base64url(b"99")},
        {"user": ""},
        {"id": b"another passkey's"},
    ],
)
async def test_a_device_that_answers_wrongly_is_refused(web, lie):
    _, device, _ = await with_passkey(web)
    for name, value in lie.items():
        setattr(device, name, value)
    browser = web.browser()

    answer = await sign_in(browser, device)

    assert (answer.status_code, await answer.get_json()) == (422, {"error": "sign_in_refused"})
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("id_", ["", "\ud800", "\0", "å", "a" * 1401, 1, None, ["a"], {}])
async def test_a_name_that_no_passkey_has_is_refused_before_anybody_is_asked_for_it(web, id_):
    _, device, _ = await with_passkey(web)
    browser = web.browser()
    used = json.loads(device.use(await options_of(browser, f"{SIGN_IN}/start")))

    answer = await browser.post(SIGN_IN, data=json.dumps(used | {"id": id_}), headers=OURS)

    assert (answer.status_code, await answer.get_json()) == (422, {"error": "sign_in_refused"})


async def test_another_key_under_the_same_name_is_refused(web):
    _, device, _ = await with_passkey(web)
    forged = PasskeyDevice(id=device.id, user=device.user, count=7)

    assert (await sign_in(web.browser(), forged)).status_code == 422


async def test_an_answer_is_good_once(web):
    _, device, _ = await with_passkey(web, counts=False)
    browser = web.browser()
    answer = device.use(await options_of(browser, f"{SIGN_IN}/start"))

    first = await browser.post(SIGN_IN, data=answer, headers=OURS)
    second = await web.browser().post(SIGN_IN, data=answer, headers=OURS)

    assert (first.status_code, second.status_code) == (200, 422)


async def test_a_challenge_that_nobody_issued_is_refused(web):
    _, device, _ = await with_passkey(web)

    assert (await sign_in(web.browser(), device, {"challenge": to_base64url(b"x" * 32)})).status_code == 422


async def test_a_challenge_of_another_purpose_is_refused(web):
    _, device, own = await with_passkey(web)
    confirming = await options_of(own, "/konto/bekrafta/passkey/start")
    signing_in = await options_of(own, f"{SIGN_IN}/start")

    assert (await sign_in(web.browser(), device, confirming)).status_code == 422
    answer = await own.post("/konto/bekrafta/passkey", data=device.use(signing_in), headers=OURS)
    assert answer.status_code == 422


async def test_a_challenge_is_forgotten_after_five_minutes(web):
    _, device, _ = await with_passkey(web)
    browser = web.browser()
    late, in_time = [await options_of(browser, f"{SIGN_IN}/start") for _ in range(2)]

    web.staff.clock.pass_time(299)
    assert (await sign_in(browser, device, in_time)).status_code == 200
    web.staff.clock.pass_time(1)
    assert (await sign_in(browser, device, late)).status_code == 422


async def test_a_copied_key_is_told_by_its_count(web):
    _, device, _ = await with_passkey(web)
    for _ in range(2):
        assert (await sign_in(web.browser(), device)).status_code == 200
    device.count -= 1

    assert (await sign_in(web.browser(), device)).status_code == 422


async def test_of_two_answers_with_the_same_count_the_later_is_refused(web, monkeypatch):
    _, device, _ = await with_passkey(web)

    async def somebody_was_first(passkey_id: str, *, former: int, present: int) -> bool:
        return False

    monkeypatch.setattr(web.staff.desk.records.passkeys, "count_use", somebody_was_first)

    assert (await sign_in(web.browser(), device)).status_code == 422


async def test_a_device_that_never_counts_is_taken(web):
    _, device, _ = await with_passkey(web, counts=False)

    for _ in range(2):
        assert (await sign_in(web.browser(), device)).status_code == 200


async def test_a_closed_account_is_refused(web):
    person, device, _ = await with_passkey(web)
    desk = web.staff.desk
    await desk.records.accounts.set_active(person.account.id, active=False, at=desk.clock.now())

    assert (await sign_in(web.browser(), device)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b'{"id":1,"response":{"clientDataJSON":"e30"}}', b"\xff", b"[" * 5000],
)
async def test_what_is_no_answer_is_refused_in_the_same_way(web, body):
    answer = await web.browser().post(SIGN_IN, data=body, headers=OURS)

    assert (answer.status_code, await answer.get_json()) == (422, {"error": "sign_in_refused"})


async def test_an_answer_without_the_rest_is_refused(web):
    _, device, _ = await with_passkey(web)
    for missing in ("authenticatorData", "signature"):
        browser = web.browser()
        answer = json.loads(device.use(await options_of(browser, f"{SIGN_IN}/start")))
        del answer["response"][missing]

        refused = await browser.post(SIGN_IN, data=json.dumps(answer), headers=OURS)

        assert refused.status_code == 422


async def test_too_many_at_once_are_turned_away(web, monkeypatch):
    _, device, own = await with_passkey(web)
    monkeypatch.setattr("chatservice.web.sign_in_delay.MOST_AT_ONCE", 0)

    statuses = [
        (await web.browser().post(f"{SIGN_IN}/start", headers=OURS)).status_code,
        (await web.browser().post(SIGN_IN, data=device.use({"challenge": "x"}), headers=OURS)).status_code,
        (await own.post("/konto/bekrafta/passkey", data=b"", headers=OURS)).status_code,
    ]

    assert statuses == [503, 503, 503]


async def test_a_refused_signature_is_noted_once(web):
    person, device, _ = await with_passkey(web)
    device.flags = 0
    for _ in range(2):
        await sign_in(web.browser(), device)

    parts = web.app.extensions[EXTENSION]
    await parts.staff.failures.write(parts.records.audit_log)

    failed = [
        entry for entry in await parts.records.audit_log.newest(limit=20) if entry.act is Act.SIGN_IN_FAILED
    ]
    assert [(entry.account_id, entry.about) for entry in failed] == [(None, person.account.id)]


async def stale(web, browser):
    for _ in range(2):
        web.staff.clock.pass_time((FRESH_FOR / 2).total_seconds())
        await browser.get("/konto/bekrafta")


async def test_a_passkey_proves_again_who_one_is(web):
    _, device, own = await with_passkey(web)
    await stale(web, own)
    assert (await own.post("/konto/reservkoder", headers=OURS)).status_code == 303

    options = await options_of(own, "/konto/bekrafta/passkey/start")
    answer = await own.post("/konto/bekrafta/passkey?vidare=/konto/", data=device.use(options), headers=OURS)

    assert await answer.get_json() == {"there": "/konto/"}
    assert (await own.post("/konto/reservkoder", headers=OURS)).status_code == 200


async def test_a_colleagues_passkey_proves_nothing_about_oneself(web):
    _, _, own = await with_passkey(web)
    _, colleagues, _ = await with_passkey(web, "kollega")
    await stale(web, own)

    options = await options_of(own, "/konto/bekrafta/passkey/start")
    answer = await own.post("/konto/bekrafta/passkey", data=colleagues.use(options), headers=OURS)

    assert answer.status_code == 422
    assert (await own.post("/konto/reservkoder", headers=OURS)).status_code == 303


async def test_a_passkey_somebody_has_already_is_not_added_to_another_account(web):
    _, device, own = await with_passkey(web)
    colleague, browser = await web.staff.add("kollega"), web.browser()
    await web.sign_in(browser, colleague)

    for thief in (browser, own):
        answer = await add_passkey(thief, device)
        assert answer.status_code == 422
        assert "Det gick inte att lägga till en passkey." in await answer.get_data(as_text=True)


async def test_what_a_device_did_not_verify_is_not_added(web):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add())

    lies: list[dict[str, Any]] = [
        {"flags": PRESENT},
        {"origin": "https://example.org"},
        {"id": b"x" * 1400},
    ]
    for lie in lies:
        assert (await add_passkey(browser, PasskeyDevice(**lie))).status_code == 422


async def test_options_to_add_leave_out_what_one_has(web):
    _, device, own = await with_passkey(web)

    options = await options_of(own, "/konto/passkey/start")

    assert [known["id"] for known in options["excludeCredentials"]] == [to_base64url(device.id)]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "localhost"


async def test_a_name_is_shown_as_text_and_cut(web):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add())
    await add_passkey(browser, PasskeyDevice(), "<b>\x00\n" + "x" * 99)
    await add_passkey(browser, PasskeyDevice(), " ")

    names = [key.name for key in await web.staff.desk.records.passkeys.of_account(1)]

    assert sorted(names) == sorted(["<b> " + "x" * 36, "Passkey"])
    assert "<b>" not in await (await browser.get("/konto/")).get_data(as_text=True)


async def test_the_last_factor_stays(web):
    person, device, own = await with_passkey(web)
    await web.staff.desk.records.accounts.set_code_secret(person.account.id, "", used_step=0)
    name = to_base64url(device.id)

    kept = await own.post("/konto/passkey/bort", form={"id": name}, headers=OURS)
    await add_passkey(own, PasskeyDevice(), "En till")
    gone = await own.post("/konto/passkey/bort", form={"id": name}, headers=OURS)

    assert kept.status_code == 422
    assert "Det är ditt enda andra steg." in await kept.get_data(as_text=True)
    assert gone.headers["Location"] == "/konto/?klart=passkey_removed"
    assert (await sign_in(web.browser(), device)).status_code == 422


async def test_nobody_takes_a_colleagues_passkey_away(web):
    _, device, _ = await with_passkey(web)
    colleague, browser = await web.staff.add("kollega"), web.browser()
    await web.sign_in(browser, colleague)

    await browser.post("/konto/passkey/bort", form={"id": to_base64url(device.id)}, headers=OURS)

    assert (await sign_in(web.browser(), device)).status_code == 200


async def test_challenges_are_few_even_for_who_asks_often(web):
    desk = web.staff.desk
    for number in range(10_050):
        await desk.challenges.keep(str(number), "sign_in")

    assert await desk.challenges.find("49") is None
    assert await desk.challenges.find("50") == "sign_in"
