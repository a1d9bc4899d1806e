"""What every adapter of the records keeps to when two processes of the service want the same at once.

Each has connections of its own to the same database, as two processes have. On SQLite they wait for one another; on
PostgreSQL their statements run side by side, and what is decided over several rows is decided behind a lock.
"""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chatservice.domain.certification import CertificateRequest, Role
from chatservice.domain.certification_items import Item, Kind
from chatservice.domain.invitation import FactorLoss, Invitation, InvitationKind
from chatservice.domain.opening_hours import DatedException
from chatservice.domain.shift import Stretch
from chatservice.domain.statistics import Counter
from chatservice.errors import UsernameTakenError
from chatservice.ports import Passkey, StaffSession
from chatservice.records.certificates import WAITING_KEYS_PER_ACCOUNT
from tests.live_builders import EVENING

DAY = date(2026, 11, 22)
HOUR = timedelta(hours=1)
TIMES = 12

pytestmark = pytest.mark.usefixtures("patient")


async def added(records, username="exempel", role=Role.MENTOR):
    return await records.accounts.add(
        username=username, role=role, alias="Mentor", password_hash="h", code_secret="s", at=EVENING
    )


@pytest.fixture
async def account(records):
    return await added(records)


@pytest.fixture
def both(records, others):
    """Give a function that asks both processes the same, many times at once."""

    async def ask(act, times=TIMES):
        return await asyncio.gather(*(act((records, others)[turn % 2], turn) for turn in range(times)))

    return ask


async def test_a_username_is_given_once(records, both):
    async def add(records, _turn):
        try:
            return await added(records)
        except UsernameTakenError:
            return None

    given = await both(add)

    assert [each for each in given if each] == list(await records.accounts.everybody())


async def test_of_two_coordinators_who_close_each_other_one_stays(records, both):
    for turn in range(4):
        first, second = [await added(records, f"{name}{turn}", Role.COORDINATOR) for name in "ab"]

        closed = await both(
            lambda records, turn, pair=(first, second): records.accounts.close_but_last(
                pair[turn % 2].id, at=EVENING
            ),
            times=2,
        )

        assert sorted(closed) == [False, True]
        for account in (first, second):
            await records.accounts.set_active(account.id, active=False, at=EVENING)


async def test_a_code_and_a_passkey_count_once(records, both, account):
    await records.passkeys.add(Passkey("key", account.id, b"public", 0, "Telefon", DAY))

    assert sum(await both(lambda records, _: records.accounts.use_code_step(account.id, 7))) == 1
    assert sum(await both(lambda records, _: records.passkeys.count_use("key", former=0, present=1))) == 1


async def test_the_same_passkey_is_added_once(both, account):
    passkey = Passkey("key", account.id, b"public", 0, "Telefon", DAY)

    assert sum(await both(lambda records, _: records.passkeys.add(passkey))) == 1


async def test_an_account_has_the_recovery_codes_of_one_making(records, both, account):
    await both(
        lambda records, turn: records.recovery_codes.replace(
            account.id, [f"{turn}-{number}" for number in range(8)]
        )
    )

    assert await records.recovery_codes.count(account.id) == 8


async def test_an_account_has_one_invitation_and_one_loss(records, both, account):
    invitation = Invitation("i", account.id, InvitationKind.WELCOME, EVENING, EVENING + HOUR)

    await both(lambda records, turn: records.invitations.put(replace(invitation, id=f"i{turn}")))
    lost = await both(
        lambda records, _: records.factor_losses.add(FactorLoss(account.id, account.id, EVENING))
    )

    assert len(await records.invitations.everything()) == 1
    assert sum(lost) == 1


async def test_what_stands_in_the_place_of_another_is_there_once(records, both, account):
    item = Item(account.id, Kind.EXTRACT, DAY, None, account.id)

    async def put(records, turn):
        await records.certification_items.keep(replace(item, number=turn))
        await records.schedule_exceptions.put(DatedException(DAY, (), f"{turn}"))
        await records.talk_requests.keep(account.id, EVENING + turn * HOUR)

    await both(put)

    assert len(await records.certification_items.of_accounts([account.id])) == 1
    assert len(await records.schedule_exceptions.since(DAY)) == 1
    assert len(await records.talk_requests.everything()) == 1


async def test_few_keys_of_an_account_wait(records, both, account):
    await both(
        lambda records, turn: records.certificates.request(
            CertificateRequest(f"k{turn}", account.id, b"key", EVENING + turn * HOUR)
        )
    )
    await both(
        lambda records, turn: records.certificates.request(
            CertificateRequest("same", account.id, b"key", EVENING + 24 * HOUR)
        )
    )

    waiting = [request.key_id for request in await records.certificates.requests()]
    assert len(waiting) == WAITING_KEYS_PER_ACCOUNT
    assert waiting.count("same") == 1


async def test_every_count_is_counted_and_nobody_waits_in_a_circle(records, both):
    counted = [Counter(DAY, hour, name) for hour in range(6) for name in ("opened", "queued")]

    await both(
        lambda records, turn: records.counters.add(
            dict.fromkeys(counted if turn % 2 else reversed(counted), 1)
        )
    )

    assert await records.counters.between(DAY, DAY) == dict.fromkeys(counted, TIMES)


async def test_sessions_that_two_processes_share_are_touched_without_waiting_in_a_circle(
    records, both, account
):
    names = [f"s{number}" for number in range(20)]
    for name in names:
        await records.sessions.add(StaffSession(name, account.id, EVENING, EVENING, EVENING))

    await both(
        lambda records, turn: records.sessions.touch(names if turn % 2 else names[::-1], EVENING + HOUR)
    )

    assert {session.seen_at for session in await records.sessions.held(names)} == {EVENING + HOUR}


async def test_nobody_gets_two_shifts_at_once_and_an_offered_one_goes_to_one(records, both, account):
    taker = await added(records, "annan")
    given = await both(
        lambda records, turn: records.shifts.add(account.id, Stretch(EVENING, EVENING + (1 + turn) * HOUR))
    )
    [shift] = [each for each in given if each]
    await records.shifts.offer(shift.id, account.id, up_for_swap=True)

    assert sum(await both(lambda records, _: records.shifts.hand_over(shift, taker.id))) == 1
