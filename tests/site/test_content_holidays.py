"""Advice on holidays: never an error, gone once somebody has decided, and with lines that can be pasted as they are."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from chatservice.domain.holidays import Holiday
from chatservice.organisation import load_opening_hours
from tests.site.content_folder import make_content
from tools.content_check import check
from tools.content_check.holidays import lines_for

TODAY = date(2026, 12, 10)
HOURS = """example = true
time_zone = "Europe/Stockholm"
last_entry_min = 0

[week]
monday = []
tuesday = []
wednesday = []
thursday = ["12:00-13:00", "19:00-22:00"]
friday = []
saturday = []
sunday = []
"""


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    folder = make_content(tmp_path / "content", project)
    (folder / "data" / "opening_hours.toml").write_text(HOURS, "utf-8")
    return folder


def test_a_build_is_told_nothing_of_holidays(content: Path):
    assert "Julafton" not in check(content).report()


def test_hours_that_cannot_be_read_bring_no_advice_on_holidays(content: Path):
    (content / "data" / "opening_hours.toml").write_text("[week", "utf-8")

    assert "Julafton" not in check(content, today=TODAY).report()


def test_a_holiday_on_ordinary_hours_is_advice_and_no_error(content: Path):
    findings = check(content, today=TODAY)

    assert findings.errors == []
    assert [mistake.what for mistake in findings.advice if mistake.file.endswith("opening_hours.toml")] == [
        "Julafton är torsdag 24 december 2026, och chatten har öppet som vanligt (12.00–13.00 och 19.00–22.00).",
        "Nyårsafton är torsdag 31 december 2026, och chatten har öppet som vanligt (12.00–13.00 och 19.00–22.00).",
    ]


@pytest.mark.parametrize("keeps_hours", [False, True])
def test_the_lines_can_be_pasted_and_the_advice_is_gone(content: Path, keeps_hours: bool):
    file = content / "data" / "opening_hours.toml"
    eve = next(
        mistake for mistake in check(content, today=TODAY).advice if mistake.what.startswith("Julafton")
    )
    lines = eve.remedy.partition("\n")[2]
    if keeps_hours:
        lines = lines.replace("windows = []    # stängt; som vanligt:", "windows =")
    file.write_text(f"{HOURS}\n{lines}\n", "utf-8")

    findings = check(content, today=TODAY)

    assert findings.errors == []
    assert [m.what[:10] for m in findings.advice if m.file.endswith("opening_hours.toml")] == ["Nyårsafton"]
    schedule = load_opening_hours(content)
    assert bool(schedule.windows_on(date(2026, 12, 24))) == keeps_hours


def test_each_language_of_the_site_gets_the_name():
    eve = Holiday(date(2026, 12, 24), (("sv", "Julafton"), ("en", "Christmas Eve")))

    lines = tomllib.loads(lines_for(eve, ("sv", "en"), '"19:00-22:00"'))

    assert lines == {
        "exceptions": [
            {"date": eve.date, "windows": [], "reason": "Julafton", "en": {"reason": "Christmas Eve"}},
        ]
    }
