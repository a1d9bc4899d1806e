"""The coordinators' inbox without its script: what it shows, what is ticked off, and what it never gives out."""

import json
import re
from dataclasses import replace
from datetime import timedelta

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.feedback import Face, Feedback
from chatservice.domain.letter import Letter, Topic
from chatservice.domain.letter_sealing import open_letter, open_line
from chatservice.domain.retention import RULES
from chatservice.domain.sealing import from_base64url
from chatservice.key_files import load_key_file
from chatservice.usecases.feedback import give_feedback
from chatservice.usecases.letters import send_letter
from chatservice.usecases.talk_requests import ask_to_talk
from chatservice.web.parts import EXTENSION

OURS = {"Origin": "http://localhost:8000"}
INBOX = "/samordnare/inkorg/"
LETTER = Letter(Topic.IDEA, "Visa kön <tydligare>", "namn@example.org")


async def coordinator(web, username="sam"):
    """Sign a coordinator in, on the clock that the inbox follows too."""
    the = web.app.extensions[EXTENSION]
    clock = web.staff.clock
    web.app.extensions[EXTENSION] = replace(
        the,
        clock=clock,
        inbox=replace(the.inbox, clock=clock) if the.inbox else None,
        feedback=replace(the.feedback, clock=clock),
    )
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add(username, Role.COORDINATOR))
    return browser, web.app.extensions[EXTENSION]


async def read(browser, path=INBOX):
    answer = await browser.get(path)
    assert answer.status_code == 200
    return await answer.get_data(as_text=True)


async def press(browser, path, **fields):
    return await browser.post(path, headers=OURS, form=fields)


async def acts(the):
    return [entry.act for entry in await the.records.audit_log.newest(limit=9)]


async def test_a_letter_that_is_not_there_is_not_erased(web):
    browser, the = await coordinator(web)

    answer = await press(browser, f"{INBOX}radera", number="7")

    assert answer.status_code == 404
    assert Act.LETTER_ERASED not in await acts(the)


async def test_a_form_that_is_none_of_ours_is_refused(web):
    browser, _ = await coordinator(web)

    for path, fields in (
        (f"{INBOX}radera", {}),
        (f"{INBOX}radera", {"number": "1 OR 1"}),
        (f"{INBOX}radera", {"number": "1", "all": "yes"}),
        ("/samordnare/prata/klart", {"account": "x"}),
        ("/samordnare/hav-sparr", {"label": ""}),
    ):
        assert (await press(browser, path, **fields)).status_code == 400, (path, fields)


async def test_what_is_ticked_off_twice_is_noted_once(web):
    browser, the = await coordinator(web)
    mentor = await web.staff.add("mira")
    await ask_to_talk(the.records.talk_requests, the.clock, mentor.account.id)

    for _ in range(2):
        answer = await press(browser, "/samordnare/prata/klart", account=str(mentor.account.id))
        assert answer.headers["Location"] == f"{INBOX}?klart=prata"
        await press(browser, "/samordnare/hav-sparr", label="NONE")

    noted = await the.records.audit_log.newest(limit=9)
    assert [entry.about for entry in noted if entry.act is Act.TALK_WISH_MET] == [mentor.account.id]
    assert Act.BLOCK_LIFTED not in await acts(the)


async def test_an_empty_inbox_says_so_in_each_of_its_parts(web):
    browser, _ = await coordinator(web)

    page = await read(browser)

    for words in (
        "Mentorer som behöver prata (0)",
        "Ingen just nu.",
        "Inga brev väntar.",
        "Omdömen (0)",
        "Inga omdömen att visa. Det som kommer i dag visas i morgon.",
        "Spärrade uppkopplingar (0)",
        "Ingen är spärrad.",
    ):
        assert words in page, words


async def test_a_letter_is_given_out_sealed_and_nothing_of_it_stands_on_the_page(web):
    browser, the = await coordinator(web)
    await send_letter(the.inbox, LETTER)

    page, answer = await read(browser), await browser.get(f"{INBOX}brev")
    body = await answer.get_data(as_text=True)

    assert "Brev 1</h3>" in page
    assert "Kom 22 november 2026. Raderas senast 20 februari 2027." in page
    assert answer.headers["Cache-Control"] == "no-store"
    for text in (LETTER.text, LETTER.email, "tydligare"):
        assert text not in page + body
    key = load_key_file(the.settings.example_inbox_key_file, None, what="inkorgsnyckel")
    (letter,) = json.loads(body)["letters"]
    assert open_letter(from_base64url(letter["sealed"]), key) == LETTER


