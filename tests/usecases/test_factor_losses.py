"""A lost second factor takes two coordinators: through the use cases and over a real database."""

from datetime import timedelta
from pathlib import Path

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.invitation import LOSS_LASTS, RESTORE_LASTS, InvitationKind
from chatservice.errors import InvitationOverError, PeopleRuleError
from chatservice.usecases import accounts, factor_losses, inviting, people
from tests.staff_builders import staff_room


class Office:
    """A room with a mentor who has lost her telephone, and two coordinators."""

    def __init__(self, room, mentor, sam, sara):
        self.room, self.desk, self.mentor = room, room.desk, mentor
        self.lost, self.sam, self.sara = mentor.account.id, sam, sara

    async def report(self, by=None, about=None):
        await factor_losses.report(self.desk, by or self.sam, about or self.lost)

    async def agree(self, by=None, about=None):
        return await factor_losses.agree(self.desk, by or self.sara, about or self.lost)

    async def acts(self):
        newest = await self.desk.records.audit_log.newest(limit=9)
        return [(entry.act, entry.account_id) for entry in newest if entry.about == self.lost]


@pytest.fixture
async def office(tmp_path: Path):
    async with staff_room(tmp_path) as room:
        mentor = await room.add("mira")
        sam, sara = [(await room.add(name, Role.COORDINATOR)).account.id for name in ("sam", "sara")]
        yield Office(room, mentor, sam, sara)


async def refused(doing):
    with pytest.raises(PeopleRuleError) as refusal:
        await doing
    return refusal.value.reason


async def test_nobody_agrees_to_her_own_report(office):
    await office.report()

    assert await refused(office.agree(office.sam)) == factor_losses.OWN_REPORT
    assert await office.desk.records.invitations.everything() == []


async def test_nobody_reports_or_agrees_to_her_own_loss(office):
    assert await refused(office.report(office.sam, office.sam)) == factor_losses.OWN_LOSS
    await office.report(office.sara, office.sam)

    assert await refused(office.agree(office.sam, office.sam)) == factor_losses.OWN_LOSS


async def test_only_a_coordinator_who_works_here_is_believed(office):
    editor = (await office.room.add("red", Role.EDITOR)).account.id
    await office.desk.records.accounts.set_active(office.sara, active=False, at=office.room.clock.now())

    for by in (editor, office.sara, 77):
        assert await refused(office.report(by)) == people.NOT_A_COORDINATOR
    await office.report()
    for by in (editor, office.sara, 77):
        assert await refused(office.agree(by)) == people.NOT_A_COORDINATOR


async def test_who_was_never_there_or_is_there_no_longer_has_lost_nothing(office):
    new = await inviting.invite(office.desk, None, username="ny", alias=None, role=Role.MENTOR)
    await office.report()
    await people.deactivate(office.desk, office.sam, office.lost)

    for about in (new.account.id, office.lost, 77):
        assert await refused(office.report(about=about)) == factor_losses.NOT_ACTIVE
        assert await refused(office.agree(about=about)) == factor_losses.NOT_ACTIVE


async def test_a_report_is_made_once(office):
    await office.report()

    assert await refused(office.report(office.sara)) == factor_losses.REPORTED


async def test_without_a_report_nobody_agrees(office):
    assert await refused(office.agree()) == factor_losses.NOT_REPORTED


async def test_a_report_is_over_after_a_day_and_can_be_made_again(office):
    await office.report()
    office.room.clock.pass_time(LOSS_LASTS.total_seconds())

    assert await refused(office.agree()) == factor_losses.NOT_REPORTED
    await office.report(office.sara)
    await office.agree(office.sam)


async def test_the_word_of_a_coordinator_who_has_left_is_worth_nothing(office):
    await office.report()
    await office.desk.records.accounts.set_active(office.sam, active=False, at=office.room.clock.now())

    assert await refused(office.agree()) == factor_losses.NOT_REPORTED


async def test_a_report_that_was_replaced_meanwhile_is_not_agreed_to(office, monkeypatch):
    await office.report()

    async def gone(loss):
        return False

    monkeypatch.setattr(office.desk.records.factor_losses, "take", gone)

    assert await refused(office.agree()) == factor_losses.NOT_REPORTED


async def test_two_who_agree_end_her_sign_ins_and_make_an_address_for_a_day(office):
    token = (await office.room.sign_in(office.mentor)).token
    await office.report()
    assert await accounts.identify(office.desk, token) is not None, "one is not enough"

    invited = await office.agree()

    assert await accounts.identify(office.desk, token) is None
    invitation, account = await inviting.open_invitation(office.desk, invited.token)
    assert (invitation.kind, account.id) == (InvitationKind.RESTORE, office.lost)
    assert await office.desk.records.factor_losses.everything() == []
    assert (await office.acts())[:2] == [
        (Act.FACTOR_LOSS_AGREED, office.sara),
        (Act.FACTOR_LOSS_REPORTED, office.sam),
    ]
    office.room.clock.pass_time((RESTORE_LASTS - timedelta(seconds=1)).total_seconds())
    await inviting.open_invitation(office.desk, invited.token)
    office.room.clock.pass_time(1)
    with pytest.raises(InvitationOverError):
        await inviting.open_invitation(office.desk, invited.token)


async def test_a_report_can_be_taken_back_once(office):
    await office.report()

    for _ in range(2):
        await factor_losses.withdraw(office.desk, office.sara, office.lost)

    assert await refused(office.agree()) == factor_losses.NOT_REPORTED
    assert [act for act, _ in await office.acts()].count(Act.FACTOR_LOSS_WITHDRAWN) == 1


async def test_two_coordinators_besides_the_person_are_needed(office):
    assert await factor_losses.enough_coordinators(office.desk, office.lost)
    assert not await factor_losses.enough_coordinators(office.desk, office.sam)

    await inviting.invite(office.desk, None, username="ny", alias=None, role=Role.COORDINATOR)
    assert not await factor_losses.enough_coordinators(office.desk, office.sam), (
        "who is invited cannot agree yet"
    )
