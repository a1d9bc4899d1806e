"""Advice on coming holidays: one that falls on ordinary hours, and that nobody has decided about, with lines to paste.

It is advice and never more: to keep the usual hours is an answer as good as any, once somebody has given it.
"""

from datetime import date
from pathlib import Path

from chatservice.domain.holidays import OFFERED_DAYS, Holiday, undecided_holidays
from chatservice.domain.opening_words import WEEKDAYS, date_words, windows_words
from chatservice.holiday_calendar import holidays_from
from chatservice.organisation import OrganisationError, load_opening_hours
from tools.content_check.findings import Findings

FILE = "opening_hours.toml"


def check_holidays(content_dir: Path, languages: tuple[str, ...], today: date, findings: Findings) -> None:
    """Advise on each holiday of the coming weeks that has the week's hours and no exception."""
    try:
        schedule = load_opening_hours(content_dir)
    except OrganisationError:
        return
    end = len((content_dir / "data" / FILE).read_text("utf-8").splitlines())
    for holiday in undecided_holidays(schedule, holidays_from(today, OFFERED_DAYS, languages), today):
        windows = schedule.windows_on(holiday.date)
        name = holiday.name_in(languages[0])
        what = (
            f"{name} är {WEEKDAYS[holiday.date.weekday()]} {date_words(holiday.date)}, "
            f"och chatten har öppet som vanligt ({windows_words(windows)})."
        )
        usual = ", ".join(f'"{window.start:%H:%M}-{window.end:%H:%M}"' for window in windows)
        remedy = f"Bestäm vad som gäller, och klistra in längst ned i filen:\n{lines_for(holiday, languages, usual)}"
        findings.advise(f"{content_dir.name}/data/{FILE}", end, what, remedy)


def lines_for(holiday: Holiday, languages: tuple[str, ...], usual: str) -> str:
    """Write the lines that close the chat that day; a comment says how the usual hours are kept."""
    lines = [
        "[[exceptions]]",
        f"date = {holiday.date.isoformat()}",
        f"windows = []    # stängt; som vanligt: [{usual}]",
        f'reason = "{holiday.name_in(languages[0])}"',
    ]
    for language in languages[1:]:
        lines += [f"[exceptions.{language}]", f'reason = "{holiday.name_in(language)}"']
    return "\n".join(lines)
