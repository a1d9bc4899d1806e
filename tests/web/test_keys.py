"""The coordinator's room for keys: what was signed in her browser is kept when everything is right, and else not."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.duty import DutyState
from chatservice.organisation_key import OrganisationKey
from chatservice.ports import SignedBody
from chatservice.web.parts import EXTENSION, Parts
from tests.live_builders import EVENING
from tests.staff_builders import Person, browser_key

ROOM = "/samordnare/nycklar/"
OURS = {"Origin": "http://localhost:8000"}
ORGANISATION = OrganisationKey(ec.generate_private_key(ec.SECP256R1()))
STRANGER = OrganisationKey(ec.generate_private_key(ec.SECP256R1()))


@dataclass
class KeyRoom:
    """A coordinator at her page, and a mentor whose key waits."""

    web: Any
    browser: Any
    coordinator: Person
    mentor: Person
    key: bytes

    @property
    def parts(self) -> Parts:
        return self.web.app.extensions[EXTENSION]

    @property
    def key_id(self) -> str:
        return sealing.mentor_key_id(self.key)

    def signed(
        self, *, by=ORGANISATION, key: bytes | None = None, alias="", days=30.0, begins=EVENING
    ) -> SignedBody:
        return by.certify(
            alias=alias or self.mentor.account.alias,
            public_key=key or self.key,
            not_before=begins,
            not_after=begins + timedelta(days=days),
        )

    async def send(self, signed: SignedBody, key_id: str = "") -> Any:
        body = {
            "body": sealing.to_base64url(signed.body),
            "signature": sealing.to_base64url(signed.signature),
        }
        return await self.browser.post(f"{ROOM}{key_id or self.key_id}/certifikat", json=body, headers=OURS)

    async def press(self, act: str) -> Any:
        return await self.browser.post(f"{ROOM}{self.key_id}/{act}", headers=OURS)

    async def page(self) -> str:
        return await (await self.browser.get(ROOM)).get_data(as_text=True)

    async def newest_act(self) -> tuple[Act, int | None, int | None]:
        (entry,) = await self.parts.records.audit_log.newest(limit=1)
        return entry.act, entry.account_id, entry.about


@pytest.fixture
async def room(web) -> KeyRoom:
    """Open the room where a key of the organisation's own is pinned, and nothing signs by itself."""
    parts: Parts = web.app.extensions[EXTENSION]
    keys = replace(parts.organisation.keys, pinned=(ORGANISATION.pin,), example=False)
    web.app.extensions[EXTENSION] = replace(
        parts,
        staff=replace(parts.staff, signer=None),
        organisation=replace(parts.organisation, keys=keys),
    )
    coordinator, mentor = await web.staff.add("sam", Role.COORDINATOR), await web.staff.add("mira")
    browser, hers, key = web.browser(), web.browser(), browser_key()
    await web.sign_in(browser, coordinator)
    await web.sign_in(hers, mentor)
    await hers.post("/mentor/certifikat", json={"key": sealing.to_base64url(key)}, headers=OURS)
    return KeyRoom(web, browser, coordinator, mentor, key)


async def refused(room: KeyRoom, answer: Any) -> str:
    assert answer.status_code == 422
    assert await room.parts.records.certificates.find(room.key_id) is None
    return (await answer.get_json())["error"]


async def test_what_a_key_that_is_not_pinned_signed_is_refused(room):
    assert await refused(room, await room.send(room.signed(by=STRANGER))) == "pin"


async def test_a_certificate_with_another_alias_is_refused(room):
    assert await refused(room, await room.send(room.signed(alias="någon annan"))) == "alias"


@pytest.mark.parametrize(("days", "begins"), [(31, EVENING), (5, EVENING - timedelta(days=10))])
async def test_a_certificate_that_is_too_long_or_over_is_refused(room, days, begins):
    assert await refused(room, await room.send(room.signed(days=days, begins=begins))) == "dates"


async def test_a_certificate_for_a_key_that_nobody_asked_for_is_refused(room):
    stranger = browser_key()

    answer = await room.send(room.signed(key=stranger), sealing.mentor_key_id(stranger))

    assert await refused(room, answer) == "request"


async def test_a_certificate_for_another_request_than_the_one_it_was_sent_for_is_refused(room):
    second, hers, key = await room.web.staff.add("noor"), room.web.browser(), browser_key()
    await room.web.sign_in(hers, second)
    await hers.post("/mentor/certifikat", json={"key": sealing.to_base64url(key)}, headers=OURS)

    answer = await room.send(room.signed(), sealing.mentor_key_id(key))

    assert await refused(room, answer) == "request"


async def test_a_certificate_for_an_account_that_was_closed_is_refused(room):
    await room.parts.records.accounts.set_active(room.mentor.account.id, active=False, at=EVENING)

    assert await refused(room, await room.send(room.signed())) == "account"


@pytest.mark.parametrize(
    "body", [{}, {"body": "e30", "signature": "A"}, {"body": "=", "signature": "A" * 86}, []]
)
async def test_what_is_no_certificate_is_a_wrong_request(room, body):
    answer = await room.browser.post(f"{ROOM}{room.key_id}/certifikat", json=body, headers=OURS)

    assert answer.status_code == 400


