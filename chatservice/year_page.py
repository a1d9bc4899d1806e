"""The page of the site with a year's numbers: its text in Markdown, and putting it among the pages as a draft.

What is shown is decided in domain/number_tables.py; here it is only said in words. A person reads the draft and takes
its line `Status: draft` away; from then on this never touches it. Knows the form of a page (docs/redaktör.md).
"""

import os
import re
import secrets
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from chatservice.domain.number_tables import LENGTH_NAMES, OUTCOMES, Numbers, QuarterTables
from chatservice.domain.opening_words import WEEKDAYS
from chatservice.domain.percentiles import WaitRange
from chatservice.domain.small_cells import Cell, Mark
from chatservice.domain.statistics import LENGTH_STEPS_MIN, Outcome

_DRAFT: Final = re.compile(r"status:\s*draft\s*", re.IGNORECASE)
_FIELD: Final = re.compile(r"\s*[\wÅÄÖåäö-]+:|\s{4,}\S|---")
_OUTCOME_WORDS: Final = {
    Outcome.LISTENED: "Mentorn lyssnade",
    Outcome.ANSWERED: "Mentorn svarade på en fråga",
    Outcome.FOLLOW_UP: "Besökaren vill höras igen",
    Outcome.REFERRED: "Mentorn hänvisade vidare",
    Outcome.LEFT: "Besökaren slutade själv",
    Outcome.ABUSE: "Samtalet var kränkande",
}


class Placed(StrEnum):
    """What became of the page."""

    WRITTEN = "written"
    REPLACED = "replaced"
    """An earlier draft stood there."""
    REVIEWED = "reviewed"
    """Somebody has reviewed the page that stands there: it was left alone."""
    NOT_WRITABLE = "not_writable"


def page_name(year: int) -> str:
    """Return the page's file name."""
    return f"siffror-{year}.md"


def place_page(content_dir: Path, year: int, text: str) -> Placed:
    """Put the page among the others, whole or not at all; never in place of one that somebody has reviewed."""
    file = content_dir / "pages" / page_name(year)
    trial = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        is_there = file.exists()
        if is_there and not _is_draft(file):
            return Placed.REVIEWED
        trial.write_text(text, "utf-8")
        os.replace(trial, file)
    except OSError:
        trial.unlink(missing_ok=True)
        return Placed.NOT_WRITABLE
    return Placed.REPLACED if is_there else Placed.WRITTEN


def drafts_in(content_dir: Path) -> list[str]:
    """List the pages that wait for somebody to review them, by file name."""
    return sorted(file.name for file in (content_dir / "pages").glob("*.md") if _is_draft(file))


