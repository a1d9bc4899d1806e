"""The question after a conversation, without a browser: the same answer whatever comes, and no tie to anybody."""

import logging
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatservice.app import create_app
from chatservice.commands.canary.searching import found_in_files
from chatservice.domain.feedback import LONGEST_LINE, Face
from chatservice.inbox_key import InboxKey
from chatservice.settings import Settings
from chatservice.usecases import feedback
from chatservice.web.letter_limits import MOST_FROM_ONE
from chatservice.web.parts import EXTENSION
from tests.live_builders import HandClock
from tests.staff_builders import example_settings
from tests.web.conftest import ORIGIN

PATH = "/chatt/omdome/"
THANKS = "/chatt/omdome/tack/"
LINE = "Hemligt9c1e tack"
SOMEBODY, SOMEBODY_ELSE = "198.51.100.7", "198.51.100.8"


class Room:
    """A running app, its clock and what was answered in it."""

    def __init__(self, app: Any, clock: HandClock, folder: Any) -> None:
        self.app, self.clock, self.folder = app, clock, folder

    async def answer(self, *, come_from: str = "", wants: str = "text/html", **given: str) -> Any:
        return await self.app.test_client().post(
            PATH,
            form={"face": "better"} | given,
            headers={"Origin": ORIGIN, "Accept": wants},
            scope_base={"client": (come_from, 4711)} if come_from else None,
        )

    async def held(self) -> list[Any]:
        box = self.app.extensions[EXTENSION].records.feedback
        return list(await box.released(self.clock.now() + timedelta(days=1)))


@pytest.fixture
async def room(tmp_path, example_home, monkeypatch):
    for file in example_home.glob("records.sqlite3*"):
        shutil.copy(file, tmp_path)
    clock = HandClock()
    monkeypatch.setattr(Settings, "make_clock", lambda _: clock)
    app = create_app(example_settings(tmp_path))
    async with app.test_app():
        yield Room(app, clock, tmp_path)


def same_thanks(answer: Any) -> bool:
    return (answer.status_code, answer.headers["Location"], "Set-Cookie" in answer.headers) == (
        303,
        THANKS,
        False,
    )


@pytest.mark.parametrize("given", [{"face": ""}, {"face": "great"}, {"face": "", "line": LINE}])
async def test_without_a_face_nothing_is_kept_and_the_answer_is_the_same(room, given):
    assert same_thanks(await room.answer(**given))
    assert await room.held() == []


async def test_when_there_is_no_room_the_answer_is_the_same(room, monkeypatch):
    monkeypatch.setattr(feedback, "MOST_FEEDBACK", 0)

    assert same_thanks(await room.answer())
    assert await room.held() == []


async def test_after_many_answers_from_one_place_no_more_are_kept_and_nobody_is_told(room):
    for _ in range(MOST_FROM_ONE + 2):
        assert same_thanks(await room.answer(come_from=SOMEBODY))
    assert len(await room.held()) == MOST_FROM_ONE

    await room.answer(come_from=SOMEBODY_ELSE)
    assert len(await room.held()) == MOST_FROM_ONE + 1
    room.clock.pass_time(3600)
    await room.answer(come_from=SOMEBODY)
    assert len(await room.held()) == MOST_FROM_ONE + 2


async def test_more_than_the_form_can_hold_is_refused(room):
    assert (await room.answer(line="å" * 40_000)).status_code == 413
    assert await room.held() == []


async def test_without_an_inbox_key_no_line_is_asked_for_or_kept(room):
    parts = room.app.extensions[EXTENSION]
    room.app.extensions[EXTENSION] = replace(parts, feedback=replace(parts.feedback, public_key=None))

    page = await (await room.app.test_client().get(PATH)).get_data(as_text=True)
    await room.answer(line=LINE)

    assert 'name="line"' not in page
    assert 'name="face"' in page
    assert [kept.sealed for kept in await room.held()] == [b""]


async def test_an_answer_is_kept_for_the_day_after_with_its_line_sealed(room):
    assert same_thanks(await room.answer(face="worse", line=LINE))

    (kept,) = await room.held()
    key = InboxKey.load(room.folder / "example-inbox-key.pem", None)
    assert (kept.face, key.open_line(kept.sealed)) == (Face.WORSE, LINE)
    assert kept.released_on == room.clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert await room.app.extensions[EXTENSION].records.feedback.released(room.clock.now()) == []


async def test_a_script_hears_the_same_thanks_whatever_came(room):
    answers = [await room.answer(wants="application/json", face=face) for face in ("better", "", "x")]

    assert [(answer.status_code, await answer.get_json()) for answer in answers] == [
        (200, {"thanks": True})
    ] * 3
    assert len(await room.held()) == 1


async def test_the_pages_set_no_cookie_and_the_form_has_no_field_that_could_name_a_conversation(room):
    form, thanks = [await room.app.test_client().get(path) for path in (PATH, THANKS)]
    page = await form.get_data(as_text=True)

    assert (form.status_code, thanks.status_code) == (200, 200)
    assert "Set-Cookie" not in form.headers
    assert "Set-Cookie" not in thanks.headers
    assert set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', page)) == {"face", "line"}
    assert f'maxlength="{LONGEST_LINE}"' in page


async def test_no_log_and_no_file_tells_what_was_written_or_where_it_came_from(room, caplog):
    with caplog.at_level(logging.DEBUG):
        await room.answer(come_from=SOMEBODY, line=LINE)

    assert len(await room.held()) == 1
    assert found_in_files([room.folder], ["Hemligt9c1e", SOMEBODY]) == set()
    assert [secret for secret in ("Hemligt9c1e", SOMEBODY) if secret in caplog.text] == []


async def test_the_service_erases_old_feedback_when_it_starts(room):
    await room.answer()
    room.clock.pass_time(92 * 86_400)
    restarted = create_app(room.app.extensions[EXTENSION].settings)

    async with restarted.test_app():
        while await room.held():
            await room.app.test_client().get("/halsa")

    assert await room.held() == []
