"""One's own account, in every role: password, code app, recovery codes and sessions."""

import re

import pytest
from pyotp.totp import TOTP

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.web.freshness import FRESH_FOR
from chatservice.web.parts import EXTENSION
from chatservice.web.session_watch import SessionWatch
from tests.web.conftest import ORIGIN

OURS = {"Origin": ORIGIN}
CHANGES = (
    "/konto/losenord",
    "/konto/kodapp",
    "/konto/kodapp/klar",
    "/konto/passkey/start",
    "/konto/passkey",
    "/konto/passkey/bort",
    "/konto/reservkoder",
)
PASSWORD = "ett nytt långt lösenord"


async def signed_in(web, role=Role.MENTOR):
    person, browser = await web.staff.add(role=role), web.browser()
    await web.sign_in(browser, person)
    return person, browser


async def again(web, person):
    """Sign in once more, in another browser."""
    web.staff.clock.pass_time(30)
    browser = web.browser()
    assert (await web.sign_in(browser, person)).status_code == 303
    return browser


async def page_of(browser, path="/konto/"):
    return await (await browser.get(path)).get_data(as_text=True)


async def codes_made(browser):
    answer = await browser.post("/konto/reservkoder", headers=OURS)
    return re.findall(r"<code>([0-9a-z-]{19})</code>", await answer.get_data(as_text=True))


async def acts(web):
    log = web.app.extensions[EXTENSION].records.audit_log
    return [entry.act for entry in await log.newest(limit=20)]


@pytest.mark.parametrize("path", CHANGES)
async def test_every_change_asks_again_after_half_an_hour(web, path):
    _, browser = await signed_in(web)
    for _ in range(2):
        web.staff.clock.pass_time((FRESH_FOR / 2).total_seconds())
        await page_of(browser)

    answer = await browser.post(path, form={"id": "x", "code": "1"}, headers=OURS)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/konto/bekrafta?vidare=%2Fkonto%2F"


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_has_its_own_page(web, role):
    _, browser = await signed_in(web, role)

    page = await page_of(browser)

    assert "Ditt användarnamn är exempel" in page
    assert '<a class="office__room"' in page


@pytest.mark.parametrize(
    ("password", "password_again", "words"),
    [
        ("kort", "kort", "minst 10 tecken"),
        ("lösenord12", "lösenord12", "bland de första"),
        (PASSWORD, PASSWORD + "x", "inte likadana"),
    ],
)
async def test_a_password_that_cannot_be_used_changes_nothing(web, password, password_again, words):
    person, browser = await signed_in(web)

    answer = await browser.post(
        "/konto/losenord",
        form={"password": password, "password_again": password_again},
        headers=OURS,
    )

    assert answer.status_code == 422
    assert words in await answer.get_data(as_text=True)
    await again(web, person)


async def test_a_new_password_ends_every_other_session(web):
    person, browser = await signed_in(web)
    other = await again(web, person)

    answer = await browser.post(
        "/konto/losenord", form={"password": PASSWORD, "password_again": PASSWORD}, headers=OURS
    )

    assert answer.headers["Location"] == "/konto/?klart=password"
    assert (await other.get("/konto/")).status_code == 303
    assert "Lösenordet är bytt." in await page_of(browser, "/konto/?klart=password")
    web.staff.clock.pass_time(30)
    assert (await web.sign_in(web.browser(), person)).status_code == 401
    person.password = PASSWORD
    await again(web, person)
    assert Act.PASSWORD_CHANGED in await acts(web)


async def test_a_new_code_app_counts_when_it_has_shown_a_code(web):
    person, browser = await signed_in(web)
    shown = await (await browser.post("/konto/kodapp", headers=OURS)).get_data(as_text=True)
    secret = "".join(re.findall(r'code-app__secret">([A-Z2-7 ]+)<', shown)[0].split())

    wrong = await browser.post("/konto/kodapp/klar", form={"code": "000000"}, headers=OURS)
    await again(web, person)
    code = TOTP(secret).at(web.staff.clock.now())
    right = await browser.post("/konto/kodapp/klar", form={"code": code}, headers=OURS)

    assert wrong.status_code == 422
    assert "Koden stämmer inte." in await wrong.get_data(as_text=True)
    assert right.headers["Location"] == "/konto/?klart=code_app"
    web.staff.clock.pass_time(30)
    assert (await web.sign_in(web.browser(), person)).status_code == 401
    person.secret = secret
    await again(web, person)
    assert Act.CODE_APP_CHANGED in await acts(web)


async def test_a_code_app_that_was_not_begun_is_not_changed(web):
    person, browser = await signed_in(web)

    answer = await browser.post("/konto/kodapp/klar", form={"code": web.staff.code(person, 1)}, headers=OURS)

    assert answer.status_code == 422