def _is_draft(file: Path) -> bool:
    """Look at the fields at the top; a page that cannot be read is none."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    for line in lines:
        if _DRAFT.fullmatch(line.strip()):
            return True
        if not _FIELD.match(line):
            return False
    return False


def page_text(numbers: Numbers, year: int) -> str:
    """Write the page of a year that is over."""
    return "\n".join(
        [
            f"Title: Chatten i siffror {year}",
            f"Description: Hur många som chattade med oss {year}, hur länge de väntade och hur länge de stannade.",
            "Lede: Vi räknar besök. Vi räknar aldrig vem som kom eller vad någon sa.",
            "Status: draft",
            "",
            *_about(year),
            *_quarters(numbers.quarters),
            *_waits(numbers.quarters),
            *_hours(numbers.tables),
            *_lengths(numbers.tables),
            *_outcomes(numbers.tables),
        ]
    )


def _about(year: int) -> Iterable[str]:
    return (
        "## Det här har vi räknat",
        "",
        f"Här står hur många som kom till chatten {year}. Ett år är här hela veckor, från måndag till söndag. "
        "Ett kvartal är tretton veckor, och ibland fjorton.",
        "",
        "## Varför en del tal saknas {#dolda-tal}",
        "",
        "Ett tal under fem visar vi inte. Då står det *under 5*. Så få ska ingen kunna leta efter.",
        "",
        "Ibland går ett litet tal att räkna ut ur de andra. Då döljer vi ett tal till. Där står det *dold*. "
        "När en del av en summa är dold står det *minst* före det som går att visa. Är alla delar dolda är summan det "
        "också.",
        "",
    )


def _quarters(quarters: Sequence[QuarterTables]) -> Iterable[str]:
    yield from ("## Hur många som kom", "")
    yield "Alla som fick plats i kön fick antingen en mentor eller gick innan det var deras tur."
    yield ""
    yield from _table(
        ("Kvartal", "Bad om att få börja", "Fick plats i kön", "Fick en mentor", "Gick innan"),
        (
            (_quarter(each), _said(came.opened), _said(came.queued), _said(came.taken), _said(came.left))
            for each in quarters
            for came in (each.came,)
        ),
    )


def _waits(quarters: Sequence[QuarterTables]) -> Iterable[str]:
    yield from ("## Hur länge de väntade", "")
    yield "Hälften väntade högst så länge som står i mitten. Nio av tio väntade högst så länge som står sist."
    yield ""
    yield from _table(
        ("Kvartal", "Hälften", "Nio av tio"),
        (
            (
                _quarter(each),
                range_words(each.waits.median) if each.waits else "dold",
                range_words(each.waits.ninetieth) if each.waits else "dold",
            )
            for each in quarters
        ),
    )


def _hours(tables: QuarterTables | None) -> Iterable[str]:
    if tables is None:
        return
    yield from ("## När de kom", "")
    yield "Så många fick en mentor under varje timme i veckan, hela året."
    yield ""
    yield from _table(
        ("Dag", "Timme", "Fick en mentor"),
        (
            (WEEKDAYS[place // 24].capitalize(), f"kl. {place % 24}–{place % 24 + 1}", _said(cell))
            for place, cell in enumerate(tables.taken_by_hour)
            if cell.mark is not Mark.CLOSED
        ),
    )


def _lengths(tables: QuarterTables | None) -> Iterable[str]:
    if tables is None:
        return
    yield from ("## Hur länge samtalen varade", "")
    yield "Ett samtal räknas från det att mentorn kom till det att det tog slut."
    yield ""
    bounds: tuple[int | None, ...] = (0, *LENGTH_STEPS_MIN, None)
    steps = [WaitRange(bounds[place] or 0, bounds[place + 1]) for place in range(len(LENGTH_NAMES))]
    yield from _table(
        ("Längd", "Samtal"),
        ((range_words(step), _said(cell)) for step, cell in zip(steps, tables.lengths, strict=True)),
    )


def _outcomes(tables: QuarterTables | None) -> Iterable[str]:
    if tables is None:
        return
    yield from ("## Hur det gick", "")
    yield "Efter ett samtal kan mentorn kryssa för hur det blev. Flera kryss går bra, och inget måste sättas."
    yield ""
    yield from _table(
        ("Kryss", "Gånger"),
        (
            (_OUTCOME_WORDS[outcome], _said(cell))
            for outcome, cell in zip(OUTCOMES, tables.outcomes, strict=True)
        ),
    )


def range_words(given: WaitRange) -> str:
    """Say a range of minutes in Swedish."""
    if given.high_min is None:
        return f"{given.low_min} minuter eller mer"
    return f"{given.low_min}–{given.high_min} minuter" if given.low_min else f"under {given.high_min} min"


def _quarter(tables: QuarterTables) -> str:
    weeks = tables.quarter.weeks if tables.quarter else ()
    return f"Vecka {weeks[0].number}–{weeks[-1].number}" if weeks else ""


def _said(cell: Cell) -> str:
    if cell.number is not None:
        return f"minst {cell.number}" if cell.is_floor else str(cell.number)
    return "under 5" if cell.mark is Mark.SMALL else "–" if cell.mark is Mark.CLOSED else "dold"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
