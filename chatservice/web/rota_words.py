"""The rota in the words and rows of a page: days, times of day, who is there as a count, and a bar as decoration.

Knows domain and words. No row here holds anybody's name: a mentor's page is made of nothing else, and the coordinator's
adds the people (`rota.py`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import partial
from itertools import groupby

from chatservice import theming
from chatservice.domain.opening_words import WEEKDAYS, Translate, clock_words, date_words
from chatservice.domain.rota import Opening
from chatservice.domain.shift import Stretch
from chatservice.usecases.rota import RotaDesk
from chatservice.web.languages import current_language
from chatservice.web.parts import Parts


async def rota_desk(the: Parts) -> RotaDesk:
    """Give the use cases of the rota what they work with."""
    return RotaDesk(the.records, the.staff.clock, (await the.hours.now()).schedule)


def said() -> Translate:
    """Return what puts Swedish sentences into the language of this request."""
    return partial(theming.translate, language=current_language())


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of an opening as somebody covers it, in hundredths of its length."""

    begins: float
    length: float


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An opening. `key` names it in forms (its start, Unix seconds); `start` and `end` are times to suggest."""

    key: int
    span: str
    when: str
    count: int
    gaps: tuple[str, ...]
    is_empty: bool
    bars: tuple[Bar, ...]
    start: str
    end: str
    opening: Opening


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day with its openings."""

    day: date
    words: str
    openings: tuple[OpeningRow, ...]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week by its number, with the days on which the chat opens."""

    number: int
    days: tuple[DayRow, ...]


class RotaWords:
    """Instants in the words of one zone and language."""

    def __init__(self, zone: tzinfo, translate: Translate) -> None:
        self._zone = zone
        self._translate = translate

    def day(self, day: date) -> str:
        """Write a day: torsdag 26 november."""
        weekday = self._translate(WEEKDAYS[day.weekday()])
        return f"{weekday} {date_words(day, year=False, translate=self._translate)}"

    def short_day(self, day: date) -> str:
        """Write a day where there is little room: tor 26 november."""
        weekday = self._translate(WEEKDAYS[day.weekday()])[:3]
        return f"{weekday} {date_words(day, year=False, translate=self._translate)}"

    def span(self, stretch: Stretch) -> str:
        """Write from when to when: 19.00–22.00; midnight as an end is 24.00."""
        end = self._wall(stretch.ends_at)
        ends = "24.00" if end.time() == time() else clock_words(end)
        return f"{clock_words(self._wall(stretch.starts_at))}–{ends}"

    def when(self, stretch: Stretch) -> str:
        """Write day and times: torsdag 26 november 19.00–22.00."""
        return f"{self.day(self._wall(stretch.starts_at).date())} {self.span(stretch)}"

    def short_when(self, stretch: Stretch) -> str:
        """Write day and times where there is little room."""
        return f"{self.short_day(self._wall(stretch.starts_at).date())} {self.span(stretch)}"

    def weeks(self, openings: tuple[Opening, ...]) -> list[WeekRow]:
        """Put openings into rows by week and day."""
        days = [
            DayRow(day, self.day(day), tuple(self.row(opening) for opening in of_day))
            for day, of_day in groupby(openings, key=lambda opening: opening.day)
        ]
        return [
            WeekRow(number, tuple(of_week))
            for number, of_week in groupby(days, key=lambda row: row.day.isocalendar().week)
        ]

    def row(self, opening: Opening) -> OpeningRow:
        """Put an opening into a row."""
        stretch = opening.stretch
        suggested = opening.gaps[0] if opening.gaps else stretch
        return OpeningRow(
            key=key_of(stretch),
            span=self.span(stretch),
            when=f"{self.day(opening.day)} {self.span(stretch)}",
            count=len({shift.account_id for shift in opening.shifts}),
            gaps=tuple(self.span(gap) for gap in opening.gaps),
            is_empty=not opening.shifts,
            bars=tuple(_bar(stretch, shift.stretch) for shift in opening.shifts),
            start=f"{self._wall(suggested.starts_at):%H:%M}",
            end=f"{self._wall(suggested.ends_at):%H:%M}",
            opening=opening,
        )

    def _wall(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


def key_of(opening: Stretch) -> int:
    """Return what names an opening in a form: when it starts, Unix seconds."""
    return int(opening.starts_at.timestamp())


def start_of(key: str) -> datetime:
    """Return the start of the opening that a form names."""
    return datetime.fromtimestamp(int(key), UTC)


def time_in(written: str | None) -> time | None:
    """Read a time of day from a form's field, None for a field that was not there. Raises ValueError."""
    return (
        None if written is None else time.fromisoformat(written).replace(second=0, microsecond=0, tzinfo=None)
    )


def _bar(opening: Stretch, shift: Stretch) -> Bar:
    length = (opening.ends_at - opening.starts_at).total_seconds()
    begins = max(0.0, (shift.starts_at - opening.starts_at).total_seconds() / length)
    ends = min(1.0, (shift.ends_at - opening.starts_at).total_seconds() / length)
    return Bar(round(100 * begins, 1), round(100 * (ends - begins), 1))
