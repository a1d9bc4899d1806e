"""`numbers`: a year's tables, or its page for the site, with the same numbers hidden as on the coordinator's page."""

import argparse
import asyncio
import csv
import sys
from pathlib import Path

from chatservice.commands.migrate import ensure_current
from chatservice.domain.audit import Act
from chatservice.domain.number_periods import is_over
from chatservice.domain.number_rows import Table, rows_of
from chatservice.errors import StartError
from chatservice.organisation import load_opening_hours
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.usecases.auditing import note
from chatservice.usecases.numbers import period_named, read_numbers, today_of
from chatservice.year_page import page_text


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Run the command. Raises `StartError`."""
    ensure_current(settings)
    asyncio.run(_run(settings, options))
    return 0


async def _run(settings: Settings, options: argparse.Namespace) -> None:
    schedule = load_opening_hours(settings.content_dir)
    clock = settings.make_clock()
    today = today_of(clock, schedule.zone)
    period = period_named(str(options.year), today)
    if period is None:
        raise StartError(
            f"Året {options.year} går inte att visa: ange ett år som har börjat, med fyra siffror."
        )
    if options.page and not is_over(options.year, today):
        raise StartError(f"Året {options.year} är inte slut: sidan kan göras när årets sista vecka är slut.")
    async with open_records(settings) as records:
        numbers = await read_numbers(records.counters, schedule, period)
        await note(records.audit_log, clock, None, Act.NUMBERS_EXPORTED)
    if options.page:
        _write(options.page, page_text(numbers, options.year))
    else:
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows_of(numbers, Table(options.csv)))


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise StartError(f"Filen {file} finns redan: välj ett annat namn.") from error
    except OSError as error:
        raise StartError(
            f"Det går inte att skriva {file} ({error.strerror}): välj en annan plats."
        ) from error
    print(f"Sidan är skriven till {file}. Läs den och ta bort raden Status: draft.")
