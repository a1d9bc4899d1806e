"""The numbers from the command line: a year as tables, or as a page."""

import asyncio
from random import Random

from chatservice.domain.audit import Act
from chatservice.domain.number_periods import weeks_of
from chatservice.records import open_records
from chatservice.settings import Settings
from tests.domain.number_years import counted, realistic


async def put_in(folder):
    random = Random(4)
    async with open_records(Settings(data_dir=folder, secret="exempel" * 5)) as records:
        await records.counters.add(counted(realistic(weeks_of(2024), random), random))


async def acts(folder):
    async with open_records(Settings(data_dir=folder, secret="exempel" * 5)) as records:
        return [entry.act for entry in await records.audit_log.newest(limit=9)]


def with_numbers(shell):
    assert shell.run("migrate") == 0
    asyncio.run(put_in(shell.folder))


def test_a_year_that_has_not_begun_is_refused(shell):
    with_numbers(shell)

    assert "ange ett år som har börjat" in shell.refuse("numbers", "--year", "2999")
    assert "ange ett år som har börjat" in shell.refuse("numbers", "--year", "24")


def test_a_year_that_is_not_over_has_no_page(shell, tmp_path, monkeypatch):
    with_numbers(shell)
    monkeypatch.setenv("CHAT_CLOCK", "2024-12-29T12:00:00+00:00")

    assert "är inte slut" in shell.refuse("numbers", "--year", "2024", "--page", str(tmp_path / "ny.md"))
    assert not (tmp_path / "ny.md").exists()
    assert shell.run("numbers", "--year", "2024") == 0


def test_a_file_is_never_written_over(shell, tmp_path):
    with_numbers(shell)
    page = tmp_path / "siffror-2024.md"
    page.write_text("Title: Vår egen\n", "utf-8")

    assert "finns redan" in shell.refuse("numbers", "--year", "2024", "--page", str(page))
    assert "välj en annan plats" in shell.refuse(
        "numbers", "--year", "2024", "--page", str(tmp_path / "x" / "y.md")
    )
    assert page.read_text("utf-8") == "Title: Vår egen\n"


def test_a_year_is_shown_with_small_numbers_hidden_and_that_is_an_act(shell, tmp_path):
    with_numbers(shell)

    assert shell.run("numbers", "--year", "2024") == 0
    assert shell.out.startswith("week,first_day,opened")
    assert shell.out.count("\n") == 53
    assert ",<5," in shell.out
    assert shell.run("numbers", "--year", "2024", "--csv", "hours") == 0
    assert shell.out.startswith("quarter,weekday,hour")
    assert shell.run("numbers", "--year", "2024", "--page", str(tmp_path / "ny.md")) == 0
    assert "Status: draft" in (tmp_path / "ny.md").read_text("utf-8")
    assert asyncio.run(acts(shell.folder)) == [Act.NUMBERS_EXPORTED] * 3
