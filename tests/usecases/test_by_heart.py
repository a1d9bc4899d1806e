"""Who may come back to her socket while the records are away, and who may not."""

from datetime import timedelta

import pytest

from chatservice.usecases import accounts, open_sessions
from tests.staff_builders import staff_room


@pytest.fixture
async def room(tmp_path):
    async with staff_room(tmp_path) as room:
        yield room


async def test_nobody_is_known_by_heart_who_was_not_seen(room):
    signed_in = await room.sign_in(await room.add())

    assert accounts.recall(room.desk, signed_in.token) is None
    assert accounts.recall(room.desk, "") is None


async def test_who_was_seen_is_known_for_as_long_as_a_session_may_be_idle(room):
    signed_in = await room.sign_in(await room.add())
    identity = await accounts.identify(room.desk, signed_in.token)

    room.clock.at += room.desk.session_idle - timedelta(seconds=1)
    assert accounts.recall(room.desk, signed_in.token) == identity
    room.clock.at += timedelta(seconds=1)
    assert accounts.recall(room.desk, signed_in.token) is None


async def test_a_session_that_ended_is_known_no_longer_once_somebody_looked(room):
    signed_in = await room.sign_in(await room.add())
    identity = await accounts.identify(room.desk, signed_in.token)
    assert identity is not None
    await accounts.revoke_all(room.desk, identity.account_id)

    assert await accounts.identify(room.desk, signed_in.token) is None

    assert accounts.recall(room.desk, signed_in.token) is None


async def test_only_who_has_a_socket_open_stays_known_when_the_sessions_are_looked_at(room):
    first, second = [await room.sign_in(await room.add(name)) for name in ("ett", "tva")]
    for signed_in in (first, second):
        await accounts.identify(room.desk, signed_in.token)

    room.clock.at += timedelta(minutes=19)
    open_ones = await open_sessions.living(room.desk, [first.identity.session_id])
    open_sessions.know_only(room.desk, open_ones)
    room.clock.at += timedelta(minutes=19)

    assert accounts.recall(room.desk, first.token) is not None
    assert accounts.recall(room.desk, second.token) is None
    open_sessions.know_only(room.desk, [])
    assert accounts.recall(room.desk, first.token) is None
