"""The coordinators' pages of people: inviting, closing and opening accounts, and a lost second factor."""

import asyncio
import html
import re
from dataclasses import replace

import pytest
from quart.testing.connections import WebsocketDisconnectError

from chatservice.domain import sealing
from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.duty import DutyState
from chatservice.usecases import accounts, factor_losses, inviting
from chatservice.web.parts import EXTENSION
from chatservice.web.session_watch import SessionWatch
from tests.staff_builders import Person
from tests.web.test_notices import mail_server, settings_for

OURS = {"Origin": "http://localhost:8000"}
ROOM = "/samordnare/personer/"


class Office:
    """A running app with a coordinator signed in."""

    def __init__(self, web, browser, person):
        self.web, self.browser, self.sam = web, browser, person
        self.desk = web.staff.desk

    async def reads(self, path=ROOM):
        answer = await self.browser.get(path)
        assert answer.status_code == 200, path
        return await answer.get_data(as_text=True)

    async def sends(self, path=ROOM, browser=None, **fields):
        answer = await (browser or self.browser).post(path, form=fields, headers=OURS)
        return answer, await answer.get_data(as_text=True)

    async def does(self, person, what, **fields):
        number = person.account.id if isinstance(person, Person) else person
        answer, page = await self.sends(f"{ROOM}{number}/{what}", **fields)
        return answer, page

    async def newest_act(self):
        entry = (await self.desk.records.audit_log.newest(limit=1))[0]
        return entry.act, entry.account_id, entry.about

    async def another(self, username="sara"):
        person = await self.web.staff.add(username, Role.COORDINATOR)
        browser = self.web.browser()
        await self.web.sign_in(browser, person)
        return person, browser


def address_on(page):
    found = re.search(r'value="([^"]*/valkommen/#[^"]+)"', page)
    assert found
    return html.unescape(found[1])


async def office_in(web):
    # The watch of the running app judges sessions by the real clock, and these were made by a clock of the test.
    the = web.app.extensions[EXTENSION]
    web.app.extensions[EXTENSION] = replace(the, session_watch=SessionWatch(web.staff.desk))
    person = await web.staff.add("sam", Role.COORDINATOR)
    browser = web.browser()
    await web.sign_in(browser, person)
    return Office(web, browser, person)


@pytest.fixture
async def office(web):
    return await office_in(web)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"username": "två ord"}, "1 till 32 tecken"),
        ({"username": "x" * 33}, "1 till 32 tecken"),
        ({"username": "SAM"}, "upptaget"),
        ({"alias": "a" * 41}, "högst 40"),
        ({"role": "boss"}, "Välj en roll"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(office, fields, told):
    typed = {"username": "mira", "role": "editor", "alias": "Mira i text"} | fields

    answer, page = await office.sends(**typed)

    field = next(iter(fields))
    assert answer.status_code == 422
    error = re.search(rf'<p class="field__error" id="{field}-error">([^<]*)<', page)
    assert error
    assert told in error[1]
    assert f'href="#{field}"' in page
    assert f'value="{typed["username"]}"' in page
    assert f'value="{typed["alias"]}"' in page
    if field != "role":
        assert '<option value="editor" selected>' in page
    assert await office.desk.records.invitations.everything() == []


async def test_a_body_that_is_no_form_of_ours_is_refused(office):
    answer, _ = await office.sends(role="mentor")

    assert answer.status_code == 400


async def test_a_name_that_was_taken_in_the_same_moment_is_said_too(office, monkeypatch):
    async def nothing_wrong(desk, **typed):
        return {}

    monkeypatch.setattr(inviting, "mistakes", nothing_wrong)

    answer, page = await office.sends(username="sam", role="mentor")

    assert answer.status_code == 422
    assert "upptaget" in page


async def test_an_invitation_shows_its_address_once(office):
    answer, page = await office.sends(username="Mira", role="mentor", alias="")

    address = address_on(page)
    assert answer.status_code == 200
    assert address.startswith("http://localhost:8000/valkommen/#")
    invitation, account = await inviting.open_invitation(office.desk, address.split("#")[1])
    assert (account.username, account.alias, account.role) == ("mira", "Mentor 1", Role.MENTOR)
    assert await office.newest_act() == (Act.INVITED, office.sam.account.id, account.id)
    for path in (ROOM, f"{ROOM}{account.id}/"):
        shown = await office.reads(path)
        assert address.split("#")[1] not in shown
        assert "Inbjuden till" in shown
        assert invitation.id not in shown


async def test_the_list_has_everybody_with_role_and_state(office):
    await office.sends(username="edda", role="editor")
    closed = await office.web.staff.add("stangd")
    await office.does(closed, "stang-av", sure="yes")

    page = await office.reads()

    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)[1:]
    words = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert words[0].startswith("Samordnare 1 sam samordnare Aktiv")
    assert re.match(r"Redaktör 1 edda redaktör Inbjuden till \w+dag \d+ \w+", words[1])
    assert words[2].startswith("Mentor 1 stangd mentor Avstängd")


