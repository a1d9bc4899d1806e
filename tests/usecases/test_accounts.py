"""Staff accounts and signing in, through the use cases and over a real database."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from chatservice.credentials import Argon2Passwords, TimeCodes
from chatservice.domain.certification import Role
from chatservice.errors import (
    MalformedError,
    SignInRefusedError,
    UsernameTakenError,
    WeakPasswordError,
)
from chatservice.usecases import accounts, open_sessions, people
from chatservice.usecases.accounts import USERNAME
from tests.live_builders import HandClock
from tests.staff_builders import PASSWORD, staff_room


@pytest.fixture
async def room(tmp_path: Path):
    async with staff_room(tmp_path) as room:
        yield room


@pytest.mark.parametrize("wrong", ["username", "password", "code"])
async def test_wrong_anything_is_refused_in_the_same_way(room, wrong):
    person = await room.add()

    with pytest.raises(SignInRefusedError) as refused:
        await room.sign_in(person, **{wrong: "000000x"})

    assert (refused.value.code, dict(refused.value.detail)) == ("sign_in_refused", {})


async def test_a_code_that_was_used_is_refused_the_second_time(room):
    person = await room.add()
    code = room.code(person)
    await room.sign_in(person, code=code)

    for pause_s in (0, 20, 20):
        room.clock.pass_time(pause_s)
        with pytest.raises(SignInRefusedError):
            await room.sign_in(person, code=code)


async def test_a_code_older_than_one_that_was_used_is_refused(room):
    person = await room.add()
    await room.sign_in(person, code=room.code(person, 1))

    with pytest.raises(SignInRefusedError):
        await room.sign_in(person, code=room.code(person))


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_phone_may_be_one_step_wrong(room, steps, is_taken):
    person = await room.add()
    code = room.code(person, steps)

    if is_taken:
        assert await room.sign_in(person, code=code)
    else:
        with pytest.raises(SignInRefusedError):
            await room.sign_in(person, code=code)


async def test_a_wrong_password_does_not_use_the_code_up(room):
    person = await room.add()
    with pytest.raises(SignInRefusedError):
        await room.sign_in(person, password="something else")

    assert await room.sign_in(person)


async def test_a_deactivated_account_cannot_sign_in_and_is_signed_out_at_once(room):
    person = await room.add()
    signed_in = await room.sign_in(person)

    await people.deactivate(room.desk, None, person.account.id)

    assert await accounts.identify(room.desk, signed_in.token) is None
    room.clock.pass_time(60)
    with pytest.raises(SignInRefusedError):
        await room.sign_in(person)


async def test_signing_in_gives_who_it_is(room):
    person = await room.add("Åsa", Role.COORDINATOR)

    signed_in = await room.sign_in(person, username="  ÅSA ")

    identity = await accounts.identify(room.desk, signed_in.token)
    assert identity is not None
    assert identity == signed_in.identity
    assert (identity.username, identity.alias, identity.role) == ("åsa", "Samordnare 1", Role.COORDINATOR)


async def test_a_token_that_nobody_has_is_nobody(room):
    await room.sign_in(await room.add())

    assert await accounts.identify(room.desk, "a" * 43) is None


async def test_the_session_in_the_records_cannot_be_used_as_a_token(room):
    signed_in = await room.sign_in(await room.add())

    assert signed_in.token not in signed_in.identity.session_id
    assert await accounts.identify(room.desk, signed_in.identity.session_id) is None


async def test_signing_in_anew_ends_the_browsers_former_session(room):
    person = await room.add()
    former = await room.sign_in(person)
    room.clock.pass_time(60)

    latest = await room.sign_in(person, former_session_id=former.identity.session_id)

    assert await accounts.identify(room.desk, former.token) is None
    assert await accounts.identify(room.desk, latest.token) is not None


async def test_signing_out_ends_copies_of_the_cookie(room):
    signed_in = await room.sign_in(await room.add())

    await accounts.sign_out(room.desk, signed_in.identity.session_id)

    assert await accounts.identify(room.desk, signed_in.token) is None
    assert not await open_sessions.living(room.desk, [signed_in.identity.session_id])


async def test_revoking_ends_all_sessions_of_one_account_and_no_other(room):
    revoked, kept = await room.add("a"), await room.add("b")
    first = await room.sign_in(revoked)
    other = await room.sign_in(kept)

    await accounts.revoke_all(room.desk, revoked.account.id)

    assert await accounts.identify(room.desk, first.token) is None
    assert await accounts.identify(room.desk, other.token) is not None


async def test_an_idle_session_ends_after_twenty_minutes(room):
    signed_in = await room.sign_in(await room.add())
    room.clock.pass_time(20 * 60 - 1)
    assert await accounts.identify(room.desk, signed_in.token) is not None

    room.clock.pass_time(20 * 60)

    assert await accounts.identify(room.desk, signed_in.token) is None


async def test_new_credentials_replace_the_old_and_end_all_sessions(room):
    person = await room.add()
    signed_in = await room.sign_in(person)

    fresh = await accounts.renew_credentials(room.desk, person.account, password="another password")

    assert await accounts.identify(room.desk, signed_in.token) is None
    with pytest.raises(SignInRefusedError):
        await room.sign_in(person)
    person.secret, person.password = fresh.code_secret, "another password"
    assert await room.sign_in(person)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "nio tecke",
        "x" * 201,
        "password123",
        "1234567890",
        "qwertyuiop",
        "Hemligt123",
        "sommar2026",
        "mentormentor",
    ],
)
async def test_a_password_that_is_short_or_among_the_first_that_are_tried_is_refused(room, password):
    with pytest.raises(WeakPasswordError):
        await accounts.add_account(
            room.desk, username="kort", role=Role.MENTOR, alias=None, password=password
        )

    assert await room.desk.records.accounts.named("kort") is None


@pytest.mark.parametrize("username", ["", " ", "a b", "-a", "a-", "a" * 33, "<b>", "а"])  # noqa: RUF001 -- the last is Cyrillic
async def test_a_username_of_another_form_is_refused(room, username):
    with pytest.raises(MalformedError, match="username"):
        await accounts.add_account(
            room.desk, username=username, role=Role.MENTOR, alias=None, password=PASSWORD
        )


@pytest.mark.parametrize("alias", ["", "  ", "x" * 41, "a\u202eb"])
async def test_an_alias_that_cannot_be_shown_is_refused(room, alias):
    with pytest.raises(MalformedError, match="alias"):
        await accounts.add_account(room.desk, username="a", role=Role.MENTOR, alias=alias, password=PASSWORD)


async def test_a_username_is_taken_however_it_is_written(room):
    await room.add("exempel")

    with pytest.raises(UsernameTakenError):
        await room.add("EXEMPEL")


async def test_the_alias_that_visitors_see_never_comes_from_the_username(room):
    first, second = await room.add("anna"), await room.add("bo")

    assert (first.account.alias, second.account.alias) == ("Mentor 1", "Mentor 2")


async def test_a_password_may_be_typed_on_a_keyboard_that_composes_letters(room):
    person = await room.add()

    assert await room.sign_in(person, password="exempel-lo\u0308senord")


@given(st.text(max_size=40))
def test_every_username_that_is_taken_is_plain(name):
    if USERNAME.match(name):
        assert name == name.lower().strip()
        assert 1 <= len(name) <= 32


class CountingHasher(PasswordHasher):
    """Argon2 that tells what each comparison costs: time, memory and lanes stand in the hash."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.work: list[Parameters] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.work.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


