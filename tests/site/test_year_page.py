"""The year's page as a part of the site: a draft is nowhere, and a reviewed one is a page like any other."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

from chatservice.domain.number_periods import hours_open, year_so_far
from chatservice.domain.number_tables import numbers_of
from chatservice.organisation import load_opening_hours
from chatservice.year_page import page_text, place_page
from tests.domain.number_years import counted, realistic
from tests.site.test_markup import findings_in  # noqa: F401 (a fixture)
from tools.content_check import check
from tools.site_build import build_site


def with_a_year(folder: Path, project: Path) -> Path:
    """Copy the real content and put the page of a usual year into it, as a draft; give the page."""
    shutil.copytree(project / "content", folder, ignore=shutil.ignore_patterns("film"))
    (folder / "data" / "film.toml").unlink()
    schedule, random = load_opening_hours(folder), Random(4)
    period = year_so_far(2025, date(2026, 2, 1))
    truth = counted(realistic(period.weeks, random), random)
    opened = {quarter: hours_open(schedule, quarter.weeks) for quarter in period.quarters}
    place_page(folder, 2025, page_text(numbers_of(period, truth, opened), 2025))
    return folder / "pages" / "siffror-2025.md"


def test_a_draft_is_not_published_and_a_reviewed_page_is(
    tmp_path: Path,
    project: Path,
    findings_in: Callable[[Path], str],  # noqa: F811
):
    page = with_a_year(tmp_path / "content", project)
    site = tmp_path / "site"

    build_site(site, content=tmp_path / "content")

    assert not (site / "siffror-2025").exists()
    assert "siffror-2025" not in (site / "sitemap.xml").read_text("utf-8")
    assert "siffror-2025" not in (site / "index.html").read_text("utf-8")

    page.write_text(page.read_text("utf-8").replace("Status: draft\n", ""), "utf-8")
    build_site(site, content=tmp_path / "content")

    assert "/siffror-2025/" in (site / "sitemap.xml").read_text("utf-8")
    html = (site / "siffror-2025" / "index.html").read_text("utf-8")
    assert html.count("<table>") == 5
    assert "minst" in html
    assert findings_in(site / "siffror-2025") == ""


def test_the_page_is_easy_to_read_and_has_no_mistake(tmp_path: Path, project: Path):
    page = with_a_year(tmp_path / "content", project)

    findings = check(tmp_path / "content")

    assert [line for line in findings.report().splitlines() if page.name in line] == []
