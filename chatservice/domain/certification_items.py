"""What a mentor has shown, signed, read and done before she may go on duty, and whether each of it holds today.

Knows the kinds of items and the rule that names what is missing (`missing_items`). Which of them an organisation asks
for, and for how long each holds, is its own decision (content/data/certification.toml); the versions of its texts come
from content/agreements/. Who may note what: usecases/certification_items.py.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from chatservice.domain.quarantine import Quarantine, holding

REMIND_BEFORE: Final = timedelta(days=30)
QUARANTINE: Final = "quarantine"
"""The code of a quarantine among what is missing."""

LARGEST_NUMBER: Final = 50


class Kind(StrEnum):
    """A kind of item. The codes are stored: never reuse one for something else. At most 24 letters."""

    TRAINING = "training"
    EXTRACT = "extract"
    CONFIDENTIALITY = "confidentiality"
    ASSIGNMENT = "assignment"
    GUIDELINES = "guidelines"
    MISSION_AT_HOME = "mission_at_home"
    PRACTICE = "practice"


TEXTS: Final = (Kind.CONFIDENTIALITY, Kind.ASSIGNMENT, Kind.GUIDELINES)
"""What is a text with versions: only the person herself signs or reads it."""

NOTED: Final = tuple(kind for kind in Kind if kind not in TEXTS)
"""What a coordinator notes of others, never of herself."""

OF_EVERYBODY: Final = (Kind.CONFIDENTIALITY,)
"""What everybody has signed who works here, coordinators included."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was noted or signed. `valid_until` is the last day it holds, None when it has no end.

    `version` is that of a text, "" for other kinds; `number` is how many missions at home, 0 for other kinds;
    `typed_name` is what stands under a text, "" for other kinds; `noted_by` is the account that noted it.
    """

    account_id: int
    kind: Kind
    done_on: date
    valid_until: date | None
    noted_by: int
    version: str = ""
    number: int = 0
    typed_name: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Whether an organisation asks for a kind of item, and for how many months it holds; None for without end."""

    kind: Kind
    required: bool = True
    valid_months: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What an organisation asks for, and the version of each of its texts that holds now."""

    requirements: tuple[Requirement, ...]
    versions: tuple[tuple[Kind, str], ...]

    def asks_for(self, kind: Kind) -> bool:
        """Say whether a kind is required."""
        return any(each.kind is kind and each.required for each in self.requirements)

    def version(self, kind: Kind) -> str:
        """Return a text's version, "" for what is no text."""
        return dict(self.versions).get(kind, "")

    def last_day(self, kind: Kind, done_on: date) -> date | None:
        """Return the last day on which something done on a day holds, None when it has no end."""
        for each in self.requirements:
            if each.kind is kind and each.valid_months is not None:
                return months_after(done_on, each.valid_months)
        return None


class ItemState(StrEnum):
    """How it stands with an item on a day."""

    HOLDS = "holds"
    ENDS_SOON = "ends_soon"
    MISSING = "missing"
    EXPIRED = "expired"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything about a person that decides on a day whether she may go on duty, her account and key apart."""

    rules: Rules
    items: Sequence[Item]
    quarantines: Sequence[Quarantine]
    today: date

    def item(self, kind: Kind) -> Item | None:
        """Return the newest item of a kind: of a text the version that holds now before all others."""
        of_kind = [item for item in self.items if item.kind is kind]
        current = self.rules.version(kind)
        return max(of_kind, key=lambda item: (item.version == current, item.done_on), default=None)

    def state(self, kind: Kind) -> ItemState:
        """Say how it stands with a kind of item."""
        item = self.item(kind)
        if item is None:
            return ItemState.MISSING
        if item.version != self.rules.version(kind):
            return ItemState.OUTDATED
        if item.valid_until is None or item.valid_until - self.today > REMIND_BEFORE:
            return ItemState.HOLDS
        return ItemState.ENDS_SOON if item.valid_until >= self.today else ItemState.EXPIRED

    @property
    def quarantine(self) -> Quarantine | None:
        """The quarantine that holds today, or None."""
        return holding(self.quarantines, self.today)


def missing_items(standing: Standing, kinds: Iterable[Kind] = tuple(Kind)) -> tuple[str, ...]:
    """Return the codes of the required items that do not hold today, in the order of `Kind`: `extract_expired`."""
    return tuple(
        f"{kind}_{state}"
        for kind in kinds
        if standing.rules.asks_for(kind)
        and (state := standing.state(kind)) not in {ItemState.HOLDS, ItemState.ENDS_SOON}
    )


def not_ready(standing: Standing) -> tuple[str, ...]:
    """Return the codes of everything that stands in the way today: missing items, and quarantine last."""
    return (*missing_items(standing), *((QUARANTINE,) if standing.quarantine else ()))


def ending_soon(standing: Standing, kinds: Iterable[Kind] = tuple(Kind)) -> tuple[Item, ...]:
    """Return the required items that hold today and end within thirty days."""
    return tuple(
        item
        for kind in kinds
        if standing.rules.asks_for(kind)
        and standing.state(kind) is ItemState.ENDS_SOON
        and (item := standing.item(kind)) is not None
    )


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