@pytest.mark.parametrize("wrong", ["nobody", "closed", "invited", "password", "code", "long password"])
async def test_whoever_is_refused_has_cost_one_comparison_of_the_same_price(room, wrong):
    hasher = CountingHasher()
    room.desk = replace(room.desk, passwords=Argon2Passwords(hasher))
    person = await room.add()
    given: dict[str, str] = {}
    if wrong == "nobody":
        given = {"username": "ingen"}
    elif wrong == "closed":
        await people.deactivate(room.desk, None, person.account.id)
    elif wrong == "invited":
        await room.desk.records.accounts.renew(person.account.id, password_hash="", code_secret="")
    else:
        given = {"code": "0"} if wrong == "code" else {"password": "x" * (400 if "long" in wrong else 12)}

    with pytest.raises(SignInRefusedError):
        await room.sign_in(person, **given)

    assert [(one.time_cost, one.memory_cost, one.parallelism) for one in hasher.work] == [(1, 8, 1)]


async def test_a_clock_set_by_a_test_takes_codes_of_both_clocks():
    phone, service = HandClock(), HandClock()
    service.pass_time(86400 * 100)
    secret = TimeCodes((phone,)).new_secret()
    both = TimeCodes((phone, service))

    step = both.matching_step(secret, TimeCodes((phone,)).code_now(secret)[0])

    assert step is not None
    assert both.matching_step(secret, TimeCodes((service,)).code_now(secret)[0]) == step
    assert TimeCodes((phone,)).matching_step(secret, TimeCodes((service,)).code_now(secret)[0]) is None


async def test_a_session_that_is_used_often_is_written_seldom(room):
    signed_in = await room.sign_in(await room.add())
    written: list[str] = []

    class Sessions:
        def __init__(self, sessions):
            self.find, self.remove = sessions.find, sessions.remove

        async def touch(self, session_ids, seen_at):
            written.extend(session_ids)

    class Records:
        sessions = Sessions(room.desk.records.sessions)
        accounts = room.desk.records.accounts

    desk = replace(room.desk, records=Records())

    for _ in range(59):
        room.clock.pass_time(1)
        await accounts.identify(desk, signed_in.token)

    assert written == []
    room.clock.pass_time(1)
    await accounts.identify(desk, signed_in.token)
    assert written == [signed_in.identity.session_id]