async def test_a_new_invitation_replaces_the_old_and_can_be_withdrawn(office):
    _, page = await office.sends(username="mira", role="mentor")
    first = address_on(page).split("#")[1]
    number = (await inviting.open_invitation(office.desk, first))[1].id

    _, page = await office.does(number, "inbjudan")
    second = address_on(page).split("#")[1]
    assert first != second
    answer, _ = await office.does(number, "inbjudan/dra-tillbaka")

    assert answer.headers["Location"] == f"{ROOM}{number}/?klart=inbjudan-tillbaka"
    assert "Adressen fungerar inte längre" in await office.reads(answer.headers["Location"])
    assert "Utan giltig inbjudan" in await office.reads()
    assert await office.desk.records.invitations.everything() == []
    assert (await office.newest_act())[0] is Act.INVITATION_WITHDRAWN


async def test_who_has_accepted_is_not_invited_again(office):
    mentor = await office.web.staff.add("mira")

    answer, page = await office.does(mentor, "inbjudan")

    assert answer.status_code == 409
    assert "Inbjudan är redan mottagen." in page


async def test_somebody_who_does_not_exist_is_not_found(office):
    for what in ("", "stang-av", "oppna", "logga-ut", "inbjudan/dra-tillbaka", "forlust/dra-tillbaka"):
        path = f"{ROOM}77/{what}"
        answer = await (
            office.browser.post(path, form={"sure": "yes"}, headers=OURS)
            if what
            else office.browser.get(path)
        )
        assert answer.status_code == 404, what


async def test_closing_an_account_asks_once_more(office):
    mentor = await office.web.staff.add("mira")

    page = await office.reads(f"{ROOM}{mentor.account.id}/?steg=stang-av")
    answer, _ = await office.does(mentor, "stang-av")

    assert "Ja, stäng av" in page
    assert answer.status_code == 400, "the second step says so"
    assert (await office.desk.records.accounts.find(mentor.account.id)).active


async def test_nobody_closes_her_own_account(office):
    await office.another()

    answer, page = await office.does(office.sam, "stang-av", sure="yes")

    assert answer.status_code == 409
    assert "ditt eget konto" in page
    assert (await office.desk.records.accounts.find(office.sam.account.id)).active
    assert "Stäng av kontot" not in await office.reads(f"{ROOM}{office.sam.account.id}/")


async def test_a_closed_account_is_off_its_sockets_and_off_duty_at_once(office):
    the, mentor, page = office.web.app.extensions[EXTENSION], await office.web.staff.add("mira"), None
    browser = office.web.browser()
    await office.web.sign_in(browser, mentor)
    answer, page = None, ""
    async with asyncio.timeout(30):
        with pytest.raises(WebsocketDisconnectError):
            async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
                await socket.receive_json()
                join = {"type": "join", "version": sealing.SUITE, "key": None, "ticket": None}
                await socket.send_json(join | {"incarnation": None, "after": 0})
                assert (await socket.receive_json())["type"] == "ready"
                await the.live.set_duty(mentor.account.id, DutyState.ON)

                answer, page = await office.does(mentor, "stang-av", sure="yes")
                while True:
                    await socket.receive()

    assert answer
    assert answer.status_code == 303, page
    assert await the.live.duty_of(mentor.account.id) is DutyState.OFF
    assert (await browser.get("/mentor/")).status_code == 303, "led to the sign-in page"
    assert await office.newest_act() == (Act.DEACTIVATED, office.sam.account.id, mentor.account.id)


async def test_a_closed_account_is_opened_again(office):
    mentor, live = await office.web.staff.add("mira"), office.web.app.extensions[EXTENSION].live
    await live.set_duty(mentor.account.id, DutyState.ON)
    await office.does(mentor, "stang-av", sure="yes")
    assert await live.duty_of(mentor.account.id) is DutyState.OFF
    assert "Öppna kontot igen" in await office.reads(f"{ROOM}{mentor.account.id}/")

    answer, _ = await office.does(mentor, "oppna")

    assert answer.status_code == 303
    assert (await office.web.sign_in(office.web.browser(), mentor)).status_code == 303
    assert (await office.desk.records.accounts.find(mentor.account.id)).active


async def test_somebodys_sign_ins_are_counted_and_ended(office):
    mentor = await office.web.staff.add("mira")
    browser = office.web.browser()
    await office.web.sign_in(browser, mentor)
    path = f"{ROOM}{mentor.account.id}/"
    assert "Ja, i en webbläsare" in await office.reads(path)
    assert "Ja, logga ut överallt" in await office.reads(f"{path}?steg=logga-ut")

    answer, _ = await office.does(mentor, "logga-ut", sure="yes")

    assert "Alla inloggningar är avslutade" in await office.reads(answer.headers["Location"])
    assert (await browser.get("/mentor/")).headers["Location"].startswith("/mentor/logga-in")
    assert (await office.newest_act())[0] is Act.SESSION_ENDED


