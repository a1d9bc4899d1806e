"""Certificates of browser keys: the example key signs at once, everywhere else a person does."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.domain.certification import Account, Certificate, CertificateRequest, Role, clearance
from chatservice.domain.certification_items import Rules, Standing
from chatservice.errors import MalformedError, NotClearedError, NotOwnerError
from chatservice.organisation_key import OrganisationKey
from chatservice.ports import SignedBody
from chatservice.usecases import certifying, people
from chatservice.usecases.clearing import missing_for_duty
from tests.live_builders import EVENING
from tests.staff_builders import TERMS, browser_key, example_settings, staff_room

READY = Standing(Rules((), ()), (), (), EVENING.date())
ORGANISATION = OrganisationKey(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
async def room(tmp_path: Path):
    async with staff_room(tmp_path) as room:
        yield room


@pytest.fixture
async def strict_room(tmp_path: Path):
    async with staff_room(tmp_path, signs_by_itself=False) as room:
        yield room


def signed(account: Account, public_key: bytes, *, key=ORGANISATION, days=30.0, alias=None, begins=EVENING):
    return key.certify(
        alias=alias or account.alias,
        public_key=public_key,
        not_before=begins,
        not_after=begins + timedelta(days=days),
    )


@pytest.mark.parametrize("key", [b"", b"\x04" * 65, b"\x04" + b"\x00" * 64, b"\x02" + b"\x01" * 32])
async def test_a_key_that_is_none_is_refused(room, key):
    mentor = await room.add()

    with pytest.raises(MalformedError):
        await certifying.request_certificate(room.desk, mentor.account.id, key)


async def test_a_coordinators_key_is_not_certified(room):
    coordinator = await room.add(role=Role.COORDINATOR)

    with pytest.raises(NotClearedError) as refused:
        await certifying.request_certificate(room.desk, coordinator.account.id, browser_key())

    assert refused.value.detail == {"missing": ["not_a_mentor"]}


async def test_a_deactivated_mentors_key_is_not_certified(room):
    mentor = await room.add()
    await people.deactivate(room.desk, None, mentor.account.id)

    with pytest.raises(NotClearedError):
        await certifying.request_certificate(room.desk, mentor.account.id, browser_key())


async def test_nobody_gets_a_certificate_for_a_colleagues_key(room):
    owner, other, key = await room.add("owner"), await room.add("other"), browser_key()
    await certifying.request_certificate(room.desk, owner.account.id, key)

    with pytest.raises(NotOwnerError):
        await certifying.request_certificate(room.desk, other.account.id, key)


async def test_nobody_asks_for_a_colleagues_key(strict_room):
    owner, other, key = await strict_room.add("owner"), await strict_room.add("other"), browser_key()
    await certifying.request_certificate(strict_room.desk, owner.account.id, key)

    with pytest.raises(NotOwnerError):
        await certifying.request_certificate(strict_room.desk, other.account.id, key)


async def test_a_withdrawn_key_is_not_certified_again(room):
    mentor, key = await room.add(), browser_key()
    await certifying.request_certificate(room.desk, mentor.account.id, key)
    await room.desk.records.certificates.revoke(sealing.mentor_key_id(key))

    with pytest.raises(NotClearedError) as refused:
        await certifying.request_certificate(room.desk, mentor.account.id, key)

    assert refused.value.detail == {"missing": ["certificate_revoked"]}


async def test_the_example_key_signs_what_a_visitors_browser_accepts(room, tmp_path):
    mentor, key = await room.add(), browser_key()

    certificate = await certifying.request_certificate(room.desk, mentor.account.id, key)

    assert isinstance(certificate, Certificate)
    pin = OrganisationKey.load(example_settings(tmp_path).example_key_file).pin
    sealing.verify(
        sealing.from_base64url(pin), certificate.signature, "stodchatt/1 certificate", certificate.body
    )
    body = json.loads(certificate.body)
    assert body["alias"] == mentor.account.alias
    assert sealing.from_base64url(body["key"]) == key
    assert body["not_before"] <= EVENING.timestamp() < body["not_after"]
    assert body["not_after"] - body["not_before"] <= 30 * 86400
    assert await missing_for_duty(room.desk, TERMS, mentor.account.id, certificate.key_id) == ()


async def test_a_certificate_is_renewed_in_its_last_week_only(room):
    mentor, key = await room.add(), browser_key()
    first = await certifying.request_certificate(room.desk, mentor.account.id, key)
    room.clock.pass_time(86400 * 20)
    assert await certifying.request_certificate(room.desk, mentor.account.id, key) == first

    room.clock.pass_time(86400 * 5)
    renewed = await certifying.request_certificate(room.desk, mentor.account.id, key)

    assert isinstance(first, Certificate)
    assert isinstance(renewed, Certificate)
    assert renewed.not_after > first.not_after


async def test_without_the_example_key_a_request_waits_for_a_person(strict_room):
    mentor, key = await strict_room.add(), browser_key()

    answers = [
        await certifying.request_certificate(strict_room.desk, mentor.account.id, key) for _ in range(2)
    ]

    assert all(isinstance(answer, CertificateRequest) for answer in answers)
    waiting = await strict_room.desk.records.certificates.requests()
    assert [request.public_key for request in waiting] == [key]
    assert await missing_for_duty(strict_room.desk, TERMS, mentor.account.id, waiting[0].key_id) == (
        "certificate_missing",
    )


async def test_a_signed_certificate_is_brought_home(strict_room):
    mentor, key = await strict_room.add(), browser_key()
    await certifying.request_certificate(strict_room.desk, mentor.account.id, key)

    await certifying.import_certificate(
        strict_room.desk, signed(mentor.account, key), pins=("AAAA" * 21 + "AAA", ORGANISATION.pin)[1:]
    )

    key_id = sealing.mentor_key_id(key)
    assert await missing_for_duty(strict_room.desk, TERMS, mentor.account.id, key_id) == ()
    assert await strict_room.desk.records.certificates.requests() == []
    again = await certifying.request_certificate(strict_room.desk, mentor.account.id, key)
    assert isinstance(again, Certificate)


async def test_a_certificate_by_an_unpinned_key_is_refused(strict_room):
    mentor, key = await strict_room.add(), browser_key()
    await certifying.request_certificate(strict_room.desk, mentor.account.id, key)
    rogue = OrganisationKey(ec.generate_private_key(ec.SECP256R1()))

    for pins in ((), (ORGANISATION.pin,)):
        with pytest.raises(NotOwnerError):
            await certifying.import_certificate(
                strict_room.desk, signed(mentor.account, key, key=rogue), pins=pins
            )


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("alias", {"alias": "Någon annan"}),
        ("dates", {"days": 31}),
        ("dates", {"days": 0}),
        ("dates", {"days": -1}),
        ("dates", {"begins": EVENING - timedelta(days=40)}),
    ],
)
async def test_a_certificate_that_browsers_would_refuse_is_refused(strict_room, what, wrong):
    mentor, key = await strict_room.add(), browser_key()
    await certifying.request_certificate(strict_room.desk, mentor.account.id, key)

    with pytest.raises(MalformedError, match=what):
        await certifying.import_certificate(
            strict_room.desk, signed(mentor.account, key, **wrong), pins=(ORGANISATION.pin,)
        )


async def test_a_certificate_that_nobody_asked_for_is_refused(strict_room):
    mentor = await strict_room.add()

    with pytest.raises(MalformedError, match="request"):
        await certifying.import_certificate(
            strict_room.desk, signed(mentor.account, browser_key()), pins=(ORGANISATION.pin,)
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version":2,"alias":"a","key":"AAAA","not_before":1,"not_after":2}',
        b'{"version":1,"alias":"a","key":"AAAA","not_before":1,"not_after":1e99}',
        b'{"version":1,"alias":"a","key":"AAAA","not_before":true,"not_after":2}',
        b'{"version":1,"alias":"a","key":"AAAA","not_before":1,"not_after":2,"more":3}',
        b'{"version":1,"alias":"a","key":"=","not_before":1,"not_after":2}',
    ],
)
async def test_a_body_of_another_form_is_refused(strict_room, body):
    with pytest.raises(MalformedError):
        await certifying.import_certificate(
            strict_room.desk, SignedBody(body, bytes(64)), pins=(ORGANISATION.pin,)
        )


def test_clearance_names_everything_that_is_missing():
    retired = Account(1, "a", Role.COORDINATOR, "A", active=False)

    assert clearance(retired, None, EVENING, READY) == (
        "account_inactive",
        "not_a_mentor",
        "certificate_missing",
    )


@pytest.mark.parametrize(
    ("hours", "missing"),
    [(-25, "certificate_expired"), (-23, None), (0, None), (23, None), (25, "certificate_expired")],
)
def test_clearance_allows_for_a_wrong_clock(hours, missing):
    mentor = Account(1, "a", Role.MENTOR, "A", active=True)
    begins = EVENING if hours <= 0 else EVENING - timedelta(days=1)
    certificate = Certificate("k", 1, b"", b"", b"", begins, EVENING + timedelta(seconds=hours == 0))

    found = clearance(mentor, certificate, EVENING + timedelta(hours=hours), READY)

    assert found == ((missing,) if missing else ())


def test_a_withdrawn_certificate_is_named_as_such():
    mentor = Account(1, "a", Role.MENTOR, "A", active=True)
    certificate = Certificate("k", 1, b"", b"", b"", EVENING, EVENING + timedelta(days=1), revoked=True)

    assert clearance(mentor, certificate, EVENING, READY) == ("certificate_revoked",)


def test_a_colleagues_certificate_counts_as_none():
    mentor = Account(1, "a", Role.MENTOR, "A", active=True)
    certificate = Certificate("k", 2, b"", b"", b"", EVENING, EVENING + timedelta(days=1))

    assert clearance(mentor, certificate, EVENING, READY) == ("certificate_missing",)


async def test_an_account_that_is_gone_is_never_cleared(room):
    assert await missing_for_duty(room.desk, TERMS, 999, None) == ("account_inactive",)


def test_a_fingerprint_can_be_read_aloud():
    assert certifying.fingerprint("kyWU4EjKszK6GIe19rYuuw") == "9325 94e0 48ca b332 ba18 87b5 f6b6 2ebb"
