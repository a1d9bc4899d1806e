"""The rota on the staff's pages: what a mentor and a coordinator read and press, and what neither is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.opening_hours import DatedException
from chatservice.domain.quarantine import Quarantine
from chatservice.usecases import rota
from chatservice.web.parts import EXTENSION
from chatservice.web.rota_words import rota_desk

OURS = {"Origin": "http://localhost:8000"}
PASS, SCHEMA = "/mentor/pass/", "/samordnare/schema/"
# Thursday 26 November 2026 of the example week: open 19–22 on the wall.
THURSDAY = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
KEY = int(THURSDAY.timestamp())
HOUR = timedelta(hours=1)


class Desk:
    """A signed-in browser of somebody's."""

    def __init__(self, web, person, browser):
        self.id, self.alias = person.account.id, person.account.alias
        self._web, self._person, self._browser = web, person, browser

    async def signs_in(self):
        """Sign in, again when every session has ended since."""
        assert (await self._web.sign_in(self._browser, self._person)).status_code == 303

    async def read(self, path):
        answer = await self._browser.get(path)
        assert answer.status_code == 200
        return await answer.get_data(as_text=True)

    async def press(self, path, **fields):
        form = {name: str(value) for name, value in fields.items()}
        answer = await self._browser.post(path, form=form, headers=OURS)
        return answer.status_code, await answer.get_data(as_text=True), answer.headers.get("Location", "")


async def comes(web, name, role=Role.MENTOR):
    desk = Desk(web, await web.staff.add(name, role), web.browser())
    await desk.signs_in()
    return desk


@pytest.fixture
async def mira(web):
    return await comes(web, "mira")


@pytest.fixture
async def disa(web):
    return await comes(web, "disa")


@pytest.fixture
async def sam(web):
    return await comes(web, "sam", Role.COORDINATOR)


def records(web):
    return web.app.extensions[EXTENSION].records


async def shifts(web):
    held = await records(web).shifts.coming(web.staff.clock.now())
    return [(shift.account_id, shift.stretch.starts_at, shift.stretch.ends_at) for shift in held]


async def number(web):
    [shift] = await records(web).shifts.coming(web.staff.clock.now())
    return shift.id


def events_in(text: str) -> list[Any]:
    """Parse a calendar and give its events."""
    return Calendar.from_ical(text).walk("VEVENT")


def row(page, key=KEY):
    """Return the part of a page that is one opening."""
    return page.split(f'id="oppning-{key}"')[1].split('id="oppning-')[0]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("ta", {}),
        ("ta", {"opening": "a"}),
        ("ta", {"opening": "-1"}),
        ("ta", {"opening": "1" * 11}),
        ("ta", {"opening": KEY, "start": "1" * 9, "end": "2"}),
        ("lamna", {"shift": ""}),
        ("ta-over", {"shift": "1", "more": "x"}),
    ],
)
async def test_a_form_of_no_page_of_ours_is_refused(web, mira, path, fields):
    status, _, _ = await mira.press(PASS + path, **fields)

    assert status == 400
    assert await shifts(web) == []


@pytest.mark.parametrize(
    ("start", "end"), [("18:00", "20:00"), ("21:00", "20:00"), ("", "20:00"), ("x", "20:00")]
)
async def test_wrong_times_are_said_beside_their_field_and_what_was_typed_is_kept(web, mira, start, end):
    status, page, _ = await mira.press(f"{PASS}ta", opening=KEY, start=start, end=end)

    assert status == 422
    assert await shifts(web) == []
    opening = row(page)
    assert "Tiderna ska ligga inom öppettiden" in opening
    assert f'value="{start}"' in opening
    assert f'value="{end}"' in opening
    assert '<details class="rota__part" open>' in opening
    assert f'href="#start-{KEY}"' in page


async def test_an_opening_that_is_none_or_no_longer_is_refused(web, mira):
    status, page, _ = await mira.press(f"{PASS}ta", opening=KEY + 60)
    assert (status, "Chatten är inte öppen då" in page) == (422, True)

    web.staff.clock.pass_time(timedelta(days=5).total_seconds())
    await mira.signs_in()
    status, page, _ = await mira.press(f"{PASS}ta", opening=KEY)
    assert (status, "Passet är redan slut" in page) == (422, True)


async def test_a_mentor_reads_how_many_are_there_and_no_name(web, mira, disa):
    assert "Ingen än" in row(await mira.read(PASS))

    await disa.press(f"{PASS}ta", opening=KEY, start="19:00", end="20:30")
    page = await mira.read(PASS)

    assert "En mentor" in row(page)
    assert "Ingen mentor 20.30–22.00" in row(page)
    assert 'value="20:30"' in row(page), "the part that is missing is suggested"
    assert disa.alias not in page
    assert "disa" not in page


