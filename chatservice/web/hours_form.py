"""The forms of the hours: what they bring, and what is said beside a field that cannot be.

Knows sentences in Swedish, the fields' names, and the codes of domain/day_hours.py. Knows no routes.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from chatservice.domain.day_hours import (
    LONGEST_REASON,
    MOST_WINDOWS,
    DayFault,
    DayRefusedError,
    read_time,
    read_windows,
)
from chatservice.domain.opening_hours import DatedException, OverrideKind, Window
from chatservice.domain.opening_words import Translate
from chatservice.web.languages import N_

LONGEST_NOTE: Final = 200
PERIODS: Final = {"30": timedelta(minutes=30), "60": timedelta(hours=1), "120": timedelta(hours=2)}

FAULT_WORDS: Final = {
    DayFault.NO_HOURS: N_("Skriv minst en tid, eller kryssa i att det är stängt hela dagen."),
    DayFault.HALF_WINDOW: N_("Skriv både från och till, eller lämna båda tomma."),
    DayFault.NO_TIME: N_("Skriv ett klockslag, till exempel 19:00."),
    DayFault.SAME_TIME: N_("Från och till är samma klockslag."),
    DayFault.OVERLAP: N_("Den här tiden börjar innan den förra har slutat."),
    DayFault.INTO_NEXT_DAY: N_("Den sista tiden går in i nästa dags tider. Korta den, eller ändra nästa dag först."),
    DayFault.FROM_DAY_BEFORE: N_("Dagen innan har öppet längre än till den här tiden. Börja senare här."),
    DayFault.PAST_DAY: N_("Dagen har varit. Välj i dag eller en senare dag."),
    DayFault.FAR_DAY: N_("Dagen är mer än ett år bort. Välj en närmare."),
    DayFault.LONG_REASON: N_("Skriv kortare, högst 120 tecken."),
}  # fmt: skip


class DayForm(Struct, frozen=True):
    """A day's hours. Takes everything that fits: what is wrong is said beside its field."""

    from1: str = ""
    to1: str = ""
    from2: str = ""
    to2: str = ""
    from3: str = ""
    to3: str = ""
    from4: str = ""
    to4: str = ""
    closed: str = ""
    reason: str = ""
    reason_en: str = ""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Go through the pairs of times as they were written."""
        yield from (
            (self.from1, self.to1),
            (self.from2, self.to2),
            (self.from3, self.to3),
            (self.from4, self.to4),
        )

    def exception(self, day: date) -> DatedException:
        """Make the exception that was written. Raises `DayRefusedError`."""
        reason, reason_en = " ".join(self.reason.split()), " ".join(self.reason_en.split())
        for number, words in enumerate((reason, reason_en)):
            if len(words) > LONGEST_REASON:
                raise DayRefusedError(DayFault.LONG_REASON, -number)
        windows = () if self.closed else read_windows(self.pairs())
        return DatedException(day, windows, reason, (("en", reason_en),) if reason_en else ())


def form_for(windows: tuple[Window, ...], exception: DatedException | None) -> DayForm:
    """Fill the form with what holds on a day."""
    times: dict[str, str] = {}
    for row, window in enumerate(windows[:MOST_WINDOWS], 1):
        times |= {f"from{row}": f"{window.start:%H:%M}", f"to{row}": f"{window.end:%H:%M}"}
    return DayForm(
        **times,
        closed="" if windows else "1",
        reason=exception.reason if exception else "",
        reason_en=dict(exception.reasons).get("en", "") if exception else "",
    )


def fault_errors(refused: DayRefusedError, translate: Translate) -> dict[str, str]:
    """Say what is wrong beside the field that it is wrong in."""
    if refused.fault is DayFault.LONG_REASON:
        field = "reason_en" if refused.row else "reason"
    else:
        field = f"from{refused.row or 1}"
    return {field: translate(FAULT_WORDS[refused.fault])}


class HolidayForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What a holiday is to be: closed, or as every week."""

    choice: Literal["closed", "usual"]


class StateForm(Struct, frozen=True):
    """A temporary state from now on. `until` is "closing", a key of PERIODS or "own" with `clock`."""

    kind: OverrideKind
    until: str = ""
    clock: str = ""
    note: str = ""
    back: Literal["overview", "hours"] = "hours"


class EndForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The temporary state to end."""

    id: Annotated[str, Meta(pattern=r"^[0-9]{1,15}\Z")]
    back: Literal["overview", "hours"] = "hours"


def state_end(
    form: StateForm, now: datetime, closing: datetime | None, translate: Translate
) -> tuple[datetime | None, dict[str, str]]:
    """Find when a state is to end, and what is wrong with the form; `now` is in the organisation's time zone."""
    errors: dict[str, str] = {}
    ends: datetime | None = None
    if form.until == "own":
        clock = read_time(form.clock, may_be_midnight=True)
        if clock is None:
            errors["clock"] = translate(FAULT_WORDS[DayFault.NO_TIME])
        else:
            today = datetime.combine(now.date(), clock, now.tzinfo)
            ends = (
                today if today > now else datetime.combine(now.date() + timedelta(days=1), clock, now.tzinfo)
            )
    elif form.until in PERIODS:
        ends = now + PERIODS[form.until]
    elif form.until == "closing" and closing is not None:
        ends = closing
    else:
        errors["until"] = translate(N_("Välj hur länge det ska gälla."))
    if len(form.note) > LONGEST_NOTE:
        errors["note"] = translate(N_("Skriv kortare, högst 200 tecken."))
    return (None if errors else ends), errors
