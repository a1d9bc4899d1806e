"""The coordinator's numbers: tables and charts of whole weeks, as files too, and the year's page for the site.

Knows pages and forms. What is shown and what is hidden: domain/number_tables.py. How charts are laid out: charts.py.
"""

import asyncio
import csv
import io
from datetime import date
from itertools import groupby
from typing import Annotated, Any, Final

import msgspec
from quart import Blueprint, Response, abort, request
from quart.typing import ResponseReturnValue

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.number_periods import LATEST_WEEKS, Period
from chatservice.domain.number_rows import Table, rows_of
from chatservice.domain.number_tables import LENGTH_NAMES, OUTCOMES, Numbers, WeekRow
from chatservice.domain.percentiles import WaitRange
from chatservice.domain.statistics import LENGTH_STEPS_MIN
from chatservice.usecases.auditing import note
from chatservice.usecases.numbers import LATEST, THIS_YEAR, period_named, read_numbers, today_of, years_over
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.charts import TALLEST, WIDEST, bars_of, greatest_of, hour_rows
from chatservice.web.forms import read_form
from chatservice.web.freshness import fresh_required
from chatservice.web.languages import in_current_language
from chatservice.web.office import done, office_page
from chatservice.web.parts import parts
from chatservice.year_page import page_name, page_text, place_page

blueprint = Blueprint("numbers", __name__)
ROOM: Final = "/samordnare/siffror/"
PERIOD_PARAMETER: Final = "tid"
_FILE_NAMES: Final = {
    Table.WEEKS: "veckor",
    Table.HOURS: "timmar",
    Table.LENGTHS: "langder",
    Table.OUTCOMES: "utfall",
}
_BOUNDS: Final = (0, *LENGTH_STEPS_MIN, None)
_LENGTHS: Final = tuple(
    WaitRange(_BOUNDS[place] or 0, _BOUNDS[place + 1]) for place in range(len(LENGTH_NAMES))
)

_PeriodName = Annotated[str, msgspec.Meta(max_length=12)]


class TableForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The button under a table: which table, of which period."""

    table: Table
    period: _PeriodName


class YearForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The buttons about a year's page: which year."""

    year: _PeriodName


@blueprint.get(ROOM)
@staff_required(Role.COORDINATOR)
async def page() -> ResponseReturnValue:
    """Show the numbers of a period."""
    name = request.args.get(PERIOD_PARAMETER, THIS_YEAR)
    numbers = await _numbers(_period(name))
    the = parts()
    years = [str(year) for year in await years_over(the.records.counters, _today())]
    return await office_page(
        "office_numbers.html",
        room=ROOM,
        choices=[(each, _address(each)) for each in (THIS_YEAR, LATEST, *years)],
        chosen=name,
        numbers=numbers,
        charts=_charts(numbers),
        is_year=name in years,
        page_name=page_name(int(name)) if name in years else "",
    )


@blueprint.post(f"{ROOM}tabell")
@staff_required(Role.COORDINATOR)
async def table() -> ResponseReturnValue:
    """Give out a table for other programs, with the same numbers hidden as on the page."""
    form = await read_form(TableForm)
    numbers = await _numbers(_period(form.period))
    await _note(Act.NUMBERS_EXPORTED)
    text = io.StringIO()
    csv.writer(text).writerows(rows_of(numbers, form.table))
    name = f"{_FILE_NAMES[form.table]}-{form.period}.csv"
    return _file(text.getvalue(), name, "text/csv; charset=utf-8")


@blueprint.post(f"{ROOM}publicera")
@staff_required(Role.COORDINATOR)
@fresh_required(back=ROOM)
async def publish() -> ResponseReturnValue:
    """Put a year's page among the pages of the site, as a draft."""
    year, text = await _year_page()
    placed = await asyncio.to_thread(place_page, parts().settings.content_dir, year, text)
    await _note(Act.NUMBERS_PUBLISHED)
    return done(f"{ROOM}?{PERIOD_PARAMETER}={year}", placed.value)


@blueprint.post(f"{ROOM}sida")
@staff_required(Role.COORDINATOR)
async def year_file() -> ResponseReturnValue:
    """Give out a year's page as a file."""
    year, text = await _year_page()
    await _note(Act.NUMBERS_EXPORTED)
    return _file(text, page_name(year), "text/markdown; charset=utf-8")


async def _year_page() -> tuple[int, str]:
    form = await read_form(YearForm)
    years = await years_over(parts().records.counters, _today())
    if form.year not in {str(year) for year in years}:
        abort(400)
    numbers = await _numbers(_period(form.year))
    return int(form.year), page_text(numbers, int(form.year))


def _today() -> date:
    the = parts()
    return today_of(the.staff.clock, the.schedule.zone)


def _period(name: str) -> Period:
    period = period_named(name, _today())
    if period is None:
        abort(400)
    return period


async def _numbers(period: Period) -> Numbers:
    the = parts()
    return await read_numbers(the.records.counters, the.schedule, period)


async def _note(act: Act) -> None:
    the = parts()
    staff = await signed_in_staff()
    await note(the.records.audit_log, the.staff.clock, staff.account_id, act)


def _address(period: str) -> str:
    return in_current_language(ROOM if period == THIS_YEAR else f"{ROOM}?{PERIOD_PARAMETER}={period}")


def _file(text: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, 200, headers, content_type=kind)


def _charts(numbers: Numbers) -> dict[str, Any]:
    """Lay out what the page draws: weeks by quarter on one scale, hours, lengths and outcomes."""
    greatest = greatest_of(row.came.taken for row in numbers.weeks)
    weeks = [
        bars_of(((str(row.week.number), row.came.taken) for row in rows), longest=TALLEST, greatest=greatest)
        for rows in _stretches(numbers.weeks)
    ]
    tables = numbers.tables
    if tables is None:
        return {"weeks": weeks}
    return {
        "weeks": weeks,
        "taken_hours": hour_rows(tables.taken_by_hour),
        "left_hours": hour_rows(tables.left_by_hour),
        "lengths": list(
            zip(_LENGTHS, bars_of((("", cell) for cell in tables.lengths), longest=WIDEST), strict=True)
        ),
        "outcomes": bars_of(
            ((each.value, cell) for each, cell in zip(OUTCOMES, tables.outcomes, strict=True)), longest=WIDEST
        ),
    }


def _stretches(rows: tuple[WeekRow, ...]) -> list[list[WeekRow]]:
    """Give the weeks that share a chart: those of a quarter, or all of a short period."""
    if len(rows) <= LATEST_WEEKS:
        return [list(rows)] if rows else []
    return [list(some) for _, some in groupby(rows, key=lambda row: row.week.quarter)]
