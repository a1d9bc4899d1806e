"""The coordinator's numbers: the page, its tables as files, and the year's page that somebody reviews."""

import re
import shutil
from datetime import UTC, datetime
from functools import partial
from random import Random

import pytest

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.number_periods import Week, weeks_of
from chatservice.web.parts import EXTENSION
from chatservice.year_page import drafts_in
from tests.domain.number_years import counted, realistic
from tests.site.test_markup import findings_in  # noqa: F401 (a fixture)

OURS = {"Origin": "http://localhost:8000"}
ROOM = "/samordnare/siffror/"


@pytest.fixture
def open_office(open_web, tmp_path, project):
    """Return a function that opens the service on a copy of the content, which it may write to."""
    content = tmp_path / "content"
    shutil.copytree(project / "content", content, ignore=shutil.ignore_patterns("film", "images"))
    return partial(open_web, content_dir=content)


@pytest.fixture
async def web(open_office):
    async with open_office() as room:
        yield room


async def coordinator(web, *, at=datetime(2027, 4, 12, 9, tzinfo=UTC), count=True):
    web.staff.clock.pass_time((at - web.staff.clock.now()).total_seconds())
    person = await web.staff.add("sam", Role.COORDINATOR)
    browser = web.browser()
    await web.sign_in(browser, person)
    records = web.app.extensions[EXTENSION].records
    if count:
        random = Random(4)
        weeks = (*weeks_of(2026), *(Week(2027, number) for number in range(1, 16)))
        await records.counters.add(counted(realistic(weeks, random), random))
    return browser, records


async def read(browser, path=ROOM):
    answer = await browser.get(path)
    assert answer.status_code == 200
    return await answer.get_data(as_text=True)


async def content_of(web):
    return web.app.extensions[EXTENSION].settings.content_dir


def small_numbers(page):
    """List the numbers from 0 to 4 that stand alone in a cell, a bar or a tally."""
    cells = re.findall(r"<(?:td|dd|text class=\"chart__number)[^>]*>\s*([^<]+?)\s*<", page)
    assert cells
    return [cell for cell in cells if re.fullmatch(r"(minst )?[0-4]\+?", cell)]


@pytest.mark.parametrize("asked", ["1999", "2028", "i går", "12", "²²²²", "20270"])
async def test_a_period_that_does_not_exist_is_refused(web, asked):
    browser, _ = await coordinator(web, count=False)

    assert (await browser.get(ROOM, query_string={"tid": asked})).status_code == 400
    form = {"table": "weeks", "period": asked}
    assert (await browser.post(f"{ROOM}tabell", form=form, headers=OURS)).status_code == 400


@pytest.mark.parametrize("year", ["2027", "2025", "", "i-ar"])
async def test_a_year_that_is_not_over_or_has_no_numbers_cannot_be_published(web, year):
    browser, _ = await coordinator(web)

    for path in ("publicera", "sida"):
        assert (await browser.post(ROOM + path, form={"year": year}, headers=OURS)).status_code == 400
    assert drafts_in(await content_of(web)) == []


async def test_without_a_whole_week_the_page_says_so(web):
    browser, _ = await coordinator(web, at=datetime(2027, 1, 6, 9, tzinfo=UTC), count=False)

    assert "Än finns inga hela veckor att visa." in await read(browser)
    assert "Minst fem behövs." in await read(browser, f"{ROOM}?tid=12-veckor")


@pytest.mark.parametrize("period", ["i-ar", "12-veckor", "2026"])
async def test_no_small_number_stands_on_the_page(web, period):
    browser, _ = await coordinator(web)

    page = await read(browser, f"{ROOM}?tid={period}")

    assert small_numbers(page) == []
    assert "&lt;5" in page
    assert "minst" in page
    assert page.count("<svg") >= 3
    assert " style=" not in page.split("<main")[1]


async def test_the_page_shows_whole_weeks_of_the_year_and_leads_to_other_periods(web):
    browser, _ = await coordinator(web)

    page = await read(browser)

    weeks = re.findall(r'rowheader" data-label="Vecka">(\d+)<', page)
    assert weeks == [str(number) for number in range(1, 15)]
    for address in (f'href="{ROOM}"', f'href="{ROOM}?tid=12-veckor"', f'href="{ROOM}?tid=2026"'):
        assert address in page
    assert "Ett år kan publiceras när dess sista vecka är slut." in page


