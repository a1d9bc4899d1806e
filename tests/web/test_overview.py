"""The coordinators' overview: counts and nothing else, what there is to do, and the intake in one press."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatservice.domain import sealing
from chatservice.domain.certification import Role
from chatservice.domain.duty import DutyState
from chatservice.live.memory import MemoryLiveStore
from chatservice.ports import now_ms
from chatservice.usecases.hours import HoursDesk
from chatservice.web import coordinator
from chatservice.web.parts import EXTENSION
from tests.live_builders import KEY_ID, HandClock, waiting_conversation
from tests.staff_builders import browser_key

OURS = {"Origin": "http://localhost:8000"}
SUNDAY_EVENING = datetime(2026, 11, 22, 19, tzinfo=UTC)


@pytest.fixture
def clock():
    """Give the clock that the chat follows; sessions have one of their own."""
    return HandClock(SUNDAY_EVENING)


@pytest.fixture
async def live(web, clock):
    """Give a chat of one evening."""
    the = web.app.extensions[EXTENSION]
    live, hours = MemoryLiveStore(clock), HoursDesk(the.schedule, the.records, clock)
    web.app.extensions[EXTENSION] = replace(the, clock=clock, hours=hours, live=live)
    return live


@pytest.fixture
async def office(web, live):
    """Give a coordinator's browser."""
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add("sam", Role.COORDINATOR))
    return browser


async def overview(office, language="sv"):
    return await (await office.get(f"/samordnare/?language={language}")).get_data(as_text=True)


def counts_on(page):
    """Read the counts from the page, as text."""
    found = re.findall(r'data-count="(\w+)">(.*?)</(?:dd|span)>', page)
    return dict(found)


async def busy_evening(live, clock):
    """Let one talk and two wait, the longest for four minutes and a half; one mentor talks, one pauses."""
    for number, state in enumerate((DutyState.ON, DutyState.PAUSED), 1):
        await live.mentor_arrives(number, f"connection {number}")
        await live.set_duty(number, state)
    await live.open(waiting_conversation("a", since_ms=now_ms(clock)), queue_cap=9)
    await live.take_oldest(account_id=1, key_id=KEY_ID)
    await live.open(waiting_conversation("b", since_ms=now_ms(clock)), queue_cap=9)
    clock.pass_time(240)
    await live.open(waiting_conversation("c", since_ms=now_ms(clock)), queue_cap=9)
    clock.pass_time(30.5)


async def test_an_empty_evening_is_said_in_words(office):
    page = await overview(office)

    assert counts_on(page) == {
        "waiting": "0",
        "longest_wait": "ingen",
        "talking": "0",
        "on_duty": "0",
        "paused": "",
    }
    assert "Chatten är stängd. Ingen mentor är i tjänst just nu." in page


async def test_the_counts_are_right_without_any_script(office, live, clock):
    await busy_evening(live, clock)

    page, english = await overview(office), await overview(office, "en")

    assert counts_on(page) == {
        "waiting": "2",
        "longest_wait": "4 min",
        "talking": "1",
        "on_duty": "1",
        "paused": "och 1 har paus",
    }
    assert "Chatten är öppen till kl. 22.00." in page
    assert "The chat is open until 22.00." in english
    assert counts_on(english)["paused"] == "and 1 paused"


async def frame(socket, kind):
    while True:
        told = json.loads(await asyncio.wait_for(socket.receive(), 30))
        if told["type"] == kind:
            return told


async def test_the_socket_tells_each_change_and_the_growing_wait(office, live, clock, monkeypatch):
    monkeypatch.setattr(coordinator, "_TELL_WAITS_EVERY_S", 0.02)
    await busy_evening(live, clock)
    async with office.websocket("/chatt/ws/samordnare", headers=OURS) as socket:
        await frame(socket, "welcome")
        key = sealing.to_base64url(browser_key())
        await socket.send(json.dumps({"type": "join", "version": "stodchatt/1", "key": key, "pages": []}))

        counts = {"waiting": 2, "longest_wait_s": 270, "talking": 1, "on_duty": 1, "paused": 1}
        assert await frame(socket, "counts") == {"type": "counts"} | counts
        await live.set_duty(2, DutyState.ON)
        assert await frame(socket, "counts") == {"type": "counts"} | counts | {"on_duty": 2, "paused": 0}
        clock.pass_time(60)
        assert (await frame(socket, "counts"))["longest_wait_s"] == 330


async def test_the_intake_is_paused_and_taken_up_again_in_one_press(web, office, live, clock):
    await busy_evening(live, clock)
    assert "Ingen ny släpps in före kl. 22.00." in await overview(office)

    paused = await office.post("/samordnare/pausa", headers=OURS)

    page = await overview(office)
    assert paused.headers["Location"] == "/samordnare/?klart=pausat"
    assert "Chatten är stängd. Vi tar inte emot fler just nu. Öppnar i morgon kl. 19.00." in page
    assert "Ta emot igen" in page
    assert "Pausa intag" not in page
    assert counts_on(page)["waiting"] == "2", "those who wait stay"
    await office.post("/samordnare/ta-emot", headers=OURS)
    assert "Chatten är öppen till kl. 22.00." in await overview(office)


async def test_outside_the_hours_there_is_no_intake_to_pause(office, clock):
    clock.at = datetime(2026, 11, 24, 11, tzinfo=UTC)

    assert "Pausa intag" not in await overview(office)


async def test_without_a_closing_near_the_page_says_for_how_long(web, office, clock):
    hours = web.app.extensions[EXTENSION].hours
    clock.at = datetime(2026, 11, 24, 11, tzinfo=UTC)
    await hours.set_state(1, "open", datetime(2026, 11, 26, 11, tzinfo=UTC))

    assert "Ingen ny släpps in på två timmar." in await overview(office)


async def test_what_waits_is_counted_and_led_to(web, office):
    mentor = await web.staff.add("mira")
    records = web.app.extensions[EXTENSION].records
    await records.talk_requests.keep(mentor.account.id, SUNDAY_EVENING)

    page = await overview(office)

    task = r'href="/samordnare/inkorg/"><span>Mentorer som behöver prata</span> <span[^>]*>1</span>'
    assert re.search(task, page)
    assert "mira" not in page.split('id="att-gora"')[1].split("</section>")[0]