async def test_a_mentor_takes_a_whole_opening_or_a_part_of_one(web, mira, disa):
    assert (await mira.press(f"{PASS}ta", opening=KEY))[2].endswith("/mentor/pass/?klart=ditt")
    await disa.press(f"{PASS}ta", opening=KEY, start="19:30", end="21:00")

    assert await shifts(web) == [
        (mira.id, THURSDAY, THURSDAY + 3 * HOUR),
        (disa.id, THURSDAY + HOUR / 2, THURSDAY + 2 * HOUR),
    ]
    page = await mira.read(f"{PASS}?klart=ditt")
    assert "Passet är ditt." in page
    assert "torsdag 26 november 19.00–22.00" in page
    assert "Ditt pass" in row(page)
    assert "2 mentorer" in row(page)
    assert "Du har 19.30–21.00" in row(await disa.read(PASS))
    assert (await mira.press(f"{PASS}ta", opening=KEY))[0] == 422


async def test_the_page_is_english_in_english(web, mira):
    await mira.press(f"{PASS}ta", opening=KEY)

    page = await mira.read(f"{PASS}?language=en")

    assert "Thursday 26 November 19.00–22.00" in page


async def test_a_shift_is_left_while_it_is_far_and_swapped_when_it_is_near(web, mira, disa):
    await mira.press(f"{PASS}ta", opening=KEY)
    assert "Lämna passet" in await mira.read(PASS)
    assert "Be om byte" not in await mira.read(PASS)
    await mira.press(f"{PASS}lamna", shift=await number(web))
    assert await shifts(web) == []

    await mira.press(f"{PASS}ta", opening=KEY)
    shift = await number(web)
    web.staff.clock.pass_time(timedelta(days=2).total_seconds())
    await mira.signs_in()
    await disa.signs_in()
    status, page, _ = await mira.press(f"{PASS}lamna", shift=shift)
    assert (status, "Be om byte i stället" in page, "Lämna passet" in page) == (422, True, False)
    assert "Någon vill byta bort" not in await disa.read(PASS)
    assert (await disa.press(f"{PASS}byte", shift=shift))[0] == 422
    assert (await mira.press(f"{PASS}byte", shift=shift))[0] == 303

    offered = await disa.read(PASS)
    assert offered.index("Någon vill byta bort") < offered.index("torsdag 26 november 19.00–22.00")
    assert mira.alias not in offered
    assert "Någon vill byta bort" not in await mira.read(PASS), "her own wish is no offer to her"
    assert "Behåll passet" in await mira.read(PASS)


async def test_of_two_who_take_over_the_second_hears_that_somebody_was_first(web, mira, disa):
    alva = await comes(web, "alva")
    await mira.press(f"{PASS}ta", opening=KEY)
    shift = await number(web)
    await mira.press(f"{PASS}byte", shift=shift)

    assert (await disa.press(f"{PASS}ta-over", shift=shift))[2].endswith("?klart=overtaget")
    status, page, _ = await alva.press(f"{PASS}ta-over", shift=shift)

    assert (status, "Någon annan hann före." in page) == (422, True)
    assert 'id="byten"' in page, "the summary leads somewhere"
    assert await shifts(web) == [(disa.id, THURSDAY, THURSDAY + 3 * HOUR)]
    assert (await mira.press(f"{PASS}behall", shift=shift))[0] == 422


async def test_who_changes_her_mind_keeps_her_shift(web, mira, disa):
    await mira.press(f"{PASS}ta", opening=KEY)
    await mira.press(f"{PASS}byte", shift=await number(web))

    assert (await mira.press(f"{PASS}behall", shift=await number(web)))[2].endswith("?klart=behallet")

    assert "Någon vill byta bort" not in await disa.read(PASS)


async def test_a_quarantine_is_told_to_its_mentor_and_to_nobody_else(web, mira, sam):
    day = date(2026, 11, 26)
    await records(web).quarantines.keep(Quarantine(mira.id, day, day))

    _, own, _ = await mira.press(f"{PASS}ta", opening=KEY)
    status, theirs, _ = await sam.press(
        f"{SCHEMA}lagg-in", opening=KEY, mentor=mira.id, start="19:00", end="22:00"
    )

    assert "Du har chattkarantän den dagen." in row(own)
    assert (status, f"{mira.alias} kan inte vara i tjänst då." in row(theirs)) == (422, True)
    assert "karantän" not in theirs.lower()
    assert await shifts(web) == []


