"""The audit log on the staff's pages: who did what and when, to read and to take out."""

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.usecases.auditing import note
from chatservice.web.parts import EXTENSION

OURS = {"Origin": "http://localhost:8000"}


async def coordinator_with_a_log(web):
    coordinator, mentor = await web.staff.add("sam", Role.COORDINATOR), await web.staff.add("mira")
    log, clock = web.app.extensions[EXTENSION].records.audit_log, web.staff.clock
    await note(log, clock, coordinator.account.id, Act.INVITED, mentor.account.id)
    clock.pass_time(60)
    await note(log, clock, None, Act.ACCOUNT_ADDED, mentor.account.id)
    browser = web.browser()
    await web.sign_in(browser, coordinator)
    return browser, log


async def test_the_page_says_who_did_what(web):
    browser, _ = await coordinator_with_a_log(web)

    page = await (await browser.get("/samordnare/handelser/")).get_data(as_text=True)

    assert page.index("La till ett konto") < page.index("Bjöd in"), "the newest stands first"
    assert "Kommandoraden" in page
    assert page.count("mira") == 2


async def test_the_table_holds_everything_and_taking_it_out_is_an_act(web):
    browser, log = await coordinator_with_a_log(web)

    answer = await browser.post("/samordnare/handelser/tabell", headers=OURS)
    lines = (await answer.get_data(as_text=True)).splitlines()

    assert answer.content_type == "text/csv; charset=utf-8"
    assert lines[0] == "at,who,act,about"
    assert {line.split(",", 1)[1] for line in lines[1:]} >= {
        "sam,invited,mira",
        ",account_added,mira",
        "sam,audit_exported,",
    }
    assert (await log.newest(limit=1))[0].act is Act.AUDIT_EXPORTED
