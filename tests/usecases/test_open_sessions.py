"""Which sessions behind open sockets live, and who stays known by heart."""

from datetime import timedelta

import pytest

from chatservice.usecases import accounts, open_sessions
from tests.staff_builders import staff_room


@pytest.fixture
async def room(tmp_path):
    async with staff_room(tmp_path) as room:
        yield room


async def identified(room, username):
    """Return a session of somebody who has just come to a page."""
    signed_in = await room.sign_in(await room.add(username))
    await accounts.identify(room.desk, signed_in.token)
    return signed_in


async def test_a_session_that_was_ended_lives_no_longer_and_is_forgotten_at_once(room):
    ended, living = await identified(room, "ett"), await identified(room, "tva")
    await accounts.sign_out(room.desk, ended.identity.session_id)

    asked = [ended.identity.session_id, living.identity.session_id]
    assert await open_sessions.living(room.desk, asked) == {living.identity.session_id}

    assert accounts.recall(room.desk, ended.token) is None
    assert accounts.recall(room.desk, living.token) == living.identity


async def test_being_asked_about_keeps_a_session_alive_for_one_shift_and_no_longer(room):
    session_id = (await identified(room, "ett")).identity.session_id

    for _ in range(36000 // 600 - 1):
        room.clock.pass_time(600)
        assert await open_sessions.living(room.desk, [session_id]) == {session_id}

    room.clock.pass_time(600)
    assert not await open_sessions.living(room.desk, [session_id])


async def test_who_is_not_asked_about_stays_known_until_others_are_to_be_known_only(room):
    first, second = await identified(room, "ett"), await identified(room, "tva")

    await open_sessions.living(room.desk, [first.identity.session_id])
    assert accounts.recall(room.desk, second.token) == second.identity
    room.clock.at += timedelta(minutes=19)
    open_sessions.know_only(room.desk, [first.identity.session_id])

    assert accounts.recall(room.desk, second.token) is None
    room.clock.at += timedelta(minutes=19)
    assert accounts.recall(room.desk, first.token) == first.identity
