"""The look at the sessions behind open sockets, when the records cannot be asked."""

import asyncio
from dataclasses import replace

from chatservice.errors import RecordsAwayError
from chatservice.usecases import accounts
from chatservice.web import session_watch
from chatservice.web.session_watch import SessionWatch


class SometimesAway:
    """Sessions that cannot be asked for a while; `asked` is set when they were."""

    def __init__(self, sessions) -> None:
        self._sessions = sessions
        self.is_away = True
        self.asked = asyncio.Event()

    async def held(self, session_ids):
        self.asked.set()
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


async def test_records_that_are_away_end_no_socket_and_a_revoked_session_ends_hers_when_they_are_back(
    web, monkeypatch
):
    monkeypatch.setattr(session_watch, "LOOK_EVERY_S", 0.001)
    desk = web.staff.desk
    person = await web.staff.add()
    session_id = (await web.staff.sign_in(person)).identity.session_id
    sessions = SometimesAway(desk.records.sessions)
    watch = SessionWatch(replace(desk, records=SomeRecords(desk.records, sessions)))

    with watch.watching(session_id) as ending:
        looking = asyncio.create_task(watch.keep_looking())
        for _ in range(2):
            await asyncio.wait_for(sessions.asked.wait(), 5)
            sessions.asked.clear()
        assert not ending.is_set()
        await accounts.revoke_all(desk, person.account.id)
        sessions.is_away = False
        await asyncio.wait_for(ending.wait(), 5)

    looking.cancel()