async def test_a_shift_outside_the_hours_can_be_left_and_taken_away(web, mira, sam):
    monday = datetime(2026, 11, 23, 18, tzinfo=UTC)
    await mira.press(f"{PASS}ta", opening=int(monday.timestamp()))
    closed = DatedException(date(2026, 11, 23))
    await web.app.extensions[EXTENSION].hours.change_day(sam.id, closed)

    own, theirs = await mira.read(PASS), await sam.read(SCHEMA)

    assert "Chatten är stängd då." in own
    assert "Lämna passet" in own
    assert "Pass när chatten är stängd" in theirs
    assert f"{mira.alias}: måndag 23 november 19.00–22.00" in theirs
    assert (await mira.press(f"{PASS}lamna", shift=await number(web)))[0] == 303
    assert await shifts(web) == []


async def test_the_calendar_holds_her_own_shifts_and_says_nothing_about_us(web, mira, disa):
    await mira.press(f"{PASS}ta", opening=KEY)
    await mira.press(f"{PASS}ta", opening=KEY + 7 * 24 * 3600, start="20:00", end="21:00")
    await disa.press(f"{PASS}ta", opening=KEY)
    assert f"{PASS}kalender.ics" in await mira.read(PASS)

    text, again = await mira.read(f"{PASS}kalender.ics"), await mira.read(f"{PASS}kalender.ics")

    events = events_in(text)
    assert [(event["dtstart"].dt, event["dtend"].dt, str(event["summary"])) for event in events] == [
        (THURSDAY, THURSDAY + 3 * HOUR, "Upptagen"),
        (THURSDAY + timedelta(days=7, hours=1), THURSDAY + timedelta(days=7, hours=2), "Upptagen"),
    ]
    assert text == again, "a calendar that reads it again changes the same events"
    assert len({str(event["uid"]) for event in events}) == 2
    assert text.count("\r\n") == text.count("\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    organisation = web.app.extensions[EXTENSION].organisation
    for secret in (
        organisation.short_name,
        organisation.website.partition("://")[2],
        mira.alias,
        "mira",
        "chat",
    ):
        assert secret.lower() not in text.lower()
    assert {name for event in events for name in event} == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "TRANSP",
    }  # fmt: skip


async def test_the_names_of_events_change_with_the_mentor(web, mira, disa):
    await mira.press(f"{PASS}ta", opening=KEY)
    hers = events_in(await mira.read(f"{PASS}kalender.ics"))
    await mira.press(f"{PASS}byte", shift=await number(web))
    await disa.press(f"{PASS}ta-over", shift=await number(web))

    [theirs] = events_in(await disa.read(f"{PASS}kalender.ics"))

    assert theirs["uid"] != hers[0]["uid"]
    assert events_in(await mira.read(f"{PASS}kalender.ics")) == []


async def test_the_desk_says_when_her_next_shift_is(web, mira):
    assert "Ditt nästa pass" not in await mira.read("/mentor/")

    await mira.press(f"{PASS}ta", opening=KEY)

    page = await mira.read("/mentor/")
    assert "Ditt nästa pass: tor 26 november 19.00–22.00" in page
    assert f'href="{PASS}"' in page


async def test_a_coordinator_reads_the_gaps_first_and_in_words(web, mira, sam):
    before = await sam.read(SCHEMA)
    await mira.press(f"{PASS}ta", opening=KEY, start="19:00", end="20:30")
    after = await sam.read(SCHEMA)

    gaps = await rota.count_gaps(await desk_of(web))
    assert f"{gaps} luckor de närmaste två veckorna" in before
    assert f"{gaps} luckor de närmaste två veckorna" in after, "half an evening leaves the other half"
    assert "Ingen mentor 19.00–22.00" in row(before)
    assert "Ingen mentor 20.30–22.00" in row(after)
    assert mira.alias in row(after)
    assert (
        after.index("luckor de närmaste") < after.index(f'href="#oppning-{KEY}"') < after.index("Alla pass")
    )


async def test_the_overview_says_how_many_gaps_wait(web, mira, sam):
    desk = await desk_of(web)
    first, *others = (await rota.read_rota(desk)).openings
    for opening in others:
        await rota.sign_up(desk, mira.id, opening.stretch)
    assert "Luckor i schemat de närmaste två veckorna</span> " in await sam.read("/samordnare/")

    await rota.sign_up(desk, mira.id, first.stretch)

    assert "Luckor i schemat" not in await sam.read("/samordnare/")


async def desk_of(web):
    async with web.app.app_context():
        return await rota_desk(web.app.extensions[EXTENSION])