async def test_an_erased_letter_is_gone_and_who_did_it_is_noted(web):
    browser, the = await coordinator(web)
    await send_letter(the.inbox, LETTER)

    answer = await press(browser, f"{INBOX}radera", number="1")

    assert answer.headers["Location"] == f"{INBOX}?klart=raderat"
    assert await the.records.letters.count() == 0
    assert (await acts(the))[0] is Act.LETTER_ERASED
    assert "Brevet är raderat." in await read(browser, answer.headers["Location"])


async def test_feedback_is_counted_by_its_day_and_not_before_the_day_after(web):
    browser, the = await coordinator(web)
    await give_feedback(the.feedback, Feedback(Face.WORSE, "Det gick för fort."))
    assert "Omdömen (0)" in await read(browser)
    assert json.loads(await read(browser, f"{INBOX}brev"))["lines"] == []

    web.staff.clock.pass_time(timedelta(hours=9).total_seconds())
    other, the = await coordinator(web, "sara")
    await give_feedback(the.feedback, Feedback(Face.BETTER))
    page = await read(other)

    assert "Omdömen (1)" in page
    assert "Visas sedan 23 november 2026" in page
    assert re.findall(r"<dd>\s*(\d+)\s*</dd>", page) == ["0", "0", "1"]
    assert "Rader till samordnaren: 1." in page
    assert "Det gick för fort" not in page
    key = load_key_file(the.settings.example_inbox_key_file, None, what="inkorgsnyckel")
    (line,) = json.loads(await read(other, f"{INBOX}brev"))["lines"]
    assert (line["day"], line["face"]) == ("2026-11-23", "worse")
    assert open_line(from_base64url(line["sealed"]), key) == "Det gick för fort."


async def test_a_letter_to_an_older_key_says_so_and_can_be_erased(web):
    browser, the = await coordinator(web)
    await send_letter(the.inbox, LETTER)
    (letter,) = await the.records.letters.everything()
    await the.records.letters.add(replace(letter, key_id="an older key"))

    page = await read(browser)

    assert page.count("Låst med en äldre nyckel.") == 1
    assert (await press(browser, f"{INBOX}radera", number="2")).status_code == 303


async def test_without_an_inbox_key_nothing_can_be_opened_and_the_page_says_why(web):
    browser, the = await coordinator(web)
    web.app.extensions[EXTENSION] = replace(the, inbox=None)

    page = await read(browser)

    assert "Det finns ingen inkorgsnyckel än" in page
    assert "data-open-form" not in page
    assert "entries/inbox.js" not in page


async def test_the_page_says_of_every_rule_how_long_we_keep_what(web):
    browser, _ = await coordinator(web)

    rows = dict(re.findall(r'data-rule="(\w+)">(.*?)</tr>', await read(browser), re.DOTALL))

    assert list(rows) == [rule.table for rule in RULES]
    for rule in RULES:
        cells = [
            re.sub(r"\s+", " ", cell).strip()
            for cell in re.findall(r">([^<>]*)</t[hd]>", rows[rule.table], re.DOTALL)
        ]
        assert len(cells) == 2, rule.table
        assert all(cells), rule.table
        if rule.kept and rule.kept.days > 1:
            assert re.match(rf"{rule.kept.days} dagar från \w+", cells[1]), rule.table
    assert "20 minuter" in rows["sessions"]


async def test_whoever_reads_english_is_led_back_in_english(web):
    browser, the = await coordinator(web)
    mentor = await web.staff.add("mira")
    await ask_to_talk(the.records.talk_requests, the.clock, mentor.account.id)
    await send_letter(the.inbox, LETTER)

    page = await read(browser, f"{INBOX}?language=en")

    assert "Mentors who need to talk (1)" in page
    for path in re.findall(r'<form[^>]*action="(/samordnare/[^"]*)"', page, re.DOTALL):
        answer = await press(browser, path, account=str(mentor.account.id))
        if answer.status_code == 303:
            assert "language=en" in answer.headers["Location"], path
        assert path.endswith("?language=en"), path
