"""Passkeys, recovery codes and one's own sessions as records: the same tests over every adapter."""

from datetime import UTC, date, datetime, timedelta

from chatservice.domain.certification import Role
from chatservice.ports import Passkey, StaffSession

NOW = datetime(2026, 11, 22, 19, tzinfo=UTC)


async def account(records, username="exempel"):
    return await records.accounts.add(
        username=username, role=Role.MENTOR, alias="Mentor 1", password_hash="hash", code_secret="s", at=NOW
    )


def passkey(owner, name="a"):
    return Passkey(name, owner.id, b"public", 3, "Min telefon", date(2026, 11, 22))


def session(owner, name, hours=0):
    at = NOW + timedelta(hours=hours)
    return StaffSession(name, owner.id, at, at, at)


async def test_a_passkey_is_kept_once_whoever_brings_it(records):
    owner, other = await account(records), await account(records, "kollega")

    added = [await records.passkeys.add(passkey(who)) for who in (owner, owner, other)]

    assert added == [True, False, False]
    assert await records.passkeys.find("a") == passkey(owner)
    assert await records.passkeys.find("b") is None
    assert await records.passkeys.of_account(other.id) == []


async def test_a_use_counts_only_from_the_count_that_was_read(records):
    owner = await account(records)
    await records.passkeys.add(passkey(owner))

    counted = [await records.passkeys.count_use("a", former=3, present=4) for _ in range(2)]

    assert counted == [True, False]
    assert (await records.passkeys.find("a")).sign_count == 4


async def test_a_passkey_is_removed_by_its_owner_only(records):
    owner, other = await account(records), await account(records, "kollega")
    await records.passkeys.add(passkey(owner))

    assert not await records.passkeys.remove(other.id, "a")
    assert await records.passkeys.remove(owner.id, "a")
    assert not await records.passkeys.remove(owner.id, "a")


async def test_a_recovery_code_is_used_once_by_its_owner(records):
    owner, other = await account(records), await account(records, "kollega")
    await records.recovery_codes.replace(owner.id, ["x", "y"])

    assert not await records.recovery_codes.use(other.id, "x")
    assert [await records.recovery_codes.use(owner.id, "x") for _ in range(2)] == [True, False]
    assert await records.recovery_codes.count(owner.id) == 1


async def test_new_recovery_codes_replace_the_old_of_this_account_alone(records):
    owner, other = await account(records), await account(records, "kollega")
    await records.recovery_codes.replace(owner.id, ["x"])
    await records.recovery_codes.replace(other.id, ["z"])

    await records.recovery_codes.replace(owner.id, ["y", "w"])

    assert not await records.recovery_codes.use(owner.id, "x")
    assert await records.recovery_codes.count(owner.id) == 2
    assert await records.recovery_codes.count(other.id) == 1


async def test_renewed_credentials_leave_nothing_of_the_former_ones(records):
    owner, other = await account(records), await account(records, "kollega")
    for who, name in ((owner, "a"), (other, "b")):
        await records.passkeys.add(passkey(who, name))
        await records.recovery_codes.replace(who.id, [name])
        await records.sessions.add(session(who, name))

    await records.accounts.renew(owner.id, password_hash="new", code_secret="t", used_step=7)

    assert await records.passkeys.of_account(owner.id) == []
    assert await records.recovery_codes.count(owner.id) == 0
    assert await records.sessions.of_account(owner.id) == []
    assert (await records.accounts.credentials("exempel")).last_code_step == 7
    assert len(await records.passkeys.of_account(other.id)) == 1
    assert await records.recovery_codes.count(other.id) == 1
    assert len(await records.sessions.of_account(other.id)) == 1


async def test_own_sessions_are_listed_newest_first_and_ended_by_their_owner_only(records):
    owner, other = await account(records), await account(records, "kollega")
    for hours, name in enumerate("abc"):
        await records.sessions.add(session(owner, name, hours))
    await records.sessions.add(session(other, "d"))

    assert [held.id for held in await records.sessions.of_account(owner.id)] == ["c", "b", "a"]
    assert not await records.sessions.remove_own(owner.id, "d")
    assert await records.sessions.remove_own(owner.id, "a")
    assert await records.sessions.remove_others(owner.id, "c") == 1
    assert [held.id for held in await records.sessions.of_account(owner.id)] == ["c"]
    assert await records.sessions.find("d") is not None


async def test_confirming_changes_one_session(records):
    owner = await account(records)
    for name in "ab":
        await records.sessions.add(session(owner, name))
    later = NOW + timedelta(minutes=5)

    await records.sessions.confirm("a", later)

    assert [(await records.sessions.find(name))[0].confirmed_at for name in "ab"] == [later, NOW]


async def test_password_and_code_secret_are_set_apart(records):
    owner = await account(records)

    await records.accounts.set_password(owner.id, "other hash")
    await records.accounts.set_code_secret(owner.id, "other", used_step=9)

    held = await records.accounts.credentials("exempel")
    assert (held.password_hash, held.code_secret, held.last_code_step) == ("other hash", "other", 9)