async def test_one_coordinator_alone_is_sent_to_the_operator(office):
    mentor = await office.web.staff.add("mira")

    page = await office.reads(f"{ROOM}{mentor.account.id}/")

    assert "account reset" in page
    assert "Anmäl förlorad inloggning" not in page


async def test_two_coordinators_give_a_new_sign_in(office):
    mentor, path = await office.web.staff.add("mira"), "forlust"
    _, other = await office.another()
    number = mentor.account.id
    signed_in = await office.web.staff.sign_in(mentor)

    answer, _ = await office.does(mentor, path)
    assert "en annan samordnare bekräfta" in await office.reads(answer.headers["Location"])
    own, page = await office.does(mentor, f"{path}/bekrafta")
    assert own.status_code == 409
    assert "din egen anmälan" in page
    assert "Bekräfta, vi har talats vid" not in page
    seen = await (await other.get(f"{ROOM}{number}/")).get_data(as_text=True)
    assert "Anmäld av Samordnare 1" in seen
    answer, page = await office.sends(f"{ROOM}{number}/{path}/bekrafta", browser=other)

    assert answer.status_code == 200
    assert (await inviting.open_invitation(office.desk, address_on(page).split("#")[1]))[1].id == number
    assert await accounts.identify(office.desk, signed_in.token) is None
    assert "En adress väntar" in await office.reads(f"{ROOM}{number}/")


async def test_a_report_is_taken_back(office):
    mentor = await office.web.staff.add("mira")
    await office.another()
    await office.does(mentor, "forlust")

    answer, page = await office.does(mentor, "forlust/dra-tillbaka")
    assert answer.status_code == 303, page

    assert "Anmälan är tillbakadragen" in await office.reads(answer.headers["Location"])
    assert await factor_losses.standing_report(office.desk, mentor.account.id) is None


SENSITIVE = ("inbjudan", "stang-av", "oppna", "logga-ut", "forlust", "forlust/bekrafta")


async def test_what_is_sensitive_asks_again_who_one_is(office):
    mentor = await office.web.staff.add("mira")
    page = ""
    for _ in range(2):
        office.web.staff.clock.pass_time(16 * 60)
        page = await office.reads()

    assert "Bekräfta att det är du" in page
    answers = {ROOM: await office.sends(username="ny", role="mentor")}
    for what in SENSITIVE:
        answers[f"{ROOM}{mentor.account.id}/"] = await office.does(mentor, what, sure="yes")

        for back, (answer, _) in answers.items():
            assert answer.status_code == 303, what
            assert answer.headers["Location"].startswith("/konto/bekrafta?vidare=")
            assert back.replace("/", "%2F") in answer.headers["Location"]
    assert (await office.desk.records.accounts.find(mentor.account.id)).active
    assert await office.desk.records.accounts.named("ny") is None


async def test_in_english_the_second_step_stays_english(office):
    mentor = await office.web.staff.add("mira")

    page = await office.reads(f"{ROOM}{mentor.account.id}/?language=en")

    assert "?steg=stang-av&amp;language=en" in page


async def test_without_a_mail_server_there_is_no_field_and_nothing_is_mailed(office):
    assert "E-postadress" not in await office.reads()

    _, page = await office.sends(username="mira", role="mentor", email="inte en adress")

    assert address_on(page)
    assert "mejl" not in page.split("</header>")[-1]


@pytest.mark.parametrize(
    ("answer", "told"), [("250 ok", "Adressen är mejlad"), ("550 no", "gick inte att skicka")]
)
async def test_an_invitation_is_mailed_where_a_mail_server_is_set(open_web, tmp_path, caplog, answer, told):
    async with mail_server(answer=answer) as server:
        given = settings_for(tmp_path, server.port)
        smtp = {
            name: getattr(given, name)
            for name in ("smtp_host", "smtp_port", "smtp_security", "smtp_from", "smtp_to")
        }
        async with open_web(**smtp) as web, asyncio.timeout(60):
            office = await office_in(web)
            wrong, page = await office.sends(username="mira", role="mentor", email="ingen adress")
            assert wrong.status_code == 422
            assert "ser inte rätt ut" in page

            _, page = await office.sends(username="mira", role="mentor", email="mira@example.org")
            mail = None if told.startswith("gick") else await server.mails.get()
            again, anew = await office.does(2, "inbjudan", email="ingen adress")
            assert again.status_code == 422
            assert "ser inte rätt ut" in anew

    assert told in page
    assert "mira@example.org" not in page
    assert "example.org" not in caplog.text
    if mail is not None:
        assert "To: mira@example.org" in mail
        assert address_on(page) in mail.replace("=\r\n", "").replace("=3D", "=").replace("=23", "#")