async def test_a_signed_key_is_certified_and_the_act_is_noted(room):
    answer = await room.send(room.signed(days=7))

    assert answer.status_code == 200
    assert await answer.get_json() == {"until_s": int((EVENING + timedelta(days=7)).timestamp())}
    assert await room.newest_act() == (
        Act.CERTIFICATE_SIGNED,
        room.coordinator.account.id,
        room.mentor.account.id,
    )
    assert "Ingen nyckel väntar" in await room.page()


async def test_a_key_whose_words_differ_is_removed_and_the_page_says_what_it_may_mean(room):
    answer = await room.press("avsla")

    page = await (await room.browser.get(answer.headers["Location"])).get_data(as_text=True)
    assert "Ingenting signerades" in page
    assert "Signera därför aldrig ord som inte stämmer" in page
    assert await room.parts.records.certificates.requests() == []
    assert (await room.newest_act())[0] is Act.KEY_REQUEST_REFUSED
    assert "klart=gone" in (await room.press("avsla")).headers["Location"]


async def test_withdrawing_asks_first_and_then_takes_the_mentor_off_duty(room):
    await room.send(room.signed())
    live, mentor = room.parts.live, room.mentor.account.id
    await live.set_duty(mentor, DutyState.ON)

    asked = await (await room.browser.get(f"{ROOM}{room.key_id}/dra-in")).get_data(as_text=True)
    assert "Det går inte att ångra" in asked
    assert await live.duty_of(mentor) is DutyState.ON
    await room.press("dra-in")

    assert await live.duty_of(mentor) is DutyState.OFF
    certificate = await room.parts.records.certificates.find(room.key_id)
    assert certificate is not None
    assert certificate.revoked
    assert await room.newest_act() == (Act.CERTIFICATE_REVOKED, room.coordinator.account.id, mentor)
    assert f"denied = [&#34;{room.key_id}&#34;]" in await room.page()


async def test_withdrawing_again_changes_nothing_and_what_is_not_there_is_not_found(room):
    assert (await room.press("dra-in")).status_code == 404
    assert (await room.browser.get(f"{ROOM}{room.key_id}/dra-in")).status_code == 404
    await room.send(room.signed())
    await room.press("dra-in")
    acts = len(await room.parts.records.audit_log.newest(limit=99))

    assert (await room.press("dra-in")).status_code == 303
    assert len(await room.parts.records.audit_log.newest(limit=99)) == acts


async def test_what_the_published_list_names_already_is_not_asked_for(room):
    await room.send(room.signed())
    await room.press("dra-in")
    keys = replace(room.parts.organisation.keys, denied=(room.key_id,))
    room.web.app.extensions[EXTENSION] = replace(
        room.parts, organisation=replace(room.parts.organisation, keys=keys)
    )

    assert "denied =" not in await room.page()


@pytest.mark.parametrize(
    ("days_on", "words"),
    [(0, "Gäller</span>"), (24, "Går ut om 6 dagar"), (29.5, "Går ut inom ett dygn"), (31, "Har gått ut")],
)
async def test_the_page_says_how_long_a_certificate_holds(room, days_on, words):
    await room.send(room.signed())
    room.web.staff.clock.pass_time(86400 * days_on)
    await room.web.sign_in(room.browser, room.coordinator)

    assert words in await room.page()


async def test_a_short_certificate_is_not_about_to_end_from_its_first_day(room):
    await room.send(room.signed(days=7))
    assert "Gäller</span>" in await room.page()

    room.web.staff.clock.pass_time(86400 * 5)
    await room.web.sign_in(room.browser, room.coordinator)

    assert "Går ut om 2 dagar" in await room.page()


@pytest.mark.parametrize("act", ["avsla", "dra-in"])
async def test_who_proved_herself_long_ago_does_so_again_first(room, act):
    await room.send(room.signed()) if act == "dra-in" else None
    for _ in range(2):
        # A session ends after twenty idle minutes.
        room.web.staff.clock.pass_time(16 * 60)
        await room.browser.get(ROOM)

    answer = await room.press(act)

    assert answer.headers["Location"].startswith("/konto/bekrafta")
    assert (await room.newest_act())[0] is not Act.CERTIFICATE_REVOKED


async def test_a_coordinator_signs_no_key_of_her_own(room):
    request = await room.parts.records.certificates.requested(room.key_id)
    assert request is not None
    await room.parts.records.certificates.withdraw(room.key_id)
    await room.parts.records.certificates.request(replace(request, account_id=room.coordinator.account.id))

    assert await refused(room, await room.send(room.signed())) == "own"
    assert "Det här är din egen nyckel" in await room.page()


async def test_the_mentors_page_learns_when_its_key_is_signed(room):
    hers, other = room.web.browser(), room.web.browser()
    await room.web.sign_in(hers, await room.web.staff.add("noor"))
    room.web.staff.clock.pass_time(60)
    await room.web.sign_in(other, room.mentor)
    address = f"/mentor/certifikat/{room.key_id}"
    assert await (await other.get(address)).get_json() == {"certified": False}

    await room.send(room.signed())

    assert await (await other.get(address)).get_json() == {"certified": True}
    assert await (await hers.get(address)).get_json() == {"certified": False}, "another's key is not hers"


async def test_the_example_says_that_it_signs_by_itself(web):
    browser = web.browser()
    await web.sign_in(browser, await web.staff.add("sam", Role.COORDINATOR))

    page = await (await browser.get(ROOM)).get_data(as_text=True)

    assert "exempelnyckeln ligger på servern" in page
    assert "I skarp drift gör ingen server det" in page