async def test_a_recovery_code_signs_in_once_however_it_is_typed(web):
    person, browser = await signed_in(web)
    code = (await codes_made(browser))[0]

    typed = f" {code.upper().replace('-', ' ')} "
    first = await web.sign_in(web.browser(), person, code=typed)
    second = await web.sign_in(web.browser(), person, code=code)

    assert (first.status_code, first.headers["Location"]) == (303, "/konto/?klart=recovery_code_used")
    assert second.status_code == 401
    assert "du har 9 kvar" in await page_of(browser, "/konto/?klart=recovery_code_used")
    assert Act.RECOVERY_CODE_USED in await acts(web)


async def test_a_recovery_code_is_not_used_up_by_a_wrong_password(web):
    person, browser = await signed_in(web)
    code = (await codes_made(browser))[0]

    refused = await web.sign_in(web.browser(), person, code=code, password="fel lösenord")

    assert refused.status_code == 401
    assert (await web.sign_in(web.browser(), person, code=code)).status_code == 303


async def test_a_colleagues_recovery_code_is_worth_nothing(web):
    _, browser = await signed_in(web)
    code = (await codes_made(browser))[0]
    colleague = await web.staff.add("kollega")

    assert (await web.sign_in(web.browser(), colleague, code=code)).status_code == 401


async def test_new_recovery_codes_replace_the_old_ones(web):
    person, browser = await signed_in(web)
    old = await codes_made(browser)
    new = await codes_made(browser)

    assert len(set(old + new)) == 20
    assert (await web.sign_in(web.browser(), person, code=old[0])).status_code == 401
    assert (await web.sign_in(web.browser(), person, code=new[0])).status_code == 303


async def test_without_a_code_app_password_and_recovery_code_still_sign_in_but_no_code(web):
    person, browser = await signed_in(web)
    code = (await codes_made(browser))[0]
    await web.staff.desk.records.accounts.set_code_secret(person.account.id, "", used_step=0)

    for nothing in (" ", "000000"):
        assert (await web.sign_in(web.browser(), person, code=nothing)).status_code == 401
    assert (await web.sign_in(web.browser(), person, code=code)).status_code == 303


async def test_sessions_are_listed_without_anything_about_the_browser(web):
    person, browser = await signed_in(web)
    await again(web, person)

    page = await page_of(browser)

    assert page.count('class="own-list__line"') == 2
    assert page.count("den här</span>") == 1
    assert "Mozilla" not in page


async def test_a_session_that_is_over_is_not_listed(web):
    person, browser = await signed_in(web)
    await again(web, person)
    for _ in range(2):
        web.staff.clock.pass_time(700)
        await page_of(browser)

    assert (await page_of(browser)).count('class="own-list__line"') == 1


async def test_ending_another_session_closes_its_sockets(web):
    person, browser = await signed_in(web)
    other = await again(web, person)
    newest = (await web.staff.desk.records.sessions.of_account(person.account.id))[0]
    watch: SessionWatch = web.app.extensions[EXTENSION].session_watch

    with watch.watching(newest.id) as ending:
        answer = await browser.post("/konto/inloggning/avsluta", form={"id": newest.id}, headers=OURS)

        assert ending.is_set()
    assert answer.headers["Location"] == "/konto/?klart=session_ended"
    assert (await other.get("/konto/")).status_code == 303
    assert (await browser.get("/konto/")).status_code == 200
    assert (await acts(web))[0] is Act.SESSION_ENDED


async def test_nobody_ends_a_colleagues_session(web):
    _, browser = await signed_in(web)
    colleague = await web.staff.add("kollega")
    theirs = web.browser()
    await web.sign_in(theirs, colleague)
    session = (await web.staff.desk.records.sessions.of_account(colleague.account.id))[0]

    await browser.post("/konto/inloggning/avsluta", form={"id": session.id}, headers=OURS)

    assert (await theirs.get("/konto/")).status_code == 200
    assert Act.SESSION_ENDED not in await acts(web)


async def test_all_others_end_at_once_and_this_one_stays(web):
    person, browser = await signed_in(web)
    others = [await again(web, person) for _ in range(2)]

    answers = [await browser.post("/konto/inloggningar/avsluta", headers=OURS) for _ in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {"/konto/?klart=sessions_ended"}
    assert [(await other.get("/konto/")).status_code for other in others] == [303, 303]
    assert (await browser.get("/konto/")).status_code == 200
    assert (await acts(web)).count(Act.SESSION_ENDED) == 1


async def test_signing_in_is_noted_and_failures_once_a_minute_without_the_username(web):
    person, _ = await signed_in(web)
    for username in ("exempel", "exempel", "ingen"):
        await web.sign_in(web.browser(), person, username=username, password="fel lösenord")
    parts = web.app.extensions[EXTENSION]

    assert Act.SIGN_IN_FAILED not in await acts(web), "written away from the answer"
    await parts.staff.failures.write(parts.records.audit_log)
    await parts.staff.failures.write(parts.records.audit_log)

    assert (await acts(web)).count(Act.SIGN_IN_FAILED) == 1
    assert (await acts(web)).count(Act.SIGNED_IN) == 1
