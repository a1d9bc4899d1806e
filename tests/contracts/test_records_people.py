"""What every adapter of the records keeps to about invitations and lost factors, over real databases."""

import asyncio
from datetime import timedelta

from chatservice.domain.certification import Role
from chatservice.domain.invitation import (
    INVITATION_LASTS,
    LOSS_LASTS,
    FactorLoss,
    Invitation,
    InvitationKind,
)
from tests.live_builders import EVENING

LATER = EVENING + INVITATION_LASTS


async def added(records, username="exempel", role=Role.MENTOR, *, accepted=True):
    return await records.accounts.add(
        username=username,
        role=role,
        alias="Mentor",
        password_hash="h" if accepted else "",
        code_secret="s",
        at=EVENING,
    )


def invitation(account, invitation_id="i", kind=InvitationKind.WELCOME, *, until=LATER):
    return Invitation(invitation_id, account.id, kind, EVENING, until)


async def test_nobody_is_invited_at_first(records):
    account = await added(records)

    assert await records.invitations.find("i") is None
    assert await records.invitations.of_account(account.id) is None
    assert await records.invitations.everything() == []
    assert await records.invitations.take("i", EVENING) is None
    assert not await records.invitations.remove_of(account.id)


async def test_an_invitation_is_found_by_its_hash_and_by_its_account(records):
    account = await added(records)
    kept = invitation(account, kind=InvitationKind.RESTORE)

    await records.invitations.put(kept)

    assert await records.invitations.find("i") == kept
    assert await records.invitations.of_account(account.id) == kept
    assert await records.invitations.everything() == [kept]


async def test_a_new_invitation_takes_the_place_of_the_accounts_earlier_one(records):
    account, other = await added(records), await added(records, "annan")
    for kept in (invitation(account), invitation(other, "o"), invitation(account, "new")):
        await records.invitations.put(kept)

    assert await records.invitations.find("i") is None
    assert [kept.id for kept in await records.invitations.everything()] == ["new", "o"]


async def test_of_two_who_use_an_invitation_at_once_one_gets_in(records):
    account = await added(records)
    await records.invitations.put(invitation(account))

    taken = await asyncio.gather(*(records.invitations.take("i", EVENING) for _ in range(4)))

    assert [each for each in taken if each is not None] == [invitation(account)]
    assert await records.invitations.find("i") is None


async def test_an_invitation_that_is_over_is_not_taken(records):
    account = await added(records)
    await records.invitations.put(invitation(account))

    assert await records.invitations.take("i", LATER) is None
    assert await records.invitations.take("i", LATER - timedelta(seconds=1)) is not None


async def test_only_invitations_that_hold_no_longer_are_erased(records):
    account, other = await added(records), await added(records, "annan")
    await records.invitations.put(invitation(account))
    await records.invitations.put(invitation(other, "o", until=LATER + timedelta(seconds=1)))

    assert await records.invitations.remove_expired(LATER) == 1
    assert [kept.id for kept in await records.invitations.everything()] == ["o"]
    assert await records.invitations.remove_of(other.id)
    assert await records.invitations.everything() == []


async def test_a_lost_factor_is_reported_once_and_taken_once(records):
    mentor, first, second = [await added(records, name) for name in ("m", "a", "b")]
    loss = FactorLoss(mentor.id, first.id, EVENING)

    assert await records.factor_losses.find(mentor.id) is None
    assert await records.factor_losses.add(loss)
    assert not await records.factor_losses.add(FactorLoss(mentor.id, second.id, EVENING))
    assert await records.factor_losses.find(mentor.id) == loss
    assert await records.factor_losses.everything() == [loss]
    assert not await records.factor_losses.take(FactorLoss(mentor.id, second.id, EVENING)), "another's word"
    assert sorted(await asyncio.gather(*(records.factor_losses.take(loss) for _ in range(3)))) == [
        False,
        False,
        True,
    ]


async def test_what_is_said_about_an_account_goes_with_what_it_said(records):
    mentor, first, second = [await added(records, name) for name in ("m", "a", "b")]
    await records.factor_losses.add(FactorLoss(first.id, mentor.id, EVENING))
    await records.factor_losses.add(FactorLoss(mentor.id, first.id, EVENING))
    await records.factor_losses.add(FactorLoss(second.id, mentor.id, EVENING))

    await records.factor_losses.remove_of(first.id)

    assert [loss.account_id for loss in await records.factor_losses.everything()] == [second.id]


async def test_only_losses_of_earlier_instants_are_erased(records):
    mentor, first = await added(records, "m"), await added(records, "a")
    await records.factor_losses.add(FactorLoss(mentor.id, first.id, EVENING))
    await records.factor_losses.add(FactorLoss(first.id, mentor.id, EVENING + timedelta(seconds=1)))

    assert await records.factor_losses.remove_asked_before(EVENING + timedelta(seconds=1)) == 1
    assert [loss.account_id for loss in await records.factor_losses.everything()] == [first.id]
    assert not FactorLoss(mentor.id, first.id, EVENING).holds(EVENING + LOSS_LASTS)


async def test_who_has_neither_password_nor_passkey_has_never_signed_in(records):
    await added(records)
    waiting = await added(records, "ny", accepted=False)

    assert await records.accounts.never_signed_in() == {waiting.id}


async def test_the_last_coordinator_who_can_sign_in_stays(records):
    first, second = [await added(records, name, Role.COORDINATOR) for name in ("a", "b")]
    mentor = await added(records, "m")
    await added(records, "invited", Role.COORDINATOR, accepted=False)

    closed = await asyncio.gather(
        *(records.accounts.close_but_last(account.id, at=EVENING) for account in (first, second, mentor))
    )

    assert sorted(closed[:2]) == [False, True]
    assert closed[2]
    assert sum(account.active for account in await records.accounts.everybody()) == 2
