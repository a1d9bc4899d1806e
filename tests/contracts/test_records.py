"""What every adapter of the records keeps to, over real databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatservice.domain.certification import Certificate, CertificateRequest, Role
from chatservice.domain.letter import SealedLetter
from chatservice.domain.opening_hours import DatedException, Override, OverrideKind, Window
from chatservice.errors import UsernameTakenError
from chatservice.ports import StaffSession
from tests.live_builders import EVENING


async def added(records, username="exempel", role=Role.MENTOR):
    return await records.accounts.add(
        username=username, role=role, alias="Mentor", password_hash="h", code_secret="s", at=EVENING
    )


def session(account, session_id="a", *, seen=EVENING):
    return StaffSession(session_id, account.id, EVENING, seen, EVENING)


def certificate(account, key_id="k", *, days=1):
    return Certificate(
        key_id, account.id, b"key", b"body", b"signature", EVENING, EVENING + timedelta(days=days)
    )


def override(kind: OverrideKind = "open", *, begins_h=0.0, lasts_h=1.0, example=False):
    begins = EVENING + timedelta(hours=begins_h)
    return Override(kind, begins, begins + timedelta(hours=lasts_h), "note", example)


async def test_what_is_unknown_is_none(records):
    assert await records.accounts.find(1) is None
    assert await records.accounts.named("a") is None
    assert await records.accounts.credentials("a") is None
    assert await records.sessions.find("a") is None
    assert await records.certificates.find("a") is None
    assert await records.certificates.requested("a") is None


async def test_a_username_is_taken_once(records):
    await added(records)

    with pytest.raises(UsernameTakenError):
        await added(records)


async def test_accounts_are_found_by_number_and_name(records):
    second, first = await added(records, "b"), await added(records, "a", Role.COORDINATOR)

    assert await records.accounts.find(first.id) == first
    assert sorted(each.id for each in await records.accounts.of_ids([first.id, second.id, 99])) == sorted(
        [first.id, second.id]
    )
    assert await records.accounts.named("b") == second
    assert list(await records.accounts.everybody()) == [first, second]


async def test_a_code_step_can_be_used_once_and_never_an_older_one(records):
    account = await added(records)

    answers = [await records.accounts.use_code_step(account.id, step) for step in (5, 5, 4, 6)]

    assert answers == [True, False, False, True]
    credentials = await records.accounts.credentials("exempel")
    assert credentials.last_code_step == 6


async def test_new_credentials_forget_the_old_ones(records):
    account = await added(records)
    await records.accounts.use_code_step(account.id, 5)

    await records.accounts.renew(account.id, password_hash="h2", code_secret="s2")

    credentials = await records.accounts.credentials("exempel")
    assert (credentials.password_hash, credentials.code_secret) == ("h2", "s2")
    assert credentials.last_code_step < 5


async def test_an_account_is_active_until_it_is_not(records):
    account = await added(records)
    assert account.active

    await records.accounts.set_active(account.id, active=False, at=EVENING)

    assert await records.accounts.find(account.id) == replace(account, active=False)


async def test_sessions_are_touched_and_removed(records):
    account = await added(records)
    later = EVENING + timedelta(minutes=5)
    await records.sessions.add(session(account))

    await records.sessions.touch(["a"], later)
    assert await records.sessions.find("a") == (session(account, seen=later), account)

    await records.sessions.remove("a")
    await records.sessions.remove("a")
    assert await records.sessions.find("a") is None


async def test_held_sessions_are_those_asked_for_of_active_accounts(records):
    one, other = await added(records, "a"), await added(records, "b")
    for account, name in ((one, "1"), (one, "2"), (other, "3")):
        await records.sessions.add(session(account, name))
    await records.accounts.set_active(other.id, active=False, at=EVENING)

    held = await records.sessions.held(["1", "3", "unknown"])

    assert held == [session(one, "1")]
    assert await records.sessions.held([]) == []


async def test_all_sessions_of_one_account_are_removed(records):
    one, other = await added(records, "a"), await added(records, "b")
    for account, name in ((one, "1"), (one, "2"), (other, "3")):
        await records.sessions.add(session(account, name))

    await records.sessions.remove_all(one.id)

    assert [await records.sessions.find(name) is not None for name in "123"] == [False, False, True]


async def test_dead_sessions_are_forgotten(records):
    account = await added(records)
    await records.sessions.add(session(account, "idle"))
    await records.sessions.add(session(account, "used", seen=EVENING + timedelta(minutes=30)))

    await records.sessions.remove_dead(
        created_before=EVENING - timedelta(hours=1), seen_before=EVENING + timedelta(minutes=20)
    )
    assert [await records.sessions.find(name) is not None for name in ("idle", "used")] == [False, True]

    await records.sessions.remove_dead(
        created_before=EVENING + timedelta(seconds=1), seen_before=EVENING - timedelta(hours=1)
    )
    assert await records.sessions.find("used") is None


async def test_a_key_waits_once_and_is_signed(records):
    account = await added(records)
    request = CertificateRequest("k", account.id, b"key", EVENING)
    await records.certificates.request(request)
    await records.certificates.request(replace(request, requested_at=EVENING + timedelta(hours=1)))
    assert list(await records.certificates.requests()) == [request]
    assert await records.certificates.requested("k") == request

    await records.certificates.keep(certificate(account))

    assert list(await records.certificates.requests()) == []
    assert await records.certificates.find("k") == certificate(account)


async def test_a_waiting_key_is_withdrawn_once(records):
    account = await added(records)
    await records.certificates.request(CertificateRequest("k", account.id, b"key", EVENING))

    assert await records.certificates.withdraw("k")
    assert not await records.certificates.withdraw("k")
    assert await records.certificates.requested("k") is None


async def test_every_certificate_is_listed_and_the_one_that_ends_first_first(records):
    account = await added(records)
    late, soon = certificate(account), replace(certificate(account), key_id="s", not_after=EVENING)
    await records.certificates.keep(late)
    await records.certificates.keep(soon)

    assert list(await records.certificates.everything()) == [soon, late]


async def test_of_many_waiting_keys_the_oldest_give_way(records):
    account, other = await added(records, "a"), await added(records, "b")
    await records.certificates.request(CertificateRequest("other", other.id, b"key", EVENING))

    for number in range(7):
        await records.certificates.request(
            CertificateRequest(f"k{number}", account.id, b"key", EVENING + timedelta(seconds=number))
        )

    waiting = [request.key_id for request in await records.certificates.requests()]
    assert waiting == ["other", "k2", "k3", "k4", "k5", "k6"]


async def test_certificates_are_replaced_listed_and_withdrawn(records):
    account = await added(records)
    await records.certificates.keep(certificate(account, "k1"))
    await records.certificates.keep(certificate(account, "k2", days=2))
    await records.certificates.keep(certificate(account, "k1", days=3))

    await records.certificates.revoke("k2")

    held = await records.certificates.of_account(account.id)
    assert [(item.key_id, item.revoked) for item in held] == [("k1", False), ("k2", True)]


async def test_overrides_hold_until_they_end(records):
    ended, present, coming = override(begins_h=-2), override("closed"), override(begins_h=5)
    for item in (coming, ended, present):
        await records.overrides.add(item)

    assert list(await records.overrides.active(EVENING)) == [present, coming]
    assert list(await records.overrides.active(present.ends_at)) == [coming]

    await records.overrides.remove_ended(EVENING)
    assert list(await records.overrides.active(EVENING - timedelta(days=1))) == [present, coming]


async def test_an_override_ends_early_once(records):
    await records.overrides.add(override("stopped"))
    (found,) = await records.overrides.active(EVENING)

    assert not await records.overrides.end(found.id + 1, EVENING)
    assert await records.overrides.end(found.id, EVENING)
    assert not await records.overrides.end(found.id, EVENING)
    assert list(await records.overrides.active(EVENING)) == []


async def test_a_day_has_one_exception_until_it_is_taken_back(records):
    days, box = [EVENING.date() + timedelta(days=number) for number in range(3)], records.schedule_exceptions
    hours = (Window(720, 780), Window(1260, 1500))
    for day in (days[2], days[0], days[1]):
        await box.put(DatedException(day))
    await box.put(DatedException(days[1], hours, "Anledning", (("en", "Reason"),)))

    assert list(await box.since(days[1])) == [
        DatedException(days[1], hours, "Anledning", (("en", "Reason"),)),
        DatedException(days[2]),
    ]
    assert await box.take_back(days[1])
    assert not await box.take_back(days[1])
    assert await box.remove_before(days[2]) == 1
    assert [each.date for each in await box.since(days[0])] == [days[2]]


async def test_a_renewed_example_override_replaces_the_former_only(records):
    real = override("closed")
    await records.overrides.add(real)
    await records.overrides.extend_example(override(example=True))

    await records.overrides.extend_example(override(begins_h=1, example=True))

    assert list(await records.overrides.active(EVENING)) == [real, override(begins_h=1, example=True)]


def letter(sealed=b"sealed", *, days=90):
    return SealedLetter("key", sealed, EVENING, EVENING + timedelta(days=days))


async def test_letters_that_are_not_there_are_neither_found_nor_erased(records):
    assert await records.letters.find(1) is None
    assert await records.letters.remove(1) is False
    assert await records.letters.count() == 0
    assert list(await records.letters.everything()) == []


async def test_letters_are_kept_in_order_under_numbers_of_their_own(records):
    for sealed in (b"first", b"second", b"third"):
        await records.letters.add(letter(sealed))

    assert await records.letters.remove(3) is True
    await records.letters.add(letter(b"fourth"))

    held = await records.letters.everything()
    assert [(item.number, item.sealed) for item in held] == [(1, b"first"), (2, b"second"), (4, b"fourth")]
    assert await records.letters.find(2) == replace(letter(b"second"), number=2)
    assert await records.letters.count() == 3


async def test_letters_are_erased_at_the_instant_they_are_kept_until(records):
    for days in (90, 1, 2):
        await records.letters.add(letter(days=days))

    assert await records.letters.remove_kept_until(EVENING + timedelta(days=1, seconds=-1)) == 0
    assert await records.letters.remove_kept_until(EVENING + timedelta(days=2)) == 2
    assert [item.number for item in await records.letters.everything()] == [1]
