"""Inviting people, through the use cases and over a real database."""

import statistics
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from chatservice.credentials import Argon2Passwords
from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.invitation import INVITATION_LASTS, InvitationKind
from chatservice.errors import (
    InvitationOverError,
    MalformedError,
    PeopleRuleError,
    SignInRefusedError,
    UsernameTakenError,
)
from chatservice.usecases import accounts, inviting
from tests.staff_builders import PASSWORD, staff_room


@pytest.fixture
async def room(tmp_path: Path):
    async with staff_room(tmp_path) as room:
        yield room


async def invite(room, username="mira", by=None, role=Role.MENTOR, alias=None):
    return await inviting.invite(room.desk, by, username=username, alias=alias, role=role)


async def acts(room):
    return [entry.act for entry in await room.desk.records.audit_log.newest(limit=9)]


@pytest.mark.parametrize("alias", ["", " ", "a" * 41, "rad\nbrytning" + "\x00"])
async def test_a_name_that_visitors_cannot_read_is_refused(room, alias):
    with pytest.raises(MalformedError, match="alias"):
        await invite(room, alias=alias)


@pytest.mark.parametrize("username", ["", "två ord", "-mira", "a" * 33])
async def test_a_username_of_odd_characters_is_refused(room, username):
    with pytest.raises(MalformedError, match="username"):
        await invite(room, username)


async def test_a_username_that_somebody_has_is_refused(room):
    await invite(room)

    with pytest.raises(UsernameTakenError):
        await invite(room, "Mira ")


@pytest.mark.parametrize("password", ["", PASSWORD])
async def test_nobody_signs_in_to_an_account_that_was_never_accepted(room, password):
    invited = await invite(room)
    codes = [room.desk.codes.code_now(room.desk.codes.new_secret())[0], ""]

    for code in codes:
        with pytest.raises(SignInRefusedError):
            await accounts.sign_in(room.desk, username=invited.account.username, password=password, code=code)


async def test_without_a_secret_no_code_matches_not_even_the_one_that_is_compared_with(room):
    codes = room.desk.codes
    code = codes.code_now(codes._nobody)[0]

    assert codes.matching_step("", code) is None
    assert codes.matching_step(codes._nobody, code) is not None


async def test_an_invited_account_takes_as_long_to_refuse_as_an_unknown_one():
    passwords = Argon2Passwords(PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1))

    async def takes(password_hash):
        # The processor's time: what else the machine does meanwhile is nothing of ours.
        started = time.process_time()
        assert not await passwords.matches(password_hash, "fel lösenord")
        return time.process_time() - started

    took = [(await takes(None), await takes("")) for _ in range(5)]
    unknown, invited = (statistics.median(each) for each in zip(*took, strict=True))

    assert invited > unknown / 4, "an empty hash is not looked at, and the work is done all the same"


async def test_an_invitation_opens_as_often_as_it_is_looked_at_and_is_kept_as_a_hash(room):
    invited = await invite(room, alias="  Mira   N ")

    invitation, account = await inviting.open_invitation(room.desk, invited.token)
    assert (invitation, account) == (invited.invitation, invited.account)
    assert await inviting.open_invitation(room.desk, invited.token) == (invitation, account)

    assert invitation.kind is InvitationKind.WELCOME
    assert account.alias == "Mira N"
    assert len(invited.token) == 43
    assert invited.token not in repr(invited)
    assert invited.token not in repr(await room.desk.records.invitations.everything())
    assert await acts(room) == [Act.INVITED]


@pytest.mark.parametrize("token", ["", "x" * 43, "\ud800", "å" * 400])
async def test_an_address_that_was_never_made_opens_nothing(room, token):
    await invite(room)

    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(room.desk, token)


async def test_an_invitation_ends_after_a_week(room):
    invited = await invite(room)

    room.clock.pass_time((INVITATION_LASTS - timedelta(seconds=1)).total_seconds())
    await inviting.open_invitation(room.desk, invited.token)
    room.clock.pass_time(1)
    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(room.desk, invited.token)


async def test_a_new_invitation_makes_the_old_address_worthless(room):
    old = await invite(room)

    new = await inviting.invite_again(room.desk, None, old.account.id)

    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(room.desk, old.token)
    assert (await inviting.open_invitation(room.desk, new.token))[1] == old.account


async def test_a_withdrawn_invitation_opens_nothing_and_withdrawing_twice_is_one_act(room):
    coordinator = await room.add("sam", Role.COORDINATOR)
    invited = await invite(room, by=coordinator.account.id)

    for _ in range(2):
        await inviting.withdraw(room.desk, coordinator.account.id, invited.account.id)

    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(room.desk, invited.token)
    assert await acts(room) == [Act.INVITATION_WITHDRAWN, Act.INVITED]


async def test_a_closed_accounts_invitation_opens_nothing(room):
    invited = await invite(room)
    await room.desk.records.accounts.set_active(invited.account.id, active=False, at=room.clock.now())

    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(room.desk, invited.token)


async def test_only_who_has_not_accepted_is_invited_again(room):
    person, invited = await room.add("sam"), await invite(room)
    await room.desk.records.accounts.set_active(invited.account.id, active=False, at=room.clock.now())

    for account_id, reason in (
        (person.account.id, inviting.ACCEPTED),
        (invited.account.id, inviting.INACTIVE),
        (77, inviting.UNKNOWN),
    ):
        with pytest.raises(PeopleRuleError) as refused:
            await inviting.invite_again(room.desk, None, account_id)
        assert refused.value.reason == reason


async def test_an_invitation_of_an_account_that_is_gone_opens_nothing(room):
    invited = await invite(room)

    class NoAccounts:
        async def find(self, account_id):
            return None

    class WithoutAccounts:
        accounts = NoAccounts()
        invitations = room.desk.records.invitations

    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(replace(room.desk, records=WithoutAccounts()), invited.token)
