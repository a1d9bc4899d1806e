"""Duty over the mentor's socket: refused with everything named, and ended when clearance ends."""

import asyncio
import json
from datetime import timedelta

import pytest

from chatservice import keepers
from chatservice.domain import sealing
from chatservice.domain.conversation import Conversation
from chatservice.domain.duty import DutyState
from chatservice.usecases import clearing
from chatservice.usecases.quarantine import set_quarantine, today_in
from chatservice.web.parts import EXTENSION
from tests.staff_builders import TERMS, browser_key

OURS = {"Origin": "http://localhost:8000"}
WITHIN_S = 30


class Desk:
    """A mentor's open dashboard, as its socket."""

    def __init__(self, web, account_id, socket):
        self.parts = web.app.extensions[EXTENSION]
        self.staff = web.staff
        self.account_id = account_id
        self.socket = socket

    async def says(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def hears(self, kind):
        async with asyncio.timeout(WITHIN_S):
            while (frame := json.loads(await self.socket.receive()))["type"] != kind:
                pass
        return frame

    async def rests(self):
        today = today_in(self.staff.clock, TERMS.zone)
        who = self.account_id
        await set_quarantine(self.staff.desk, TERMS.zone, by=who, about=who, first_day=today, last_day=today)

    async def state(self):
        return await self.parts.live.duty_of(self.account_id)


@pytest.fixture
async def open_desk(web):
    """Return a function that opens a mentor's dashboard with a certified key."""
    async with asyncio.timeout(3 * WITHIN_S):
        yield lambda **options: _open(web, **options)


async def _open(web, *, has_items=True):
    person = await web.staff.add("mira", has_items=has_items)
    browser, key = web.browser(), browser_key()
    await web.sign_in(browser, person)
    await browser.post("/mentor/certifikat", json={"key": sealing.to_base64url(key)}, headers=OURS)
    return person.account.id, browser, sealing.mentor_key_id(key)


async def joined(web, browser, account_id, key_id, socket):
    desk = Desk(web, account_id, socket)
    await desk.hears("welcome")
    await desk.says(type="join", version=sealing.SUITE, key=key_id, ticket=None, incarnation=None, after=0)
    return desk, await desk.hears("ready")


async def test_duty_is_refused_with_every_item_named(web, open_desk):
    account_id, browser, key_id = await open_desk(has_items=False)

    async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
        desk, ready = await joined(web, browser, account_id, key_id, socket)
        await desk.says(type="duty", state="on")
        refused = await desk.hears("error")
        await desk.says(type="take")
        also_refused = await desk.hears("error")

    named = [
        "training_missing",
        "extract_missing",
        "confidentiality_missing",
        "assignment_missing",
        "guidelines_missing",
        "mission_at_home_missing",
    ]
    assert ready["missing"] == named
    for answer in (refused, also_refused):
        assert (answer["code"], answer["detail"]["missing"]) == ("not_cleared", named)
    assert await desk.state() is DutyState.OFF


async def test_who_is_no_longer_cleared_is_taken_off_duty_and_told(web, open_desk):
    account_id, browser, key_id = await open_desk()

    async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
        desk, ready = await joined(web, browser, account_id, key_id, socket)
        assert ready["missing"] == []
        await desk.says(type="duty", state="on")
        assert (await desk.hears("duty"))["state"] == "on"
        await desk.rests()

        await clearing.recheck(desk.parts.staff, desk.parts.terms, desk.parts.live)

        told = await desk.hears("duty")
        assert (told["state"], told["missing"]) == ("off", ["quarantine"])
        await desk.says(type="duty", state="on")
        assert (await desk.hears("error"))["code"] == "not_cleared"

        web.staff.clock.pass_time(timedelta(days=1).total_seconds())
        await desk.says(type="duty", state="on")
        assert (await desk.hears("duty"))["state"] == "on"


async def test_taking_the_next_one_is_refused_too_and_ends_duty(web, open_desk):
    account_id, browser, key_id = await open_desk()

    async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
        desk, _ = await joined(web, browser, account_id, key_id, socket)
        await desk.says(type="duty", state="on")
        await desk.hears("duty")
        await desk.rests()

        await desk.says(type="take")

        heard = {}
        async with asyncio.timeout(WITHIN_S):
            while not {"error", "duty"} <= heard.keys():
                frame = json.loads(await socket.receive())
                heard[frame["type"]] = frame
        assert heard["error"]["code"] == "not_cleared"
        assert heard["duty"]["state"] == "off"


async def test_one_answer_is_told_once(web, open_desk):
    account_id, browser, key_id = await open_desk()

    async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
        desk, _ = await joined(web, browser, account_id, key_id, socket)
        for state in ("on", "paused", "on", "off"):
            await desk.says(type="duty", state=state)
            assert (await desk.hears("duty"))["state"] == state
        await desk.says(type="beat")

        async with asyncio.timeout(WITHIN_S):
            between = []
            while (frame := json.loads(await socket.receive()))["type"] != "beat":
                between.append(frame["type"])

    assert "duty" not in between


async def test_who_comes_back_to_her_seat_waits_for_no_record_and_is_looked_at_soon_after(
    web, open_desk, monkeypatch
):
    account_id, browser, key_id = await open_desk()
    async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
        desk, _ = await joined(web, browser, account_id, key_id, socket)
        await desk.says(type="duty", state="on")
        await desk.hears("duty")
        visitor = Conversation(sealing.to_base64url(bytes(32)), b"hash", 0, "share")
        await desk.parts.live.open(visitor, queue_cap=1)
        await desk.says(type="take")
        await desk.hears("taken")
    await desk.rests()
    looked: list[int] = []
    look = clearing.missing_for_duty

    async def noted(staff, terms, who, key):
        looked.append(who)
        return await look(staff, terms, who, key)

    monkeypatch.setattr(clearing, "missing_for_duty", noted)
    monkeypatch.setattr(keepers, "_AFTER_RETURNS_S", 0.0)

    async with browser.websocket("/chatt/ws/mentor", headers=OURS) as socket:
        desk, ready = await joined(web, browser, account_id, key_id, socket)
        looked_before = list(looked)
        assert (ready["state"], ready["missing"]) == ("on", [])
        assert ready["conversation"] == visitor.id
        told = await desk.hears("duty")

    assert looked_before == []
    assert (told["state"], told["missing"]) == ("off", ["quarantine"])
