"""Closing accounts and opening them again, and where everybody stands, over a real database."""

from pathlib import Path

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.invitation import INVITATION_LASTS
from chatservice.errors import InvitationOverError, PeopleRuleError, SignInRefusedError
from chatservice.usecases import accounts, factor_losses, inviting, people
from chatservice.usecases.people import Standing
from tests.staff_builders import staff_room


@pytest.fixture
async def room(tmp_path: Path):
    async with staff_room(tmp_path) as room:
        yield room


async def coordinator(room, username="sam"):
    return (await room.add(username, Role.COORDINATOR)).account.id


async def invited(room, username="ny", role=Role.MENTOR):
    return await inviting.invite(room.desk, None, username=username, alias=None, role=role)


async def newest_acts(room, limit):
    newest = await room.desk.records.audit_log.newest(limit=limit)
    return [(entry.act, entry.account_id, entry.about) for entry in newest]


async def known(desk, account_id: int) -> people.Person:
    """Return somebody who is there."""
    person = await people.find(desk, account_id)
    assert person is not None
    return person


async def test_nobody_closes_her_own_account(room):
    sam = await coordinator(room)
    await coordinator(room, "sara")

    with pytest.raises(PeopleRuleError) as refused:
        await people.deactivate(room.desk, sam, sam)

    assert refused.value.reason == people.OWN_ACCOUNT
    assert (await known(room.desk, sam)).standing is Standing.ACTIVE


async def test_the_last_coordinator_stays_whoever_closes_her_account(room):
    sam, sara = await coordinator(room), await coordinator(room, "sara")
    await people.deactivate(room.desk, sam, sara)
    await invited(room, "ny", Role.COORDINATOR)

    with pytest.raises(PeopleRuleError) as refused:
        await people.deactivate(room.desk, sara, sam)

    assert refused.value.reason == people.LAST_COORDINATOR


async def test_the_command_line_closes_any_account(room):
    sam = await coordinator(room)

    await people.deactivate(room.desk, None, sam)

    assert (await known(room.desk, sam)).standing is Standing.CLOSED


async def test_a_closed_account_loses_its_sessions_its_invitation_and_what_it_said(room):
    sam, sara, mentor = await coordinator(room), await coordinator(room, "sara"), await room.add()
    tokens = [(await room.sign_in(mentor)).token]
    new = await invited(room)
    await factor_losses.report(room.desk, sara, mentor.account.id)
    assert await people.sign_ins(room.desk, mentor.account.id) == 1

    for account_id in (mentor.account.id, new.account.id, sara):
        await people.deactivate(room.desk, sam, account_id)

    assert await room.desk.records.factor_losses.everything() == []
    assert (await newest_acts(room, 1))[0] == (Act.DEACTIVATED, sam, sara)
    for account_id in (mentor.account.id, new.account.id):
        await people.reopen(room.desk, sam, account_id)
    assert await accounts.identify(room.desk, tokens[0]) is None, "what was ended stays ended"
    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(room.desk, new.token)


async def test_a_reopened_account_signs_in_as_before(room):
    sam, mentor = await coordinator(room), await room.add()
    await people.deactivate(room.desk, sam, mentor.account.id)
    with pytest.raises(SignInRefusedError):
        await room.sign_in(mentor)

    await people.reopen(room.desk, sam, mentor.account.id)

    assert (await room.sign_in(mentor)).identity.account_id == mentor.account.id
    assert (Act.REACTIVATED, sam, mentor.account.id) in await newest_acts(room, 5)


async def test_ending_sign_ins_ends_them_all_and_leaves_the_account(room):
    sam, mentor = await coordinator(room), await room.add()
    await room.sign_in(mentor)
    room.clock.pass_time(60)
    await room.sign_in(mentor)
    assert await people.sign_ins(room.desk, mentor.account.id) == 2

    await people.end_sign_ins(room.desk, sam, mentor.account.id)

    assert await people.sign_ins(room.desk, mentor.account.id) == 0
    assert (await known(room.desk, mentor.account.id)).standing is Standing.ACTIVE
    assert (await newest_acts(room, 1))[0] == (Act.SESSION_ENDED, sam, mentor.account.id)


async def test_a_sign_in_that_was_idle_for_too_long_is_not_counted(room):
    mentor = await room.add()
    await room.sign_in(mentor)

    room.clock.pass_time(room.desk.session_idle.total_seconds())

    assert await people.sign_ins(room.desk, mentor.account.id) == 0


async def test_everybody_stands_somewhere_and_closed_accounts_stand_last(room):
    sam, mentor = await coordinator(room), await room.add("mira")
    closed = await room.add("avstangd")
    await people.deactivate(room.desk, sam, closed.account.id)
    new = await invited(room)

    assert [(person.account.username, person.standing) for person in await people.everybody(room.desk)] == [
        ("mira", Standing.ACTIVE),
        ("ny", Standing.INVITED),
        ("sam", Standing.ACTIVE),
        ("avstangd", Standing.CLOSED),
    ]
    assert (await known(room.desk, new.account.id)).invitation == new.invitation
    assert await people.find(room.desk, 77) is None

    room.clock.pass_time(INVITATION_LASTS.total_seconds())
    assert (await known(room.desk, new.account.id)).standing is Standing.UNINVITED
    assert (await known(room.desk, new.account.id)).invitation is None
    assert Standing.INVITED not in {person.standing for person in await people.everybody(room.desk)}
    assert mentor.account.id not in await room.desk.records.accounts.never_signed_in()
