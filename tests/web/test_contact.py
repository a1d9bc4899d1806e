"""The contact form without a browser: what is refused, what is kept, and what is never said or held."""

import asyncio
import html
import logging
import re
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from quart import Quart, Response

from chatservice.app import create_app
from chatservice.commands.canary.searching import found_in_files
from chatservice.domain.letter import Letter, SealedLetter, Topic
from chatservice.inbox_key import InboxKey
from chatservice.live.brief import MemoryBriefCounts
from chatservice.settings import Settings
from chatservice.usecases import letters
from chatservice.web.letter_limits import (
    HOUR_S,
    MOST_FROM_ONE,
    MOST_REMEMBERED,
    QUICKEST_S,
    LetterLimits,
)
from chatservice.web.parts import EXTENSION
from tests.live_builders import HandClock
from tests.staff_builders import example_settings
from tests.web.conftest import ORIGIN

FORM = "/kontakt/skriv/"
SEND = "/kontakt/skriv/skicka/"
THANKS = "/kontakt/skriv/tack/"
SECRET = "Hemligt7f3a ”citat” <b>fet</b> & 'apostrof'\n\nandra stycket åäö"
EMAIL = "hemlig7f3a@example.org"
SOMEBODY, SOMEBODY_ELSE = "198.51.100.7", "198.51.100.8"


@dataclass
class Contact:
    """A running app, its clock and what is in its inbox."""

    app: Quart
    clock: HandClock
    folder: Path

    async def open(self) -> str:
        """Open the form; return its mark."""
        answer = await self.app.test_client().get(FORM)
        assert answer.status_code == 200
        found = re.search(r'name="mark" value="([^"]+)"', await answer.get_data(as_text=True))
        assert found is not None
        return found[1]

    async def send(
        self, mark: str, *, come_from: str = "", wants: str = "text/html", **given: str
    ) -> Response:
        fields = {"topic": "idea", "text": SECRET, "email": EMAIL, "mark": mark, "website": ""} | given
        client: Any = self.app.test_client()
        return await client.post(
            SEND,
            form=fields,
            headers={"Origin": ORIGIN, "Accept": wants},
            scope_base={"client": (come_from, 4711)} if come_from else None,
        )

    async def write(self, **given: str) -> Response:
        """Open the form, take one's time, and send it."""
        mark = await self.open()
        self.clock.pass_time(30)
        return await self.send(mark, **given)

    async def inbox(self) -> list[Letter]:
        key = InboxKey.load(self.folder / "example-inbox-key.pem", None)
        return [key.open(letter.sealed) for letter in await self.held()]

    async def held(self) -> list[Any]:
        return list(await self.app.extensions[EXTENSION].records.letters.everything())


@pytest.fixture
def folder(tmp_path: Path, example_home: Path) -> Path:
    """Return a folder with tables that were made once: making them takes longer than any of these tests."""
    for file in example_home.glob("records.sqlite3*"):
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture
async def contact(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Contact]:
    clock = HandClock()
    monkeypatch.setattr(Settings, "make_clock", lambda _: clock)
    app = create_app(example_settings(folder))
    async with app.test_app():
        yield Contact(app, clock, folder)


def words_in_form(page: str) -> tuple[str, str, list[str]]:
    """Return text, e-mail and checked topics as a browser would read them from the page."""
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    email = re.search(r'name="email"[^>]*value="([^"]*)"', page)
    assert text is not None
    assert email is not None
    return (
        html.unescape(text[1]),
        html.unescape(email[1]),
        re.findall(r'value="(\w+)" required checked', page),
    )


