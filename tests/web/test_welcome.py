"""Coming in by invitation: once, with a password and a second factor, and with nothing of the token left behind."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from pyotp.totp import TOTP

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.invitation import INVITATION_LASTS, InvitationKind
from chatservice.usecases import accounts, inviting
from chatservice.usecases.accounts import session_id_of
from chatservice.web.parts import EXTENSION
from tests.passkey_device import PasskeyDevice
from tests.staff_builders import Person
from tests.web.conftest import ORIGIN

OURS = {"Origin": ORIGIN}
PASSWORD = "tre ord efter varandra"
NEW = {"password": PASSWORD, "password_again": PASSWORD}
OVER = "Be samordnaren om en ny adress."


@pytest.fixture
def invite(web) -> Callable[..., object]:
    async def invite_somebody(username="mira", role=Role.MENTOR):
        return await inviting.invite(web.staff.desk, None, username=username, alias=None, role=role)

    return invite_somebody


async def open_page(browser, token):
    return await browser.post("/valkommen/oppna", form={"token": token}, headers=OURS)


async def secret_on(answer):
    page = await answer.get_data(as_text=True)
    return "".join(re.findall(r'code-app__secret">([A-Z2-7 ]+)<', page)[0].split())


async def come_in(web, browser, token, **given):
    """Open the page and send its form with the code that a phone would show."""
    fields = NEW | {"token": token, "factor": "code"}
    if "code" not in given:
        secret = await secret_on(await open_page(browser, token))
        fields["code"] = TOTP(secret).at(web.staff.clock.now())
    return await browser.post("/valkommen/klar", form=fields | given, headers=OURS)


async def test_the_page_holds_nothing_until_its_script_has_read_the_address(web):
    answer = await web.browser().get("/valkommen/")

    page = await answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<input type="hidden" name="token" value="">' in page
    assert "behöver JavaScript" in page


@pytest.mark.parametrize("token", ["x", "x" * 200, "å\u2028"])
async def test_an_address_that_invites_nobody_says_whom_to_ask(web, token):
    browser = web.browser()

    opened, done = await open_page(browser, token), await come_in(web, browser, token, code="123456")
    started = await browser.post("/valkommen/passkey", form=NEW | {"token": token}, headers=OURS)

    assert [opened.status_code, done.status_code, started.status_code] == [410, 410, 422]
    assert OVER in await opened.get_data(as_text=True)
    assert OVER in await done.get_data(as_text=True)


@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "x" * 201}, {"token": "x", "more": "y"}])
async def test_a_form_of_another_kind_is_refused(web, form):
    for path in ("/valkommen/oppna", "/valkommen/klar", "/valkommen/passkey"):
        assert (await web.browser().post(path, form=form, headers=OURS)).status_code == 400


async def test_an_invitation_says_whom_it_is_for(web, invite):
    invited = await invite(role=Role.COORDINATOR)

    page = await (await open_page(web.browser(), invited.token)).get_data(as_text=True)

    assert "inbjuden som samordnare och heter Samordnare 1" in page
    assert 'value="mira"' in page
    assert '<svg class="code-app__qr"' in page


async def test_an_invitation_that_is_too_old_opens_nothing(web, invite):
    invited = await invite()
    web.staff.clock.pass_time(INVITATION_LASTS.total_seconds())

    assert (await come_in(web, web.browser(), invited.token, code="1")).status_code == 410


async def test_an_invitation_that_was_withdrawn_opens_nothing(web, invite):
    invited, browser = await invite(), web.browser()
    await open_page(browser, invited.token)
    await inviting.withdraw(web.staff.desk, None, invited.account.id)

    assert (await come_in(web, browser, invited.token, code="1")).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "kort", "password_again": "kort"}, "Lösenordet behöver minst 10 tecken."),
        ({"password": "x" * 201, "password_again": "x" * 201}, "Lösenordet får ha högst 200 tecken."),
        ({"password_again": "något annat här"}, "De två lösenorden är inte likadana."),
        ({"code": ""}, "Skriv koden som appen visar."),
        ({"code": "000000"}, "Koden stämmer inte."),
        ({"factor": "passkey", "passkey": "{}"}, "Det gick inte att lägga in en passkey."),
        ({"factor": "passkey"}, "Det gick inte att lägga in en passkey."),
    ],
)
async def test_what_is_wrong_is_said_and_uses_nothing_up(web, invite, wrong, words):
    invited, browser = await invite(), web.browser()

    answer = await come_in(web, browser, invited.token, **wrong)

    assert answer.status_code == 422
    assert words in await answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert (await come_in(web, browser, invited.token)).status_code == 200


async def test_who_comes_in_with_a_code_app_is_signed_in_and_sees_ten_codes(web, invite):
    invited, browser = await invite(), web.browser()

    answer = await come_in(web, browser, invited.token)

    page = await answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(set(re.findall(r"<code>([0-9a-z-]{19})</code>", page))) == 10
    assert (await browser.get("/mentor/")).status_code == 200
    assert [entry.act for entry in await log_of(web).newest(limit=3)] == [
        Act.SIGNED_IN,
        Act.RECOVERY_CODES_MADE,
        Act.INVITATION_USED,
    ]


async def test_the_code_that_proved_the_app_does_not_sign_in_as_well(web, invite):
    invited, browser = await invite(), web.browser()
    secret = await secret_on(await open_page(browser, invited.token))
    await come_in(web, browser, invited.token)
    person = Person(invited.account, secret, PASSWORD)

    assert (await web.sign_in(web.browser(), person)).status_code == 401
    web.staff.clock.pass_time(30)
    assert (await web.sign_in(web.browser(), person)).status_code == 303


async def test_who_comes_in_with_a_passkey_signs_in_with_it(web, invite):
    invited, browser, device = await invite(), web.browser(), PasskeyDevice()
    fields = NEW | {"token": invited.token, "factor": "passkey"}

    options = await (await browser.post("/valkommen/passkey", form=fields, headers=OURS)).get_json()
    passkey = device.make(options)
    answer = await browser.post("/valkommen/klar", form=fields | {"passkey": passkey}, headers=OURS)

    assert answer.status_code == 200
    again = web.browser()
    options = await (await again.post("/mentor/logga-in/passkey/start", headers=OURS)).get_json()
    signed_in = await again.post("/mentor/logga-in/passkey", data=device.use(options), headers=OURS)
    assert signed_in.status_code == 200


async def test_a_passkey_is_not_asked_for_before_the_password_is_right(web, invite):
    invited = await invite()
    form = {"token": invited.token, "password": "kort", "password_again": "kort"}

    answer = await web.browser().post("/valkommen/passkey", form=form, headers=OURS)

    assert (answer.status_code, await answer.get_json()) == (422, {"error": "password"})


async def test_a_passkey_made_for_one_invitation_is_refused_for_another(web, invite):
    hers, his = await invite("mira"), await invite("max")
    browser, device = web.browser(), PasskeyDevice()

    started = await browser.post("/valkommen/passkey", form=NEW | {"token": hers.token}, headers=OURS)
    fields = NEW | {
        "token": his.token,
        "factor": "passkey",
        "passkey": device.make(await started.get_json()),
    }
    answer = await browser.post("/valkommen/klar", form=fields, headers=OURS)

    assert answer.status_code == 422


async def test_an_address_lets_somebody_in_once(web, invite):
    invited = await invite()
    assert (await come_in(web, web.browser(), invited.token)).status_code == 200

    assert (await open_page(web.browser(), invited.token)).status_code == 410
    assert (await come_in(web, web.browser(), invited.token, code="1")).status_code == 410


async def test_of_two_at_the_same_time_one_comes_in(web, invite):
    invited, browser = await invite(), web.browser()
    secret = await secret_on(await open_page(browser, invited.token))
    code = TOTP(secret).at(web.staff.clock.now())

    answers = await asyncio.gather(*(come_in(web, web.browser(), invited.token, code=code) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]


async def test_who_comes_anew_leaves_everything_former_behind(web):
    person, browser, device = await web.staff.add(), web.browser(), PasskeyDevice()
    await web.sign_in(browser, person)
    made = device.make(await (await browser.post("/konto/passkey/start", headers=OURS)).get_json())
    await browser.post("/konto/passkey", form={"passkey": made, "name": ""}, headers=OURS)
    page = await (await browser.post("/konto/reservkoder", headers=OURS)).get_data(as_text=True)
    old_code = re.findall(r"<code>([0-9a-z-]{19})</code>", page)[0]
    invited = await inviting.new_invitation(web.staff.desk, None, person.account, InvitationKind.RESTORE)

    opened = await (await open_page(web.browser(), invited.token)).get_data(as_text=True)
    await come_in(web, web.browser(), invited.token)

    assert "Allt du loggade in med förut slutar gälla" in opened
    assert (await browser.get("/mentor/")).status_code == 303
    assert (await web.sign_in(web.browser(), person)).status_code == 401
    assert (await web.sign_in(web.browser(), person, password=PASSWORD, code=old_code)).status_code == 401
    assert await web.staff.desk.records.passkeys.of_account(person.account.id) == []


async def test_the_secret_stays_for_half_an_hour_and_is_then_another(web, invite):
    invited, browser = await invite(), web.browser()
    first = await secret_on(await open_page(browser, invited.token))
    web.staff.clock.pass_time(timedelta(minutes=29).total_seconds())
    same = await secret_on(await open_page(browser, invited.token))
    web.staff.clock.pass_time(60)

    answer = await come_in(web, browser, invited.token, code=TOTP(first).at(web.staff.clock.now()))

    assert same == first
    assert answer.status_code == 422
    assert await secret_on(answer) != first


async def test_who_was_signed_in_as_somebody_else_is_so_no_longer(web, invite):
    browser = web.browser()
    former = await web.sign_in(browser, await web.staff.add())
    assert former.status_code == 303
    invited = await invite()
    before = {session.id for session in await web.staff.desk.records.sessions.of_account(1)}

    await come_in(web, browser, invited.token)

    assert len(before) == 1
    assert await web.staff.desk.records.sessions.of_account(1) == []


@pytest.mark.parametrize("empty", ["", " "])
async def test_who_has_not_come_yet_cannot_sign_in_with_nothing(web, invite, empty):
    invited = await invite()
    person = Person(invited.account, "A" * 32, empty)

    for code in ("000000", " "):
        answer = await web.sign_in(web.browser(), person, code=code)
        assert answer.status_code == 401


async def test_no_token_stands_in_what_is_kept_or_shown_of_it(web, invite):
    invited = await invite()

    assert invited.token not in repr(invited)
    assert session_id_of(invited.token) == invited.invitation.id, "only its hash is held"
    assert accounts.SignedIn.__dataclass_fields__["token"].repr is False


def log_of(web):
    return web.app.extensions[EXTENSION].records.audit_log