async def test_when_every_evening_is_staffed_there_are_no_gaps_and_one_is_said_as_one(web, mira, sam):
    desk = await desk_of(web)
    openings = (await rota.read_rota(desk)).openings
    for opening in openings[1:]:
        await rota.sign_up(desk, mira.id, opening.stretch)
    assert "En lucka de närmaste två veckorna" in await sam.read(SCHEMA)

    await rota.sign_up(desk, mira.id, openings[0].stretch)

    assert "Inga luckor de närmaste två veckorna" in await sam.read(SCHEMA)
    assert "Ingen mentor" not in await sam.read(SCHEMA)


async def test_a_coordinator_puts_a_mentor_in_and_takes_her_out_and_both_are_noted(web, mira, sam):
    form = {"opening": KEY, "mentor": mira.id, "start": "19:00", "end": "22:00"}

    assert (await sam.press(f"{SCHEMA}lagg-in", **form))[2].endswith("/samordnare/schema/?klart=inlagt")
    status, page, _ = await sam.press(f"{SCHEMA}lagg-in", **form)
    assert (status, f"{mira.alias} har redan ett pass då." in row(page)) == (422, True)
    assert await shifts(web) == [(mira.id, THURSDAY, THURSDAY + 3 * HOUR)]

    shift = await number(web)
    assert (await sam.press(f"{SCHEMA}ta-bort", shift=shift))[0] == 303
    status, page, _ = await sam.press(f"{SCHEMA}ta-bort", shift=shift)
    assert (status, "Passet finns inte längre." in page) == (422, True)
    noted = [(entry.act, entry.about) for entry in await records(web).audit_log.newest(limit=9)]
    assert [one for one in noted if "shift" in one[0]] == [
        (Act.SHIFT_TAKEN_AWAY, mira.id),
        (Act.SHIFT_GIVEN, mira.id),
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start": "23:00"}, "Tiderna ska ligga inom öppettiden"),
        ({"end": "x"}, "Tiderna ska ligga inom öppettiden"),
        ({"mentor": "99"}, "Mentorn kan inte vara i tjänst då."),
    ],
)
async def test_what_a_coordinator_cannot_do_is_said_beside_its_field(web, mira, sam, changed, words):
    form = {"opening": KEY, "mentor": mira.id, "start": "19:00", "end": "22:00"} | changed

    status, page, _ = await sam.press(f"{SCHEMA}lagg-in", **form)

    assert (status, words in row(page)) == (422, True)
    assert await shifts(web) == []


async def test_who_is_not_certified_yet_can_be_scheduled_and_it_says_so_and_quarantine_is_not_that(
    web, mira, sam
):
    new = await web.staff.add("nora", has_items=False)
    await mira.press(f"{PASS}ta", opening=KEY)
    await records(web).quarantines.keep(Quarantine(mira.id, date(2026, 11, 22), date(2026, 11, 22)))
    assert "Inte klar för tjänst än" not in row(await sam.read(SCHEMA)).split("<details")[0]

    form = {"opening": KEY, "mentor": new.account.id, "start": "19:00", "end": "22:00"}
    assert (await sam.press(f"{SCHEMA}lagg-in", **form))[0] == 303

    page = row(await sam.read(SCHEMA))
    assert page.count("Inte klar för tjänst än") == 1
    assert f"{new.account.alias} – inte klar för tjänst än</option>" in page
    assert f"{mira.alias}</option>" in page


async def test_only_active_mentors_can_be_chosen_and_two_of_one_alias_are_told_apart(web, mira, disa, sam):
    await records(web).accounts.set_active(disa.id, active=False, at=web.staff.clock.now())
    assert f'<option value="{mira.id}">' in row(await sam.read(SCHEMA))
    assert f'<option value="{disa.id}"' not in row(await sam.read(SCHEMA))
    assert f'<option value="{sam.id}"' not in row(await sam.read(SCHEMA))


async def test_a_coordinator_sees_who_wants_to_swap(web, mira, sam):
    await mira.press(f"{PASS}ta", opening=KEY)
    assert "Vill byta" not in await sam.read(SCHEMA)

    await mira.press(f"{PASS}byte", shift=await number(web))

    page = await sam.read(SCHEMA)
    assert f"{mira.alias}: torsdag 26 november 19.00–22.00" in page
    assert "Vill byta" in row(page)


async def test_nobody_to_put_in_is_said_instead_of_an_empty_choice(web, sam):
    page = row(await sam.read(SCHEMA))

    assert "Det finns ingen mentor att lägga in än." in page
    assert "<select" not in page
