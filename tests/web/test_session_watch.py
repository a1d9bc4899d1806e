"""The look at the sessions behind open sockets: how they are asked about, and when the records cannot be asked."""

import asyncio
from dataclasses import replace

import pytest

from chatservice.errors import RecordsAwayError
from chatservice.usecases import accounts
from chatservice.web import session_watch
from chatservice.web.session_watch import SessionWatch

WITHIN_S = 30


class SometimesAway:
    """Sessions that cannot be asked for a while; `asked` is set when they were."""

    def __init__(self, sessions, *, is_away=True) -> None:
        self._sessions = sessions
        self.is_away = is_away
        self.asked = asyncio.Event()
        self.questions: list[frozenset[str]] = []

    async def held(self, session_ids):
        self.asked.set()
        if session_ids:
            self.questions.append(frozenset(session_ids))
        if self.is_away:
            raise RecordsAwayError
        return await self._sessions.held(session_ids)


class SomeRecords:
    """Records with other sessions."""

    def __init__(self, records, sessions) -> None:
        self._records = records
        self.sessions = sessions

    def __getattr__(self, name: str):
        return getattr(self._records, name)


@pytest.fixture
def asked(web):
    """Return sessions that note what they are asked, and a desk that asks them."""
    sessions = SometimesAway(web.staff.desk.records.sessions, is_away=False)
    return sessions, replace(web.staff.desk, records=SomeRecords(web.staff.desk.records, sessions))


async def test_records_that_are_away_end_no_socket_and_a_revoked_session_ends_hers_when_they_are_back(
    web, monkeypatch
):
    monkeypatch.setattr(session_watch, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(session_watch, "PAUSE_S", 0.001)
    desk = web.staff.desk
    person = await web.staff.add()
    session_id = (await web.staff.sign_in(person)).identity.session_id
    sessions = SometimesAway(desk.records.sessions)
    watch = SessionWatch(replace(desk, records=SomeRecords(desk.records, sessions)))

    with watch.watching(session_id) as ending:
        looking = asyncio.create_task(watch.keep_looking())
        for _ in range(2):
            await asyncio.wait_for(sessions.asked.wait(), WITHIN_S)
            sessions.asked.clear()
        assert not ending.is_set()
        await accounts.revoke_all(desk, person.account.id)
        sessions.is_away = False
        await asyncio.wait_for(ending.wait(), WITHIN_S)

    looking.cancel()
    await asyncio.wait({looking})


async def test_records_that_are_away_make_nobody_known_for_longer(web, asked, monkeypatch):
    monkeypatch.setattr(session_watch, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(session_watch, "PAUSE_S", 0.001)
    sessions, desk = asked
    signed_in = await web.staff.sign_in(await web.staff.add())
    await accounts.identify(web.staff.desk, signed_in.token)
    watch = SessionWatch(desk)
    sessions.is_away = True

    with watch.watching(signed_in.identity.session_id):
        web.staff.clock.at += desk.session_idle / 2
        looking = asyncio.create_task(watch.keep_looking())
        for _ in range(3):
            await asyncio.wait_for(sessions.asked.wait(), WITHIN_S)
            sessions.asked.clear()
        looking.cancel()
    await asyncio.wait({looking})
    web.staff.clock.at += desk.session_idle / 2

    assert accounts.recall(desk, signed_in.token) is None


async def test_many_sessions_are_asked_about_a_few_at_a_time_and_each_once(asked):
    sessions, desk = asked
    watch = SessionWatch(desk)
    ended: list[str] = []
    watched = [f"session-{number}" for number in range(2 * session_watch.MOST_AT_ONCE + 1)]
    for session_id in watched:
        watch.call(session_id, lambda ended_id=session_id: ended.append(ended_id))

    await watch.look()

    assert max(map(len, sessions.questions)) == session_watch.MOST_AT_ONCE
    assert sorted(each for question in sessions.questions for each in question) == sorted(watched)
    assert sorted(ended) == sorted(watched)


async def test_a_session_whose_turn_has_not_come_is_not_asked_about(asked, monkeypatch):
    monkeypatch.setattr(session_watch, "PAUSE_S", 0.001)
    sessions, desk = asked
    watch = SessionWatch(desk)
    watch.call("early", lambda: None)
    await watch.look()
    monkeypatch.setattr(session_watch, "LOOK_EVERY_S", 3600.0)
    looking = asyncio.create_task(watch.keep_looking())
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert sessions.questions == [{"early"}]

    monkeypatch.setattr(session_watch, "LOOK_EVERY_S", 0.001)
    sessions.asked.clear()
    await asyncio.wait_for(sessions.asked.wait(), WITHIN_S)

    looking.cancel()
    await asyncio.wait({looking})
    assert set(sessions.questions) == {frozenset({"early"})}


async def test_only_who_has_a_socket_open_stays_known_when_the_sessions_are_looked_at(web):
    desk = web.staff.desk
    first, second = [await web.staff.sign_in(await web.staff.add(name)) for name in ("ett", "tva")]
    for signed_in in (first, second):
        await accounts.identify(desk, signed_in.token)
    watch = SessionWatch(desk)

    with watch.watching(first.identity.session_id):
        await watch.look()

    assert accounts.recall(desk, first.token) == first.identity
    assert accounts.recall(desk, second.token) is None
    await watch.look()
    assert accounts.recall(desk, first.token) is None


async def test_who_lost_the_only_open_socket_is_known_while_the_records_are_away(web, monkeypatch):
    monkeypatch.setattr(session_watch, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(session_watch, "PAUSE_S", 0.001)
    signed_in = await web.staff.sign_in(await web.staff.add())
    sessions = SometimesAway(web.staff.desk.records.sessions)
    desk = replace(web.staff.desk, records=SomeRecords(web.staff.desk.records, sessions))
    desk.by_heart.learn(signed_in.identity, desk.clock.now())
    looking = asyncio.create_task(SessionWatch(desk).keep_looking())
    async with asyncio.timeout(WITHIN_S):
        for _ in range(3):
            await sessions.asked.wait()
            sessions.asked.clear()
        while_away = accounts.recall(desk, signed_in.token)

        sessions.is_away = False
        for _ in range(3):
            await sessions.asked.wait()
            sessions.asked.clear()
    looking.cancel()
    await asyncio.wait({looking})

    assert while_away == signed_in.identity
    assert accounts.recall(desk, signed_in.token) is None