@pytest.mark.parametrize(
    ("given", "said", "described"),
    [
        ({"topic": ""}, "Välj vad det gäller.", 'aria-describedby="topic-error"'),
        ({"text": "  "}, "Skriv ditt meddelande.", 'aria-describedby="text-hint text-error"'),
        ({"text": "å" * 4001}, "Meddelandet är för långt.", 'aria-describedby="text-hint text-error"'),
        (
            {"email": "fel <adress"},
            "Skriv e-postadressen så här",
            'aria-describedby="email-hint email-error"',
        ),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_written_is_lost(contact, given, said, described):
    answer = await contact.write(**given)

    page = await answer.get_data(as_text=True)
    written = {"topic": "idea", "text": SECRET, "email": EMAIL} | given
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.count(said) == 2, "in the summary and beside the field"
    assert described in page
    assert "<title>Fel: " in page
    assert words_in_form(page) == (
        written["text"], written["email"], [written["topic"]] if written["topic"] else []
    )  # fmt: skip
    assert await contact.inbox() == []


@pytest.mark.parametrize(
    ("age_s", "given", "said"),
    [
        (QUICKEST_S - 1, {}, "lite för fort"),
        (25 * 3600, {}, "öppen länge"),
        (-60, {}, "öppen länge"),
        (30, {"mark": ""}, "öppen länge"),
        (30, {"mark": "A" * 70}, "öppen länge"),
        (30, {"website": "https://example.org"}, "ett fält som ska vara tomt"),
    ],
)
async def test_what_looks_like_a_machine_is_asked_once_more_and_loses_nothing(contact, age_s, given, said):
    mark = await contact.open()
    contact.clock.pass_time(age_s)

    answer = await contact.send(**({"mark": mark} | given))

    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said.lower() in page.lower()
    assert words_in_form(page) == (SECRET, EMAIL, ["idea"])
    assert await contact.inbox() == []
    contact.clock.pass_time(2)
    again = re.search(r'name="mark" value="([^"]+)"', page)
    assert again is not None
    assert (await contact.send(again[1])).status_code == 303
    assert len(await contact.inbox()) == 1


async def test_after_many_letters_from_one_place_the_next_waits_and_others_do_not(contact):
    for number in range(MOST_FROM_ONE):
        assert (await contact.write(come_from=SOMEBODY, text=f"{number}")).status_code == 303

    answer = await contact.write(come_from=SOMEBODY)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert words_in_form(await answer.get_data(as_text=True)) == (SECRET, EMAIL, ["idea"])
    assert (await contact.write(come_from=SOMEBODY_ELSE)).status_code == 303
    contact.clock.pass_time(3600)
    assert (await contact.write(come_from=SOMEBODY)).status_code == 303


async def test_a_full_inbox_says_so_and_gives_the_text_back(contact, monkeypatch):
    monkeypatch.setattr(letters, "MOST_LETTERS", 0)

    answer = await contact.write()

    page = await answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Inkorgen är full" in page
    assert "kontakt@example.org" in page
    assert words_in_form(page) == (SECRET, EMAIL, ["idea"])


async def test_without_a_key_the_page_says_so_and_nothing_is_taken(contact):
    mark = await contact.open()
    parts = contact.app.extensions[EXTENSION]
    contact.app.extensions[EXTENSION] = replace(parts, inbox=None)
    contact.clock.pass_time(30)

    shown = await (await contact.app.test_client().get(FORM)).get_data(as_text=True)
    answer = await contact.send(mark)

    assert "inte påslaget" in shown
    assert "<textarea" not in shown
    assert answer.status_code == 503
    assert words_in_form(await answer.get_data(as_text=True))[0] == SECRET
    assert await contact.held() == []


async def test_more_than_a_form_can_hold_is_refused(contact):
    answer = await contact.write(text="å" * 40_000)

    assert answer.status_code == 413
    assert await contact.held() == []


async def test_a_letter_is_kept_and_its_writer_is_told_what_happens_next(contact):
    answer = await contact.write()

    assert (answer.status_code, answer.headers["Location"]) == (303, THANKS)
    assert "Set-Cookie" not in answer.headers
    thanks = await (await contact.app.test_client().get(THANKS)).get_data(as_text=True)
    assert "Tack, ditt meddelande har kommit fram" in thanks
    assert "90 dagar" in thanks
    assert await contact.inbox() == [Letter(Topic.IDEA, SECRET, EMAIL)]


async def test_a_form_that_is_sent_twice_is_one_letter_and_another_text_another(contact):
    mark = await contact.open()
    contact.clock.pass_time(30)

    answers = [await contact.send(mark, text=text) for text in ("samma", "samma", "en annan", "samma")]

    assert {answer.status_code for answer in answers} == {303}
    assert [letter.text for letter in await contact.inbox()] == ["samma", "en annan"]


async def test_a_form_that_is_sent_to_two_processes_at_once_is_one_letter(contact, folder):
    parts = contact.app.extensions[EXTENSION]
    keeping, goes_on = asyncio.Event(), asyncio.Event()

    class SlowLetters:
        async def count(self) -> int:
            keeping.set()
            await goes_on.wait()
            return await parts.records.letters.count()

        async def add(self, letter: SealedLetter) -> None:
            await parts.records.letters.add(letter)

    class Counts(MemoryBriefCounts):
        async def add(self, *of: str) -> int:
            count = await super().add(*of)
            if count == 2:
                goes_on.set()
            return count

    limits = LetterLimits(Counts(contact.clock, kept_s=HOUR_S, key_s=HOUR_S, most=MOST_REMEMBERED))
    object.__setattr__(parts, "letter_limits", limits)
    object.__setattr__(parts, "inbox", replace(parts.inbox, letters=SlowLetters()))
    other = create_app(parts.settings)
    async with other.test_app():
        object.__setattr__(other.extensions[EXTENSION], "letter_limits", limits)
        mark = await contact.open()
        contact.clock.pass_time(30)

        first = asyncio.create_task(contact.send(mark))
        await asyncio.wait_for(keeping.wait(), 30)
        second = await Contact(other, contact.clock, folder).send(mark)
        goes_on.set()

        assert [(await first).headers["Location"], second.headers["Location"]] == [THANKS, THANKS]
        assert len(await contact.inbox()) == 1


async def test_a_script_hears_whether_the_letter_was_taken(contact):
    refused = await contact.write(wants="application/json", text="")
    taken = await contact.write(wants="application/json")

    assert (refused.status_code, await refused.get_json()) == (422, {"sent": False})
    assert (taken.status_code, await taken.get_json()) == (200, {"sent": True})
    assert taken.headers["Cache-Control"] == "no-store"
    assert len(await contact.inbox()) == 1


async def test_a_form_that_was_given_out_before_a_restart_is_taken_after_it(contact, tmp_path):
    mark = await contact.open()
    contact.clock.pass_time(30)
    settings = contact.app.extensions[EXTENSION].settings
    restarted = create_app(settings)

    async with restarted.test_app():
        again = Contact(restarted, contact.clock, tmp_path)
        assert (await again.send(mark)).status_code == 303


async def test_the_address_of_sending_leads_back_to_the_form(contact):
    answer = await contact.app.test_client().get(SEND)

    assert (answer.status_code, answer.headers["Location"]) == (303, FORM)


async def test_the_form_may_be_shown_again_after_back_and_sets_no_cookie(contact):
    answer = await contact.app.test_client().get(FORM)

    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers


async def test_no_log_no_file_and_no_address_of_a_page_tells_what_was_written(contact, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = await contact.write(come_from=SOMEBODY)
        await contact.write(come_from=SOMEBODY, email="fel7f3a adress")

    secrets = ["Hemligt7f3a", "hemlig7f3a", "fel7f3a", SOMEBODY]
    assert await contact.inbox() == [Letter(Topic.IDEA, SECRET, EMAIL)]
    assert found_in_files([contact.folder], secrets) == set()
    assert [secret for secret in secrets if secret in caplog.text + answer.headers["Location"]] == []


async def test_the_day_is_all_that_is_kept_of_when_a_letter_came(contact):
    await contact.write()

    (held,) = await contact.held()
    assert held.received_on == contact.clock.now().replace(hour=0, minute=0, second=0)


async def test_the_service_erases_old_letters_when_it_starts(contact):
    await contact.write()
    contact.clock.pass_time(91 * 86_400)
    restarted = create_app(contact.app.extensions[EXTENSION].settings)

    async with restarted.test_app():
        while await contact.held():
            await contact.app.test_client().get("/halsa")

    assert await contact.held() == []