async def test_in_the_first_quarter_the_page_says_when_the_other_tables_come(open_office):
    march = datetime(2026, 3, 2, 9, tzinfo=UTC)
    # The service's own clock stands there too: what it erases by itself at the start is what is old in March.
    async with open_office(clock=march) as web:
        browser, _ = await coordinator(web, at=march)

        assert "kommer när det första är slut" in await read(browser)


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("weeks", "week,first_day,opened,queued,taken,left,wait_median_min,wait_90th_min"),
        ("hours", "quarter,weekday,hour,taken,left"),
        ("lengths", "quarter,length,conversations"),
        ("outcomes", "quarter,outcome,times"),
    ],
)
async def test_a_table_taken_out_hides_what_the_page_hides_and_is_an_act(web, table, header):
    browser, records = await coordinator(web)

    answer = await browser.post(f"{ROOM}tabell", form={"table": table, "period": "2026"}, headers=OURS)
    lines = (await answer.get_data(as_text=True)).splitlines()

    assert answer.content_type == "text/csv; charset=utf-8"
    assert lines[0] == header
    assert "<5" in "".join(lines)
    counts = [cell for line in lines[1:] for cell in line.split(",")[3 if table == "hours" else 2 :][:4]]
    assert [cell for cell in counts if cell.isdigit() and int(cell) < 5] == []
    assert (await records.audit_log.newest(limit=1))[0].act is Act.NUMBERS_EXPORTED


async def test_a_table_that_does_not_exist_is_refused(web):
    browser, _ = await coordinator(web)

    form = {"table": "names", "period": "2026"}

    assert (await browser.post(f"{ROOM}tabell", form=form, headers=OURS)).status_code == 400


async def test_a_year_becomes_a_draft_that_an_editor_sees_and_may_be_made_again(web):
    browser, records = await coordinator(web)
    content = await content_of(web)

    first = await browser.post(f"{ROOM}publicera", form={"year": "2026"}, headers=OURS)
    told = await read(browser, first.headers["Location"])
    again = await browser.post(f"{ROOM}publicera", form={"year": "2026"}, headers=OURS)

    assert "siffror-2026.md ligger bland sidorna som ett utkast" in told
    assert "utbytt mot ett nytt" in await read(browser, again.headers["Location"])
    assert drafts_in(content) == ["siffror-2026.md"]
    text = (content / "pages" / "siffror-2026.md").read_text("utf-8")
    assert "Status: draft" in text
    assert not re.search(r"\| (minst )?[0-4] \|", text)
    assert (await records.audit_log.newest(limit=1))[0].act is Act.NUMBERS_PUBLISHED
    assert list((content / "pages").glob(".*")) == []
    editor = web.browser()
    await web.sign_in(editor, await web.staff.add("eva", Role.EDITOR))
    assert "content/pages/siffror-2026.md" in await read(editor, "/redaktor/")


async def test_a_page_that_somebody_has_reviewed_is_never_written_over(web):
    browser, _ = await coordinator(web)
    page = await content_of(web) / "pages" / "siffror-2026.md"
    page.write_text("Title: Vårt år\n\nStatus: draft står här i texten, men inte överst.\n", "utf-8")

    answer = await browser.post(f"{ROOM}publicera", form={"year": "2026"}, headers=OURS)

    assert "redan granskad" in await read(browser, answer.headers["Location"])
    assert page.read_text("utf-8").startswith("Title: Vårt år")
    assert drafts_in(await content_of(web)) == []


async def test_where_the_service_may_not_write_the_page_can_be_taken_as_a_file(web):
    browser, _ = await coordinator(web)
    content = await content_of(web)
    shutil.rmtree(content / "pages")

    answer = await browser.post(f"{ROOM}publicera", form={"year": "2026"}, headers=OURS)
    file = await browser.post(f"{ROOM}sida", form={"year": "2026"}, headers=OURS)

    assert "får inte skriva bland sidorna" in await read(browser, answer.headers["Location"])
    assert file.headers["Content-Disposition"] == 'attachment; filename="siffror-2026.md"'
    assert (await file.get_data(as_text=True)).startswith("Title: Chatten i siffror 2026\n")
    assert drafts_in(content) == []


async def test_publishing_asks_again_who_it_is_after_a_while(web):
    browser, _ = await coordinator(web)
    for _ in range(4):
        web.staff.clock.pass_time(10 * 60)
        await browser.get("/samordnare/siffror/")

    answer = await browser.post(f"{ROOM}publicera", form={"year": "2026"}, headers=OURS)

    assert answer.headers["Location"].startswith("/konto/bekrafta")
    assert drafts_in(await content_of(web)) == []


async def test_the_pages_are_well_written(web, findings_in, tmp_path):  # noqa: F811
    browser, _ = await coordinator(web)
    pages = tmp_path / "made"
    pages.mkdir()

    for number, query in enumerate(("", "?tid=12-veckor", "?tid=2026", "?tid=2026&language=en")):
        (pages / f"{number}.html").write_text(await read(browser, ROOM + query), "utf-8")

    assert findings_in(pages) == ""
