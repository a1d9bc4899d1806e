"""Tables of numbers as plain text: every mark has its own text, and what is hidden stays so."""

from datetime import date
from random import Random

from chatservice.domain.number_periods import Quarter, year_so_far
from chatservice.domain.number_rows import Table, cell_text, rows_of
from chatservice.domain.number_tables import numbers_of
from chatservice.domain.small_cells import CLOSED, HIDDEN, SMALL, Cell
from tests.domain.number_years import OPEN_HOURS, counted, realistic

PERIOD = year_so_far(2026, date(2026, 8, 1))


def year():
    random = Random(2)
    return numbers_of(
        PERIOD,
        counted(realistic(PERIOD.weeks, random), random),
        dict.fromkeys(PERIOD.quarters, OPEN_HOURS),
    )


def test_each_mark_has_a_text_of_its_own():
    assert [cell_text(cell) for cell in (Cell(7), Cell(7, is_floor=True), SMALL, HIDDEN, CLOSED)] == [
        "7", ">=7", "<5", "hidden", "",
    ]  # fmt: skip


def test_weeks_are_rows_with_their_first_day():
    rows = rows_of(year(), Table.WEEKS)

    assert rows[1][:2] == ("2026-W01", "2025-12-29")
    assert len(rows) == 1 + len(PERIOD.weeks)
    assert {len(row) for row in rows} == {8}
    assert any(row[6] for row in rows[1:])
    assert any(not row[6] for row in rows[1:]), "a week with few has no range"


def test_hours_lengths_and_outcomes_stand_quarter_for_quarter():
    numbers = year()

    for table, rows_each in ((Table.HOURS, len(OPEN_HOURS)), (Table.LENGTHS, 7), (Table.OUTCOMES, 6)):
        rows = rows_of(numbers, table)[1:]
        assert [row[0] for row in rows] == ["2026-Q1"] * rows_each + ["2026-Q2"] * rows_each


def test_no_text_is_a_number_under_five():
    numbers = year()
    places = {
        Table.WEEKS: slice(2, 6),
        Table.HOURS: slice(3, 5),
        Table.LENGTHS: slice(2, 3),
        Table.OUTCOMES: slice(2, 3),
    }

    for table, place in places.items():
        counts = [text.removeprefix(">=") for row in rows_of(numbers, table)[1:] for text in row[place]]
        assert [text for text in counts if text.isdigit() and int(text) < 5] == []
        assert "<5" in counts


def test_the_quarter_of_the_first_rows_is_the_first_one():
    assert PERIOD.quarters == (Quarter(2026, 1), Quarter(2026, 2))
