"""The coordinator's numbers in a browser: empty and with a year, in every mode, down to the page an editor gets."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from playwright.sync_api import BrowserContext, Page, expect

from chatservice.domain.number_periods import Week, weeks_of
from tests.browser.conftest import MODES, inspect
from tests.browser.people import Person
from tests.domain.number_years import counted, realistic
from tests.running_service import RunningService

NUMBERS = "/samordnare/siffror/"
CLOCK = "2027-04-12T09:00:00+00:00"


def put_in_a_year(service: RunningService) -> None:
    """Put in what was counted in 2026 and until April 2027."""
    random = Random(4)
    weeks = (*weeks_of(2026), *(Week(2027, number) for number in range(1, 15)))
    rows = [
        (counter.day.isoformat(), counter.hour, counter.name, number)
        for counter, number in counted(realistic(weeks, random), random).items()
    ]
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=30)) as database, database:
        database.executemany("INSERT INTO counters (day, hour, name, number) VALUES (?, ?, ?, ?)", rows)


def look_in_every_mode(page: Page, axe_source: str) -> None:
    """Inspect the page as it stands, with everything on it unfolded."""
    for part in page.locator("details > summary").all():
        part.click()
    for name, mode in MODES.items():
        page.emulate_media(
            color_scheme=mode.get("color_scheme", "light"),
            contrast=mode.get("contrast", "no-preference"),
            forced_colors=mode.get("forced_colors", "none"),
        )
        page.set_viewport_size(mode.get("viewport", {"width": 1280, "height": 800}))
        assert inspect(page, axe_source, name).findings == []
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_coordinator_reads_the_numbers_takes_them_out_and_publishes_a_year(
    make_service: Callable[..., RunningService],
    new_context: Callable[..., BrowserContext],
    axe_source: str,
    tmp_path: Path,
    project: Path,
):
    content = tmp_path / "content"
    shutil.copytree(project / "content", content, ignore=shutil.ignore_patterns("film", "images"))
    service = make_service(content_dir=content, clock=CLOCK)
    credentials = service.add_account("coordinator", "samordnare-siffror")
    desk = Person(new_context().new_page(), service.base_url)
    page = desk.page
    desk.signs_in(credentials)

    page.get_by_role("link", name="Siffror", exact=True).click()
    desk.sees("Ingen vecka i perioden har så många besök att de kan visas.")
    look_in_every_mode(page, axe_source)

    put_in_a_year(service)
    page.reload()
    page.get_by_role("link", name="2026", exact=True).click()
    expect(page.get_by_role("img", name="Vecka 1–13")).to_be_visible()
    expect(page.get_by_role("table", name="Fick en mentor")).to_contain_text("19–20")
    look_in_every_mode(page, axe_source)
    with page.expect_download() as taken_out:
        desk.button("Hämta timmarna (CSV)").click()
    assert taken_out.value.suggested_filename == "timmar-2026.csv"
    assert "<5" in taken_out.value.path().read_text("utf-8")

    desk.button("Publicera årets siffror").click()
    desk.sees("ligger bland sidorna som ett utkast")
    assert "Status: draft" in (content / "pages" / "siffror-2026.md").read_text("utf-8")
