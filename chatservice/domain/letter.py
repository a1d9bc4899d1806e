"""A letter: a question, an idea or an opinion that somebody writes to the organisation through the contact form.

Not a conversation: it is addressed to the coordinators, sealed to their key as soon as it has come in, and kept until
a date. Knows what a letter may be. How it is sealed stands in letter_sealing.py, what happens to it in
usecases/letters.py.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chatservice.errors import LetterMistakesError

KEPT_FOR: Final = timedelta(days=90)
LONGEST_TEXT: Final = 4000
"""Characters."""
LONGEST_EMAIL: Final = 254

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
# What turns the direction of writing can make a line look like another one.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Topic(StrEnum):
    """What a letter is about."""

    QUESTION = "question"
    IDEA = "idea"
    OPINION = "opinion"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody wrote. `email` is empty when she wants no answer. Never shown by repr, so never in an error."""

    topic: Topic
    text: str = field(repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SealedLetter:
    """A letter as it is kept. `received_on` is the beginning of a day in UTC: the hour is nobody's business.

    `number` is given by the records, 0 before that. `key_id` says which inbox key opens it.
    """

    key_id: str
    sealed: bytes = field(repr=False)
    received_on: datetime
    kept_until: datetime
    number: int = 0


def is_email(text: str) -> bool:
    """Say whether this can be one e-mail address; whether anybody reads there, nobody can know."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def write_letter(*, topic: str, text: str, email: str) -> Letter:
    """Make a letter of what stands in a form. Raises `LetterMistakesError` that names every field and its mistake."""
    text, email = printable(text).strip(), printable(email).strip()
    mistakes: dict[str, str] = {}
    if topic not in set(Topic):
        mistakes["topic"] = "missing"
    if not text:
        mistakes["text"] = "missing"
    elif len(text) > LONGEST_TEXT:
        mistakes["text"] = "too_long"
    if email and not is_email(email):
        mistakes["email"] = "malformed"
    if mistakes:
        raise LetterMistakesError(mistakes)
    return Letter(Topic(topic), text, email)


def printable(text: str) -> str:
    """Take away what steers a screen instead of being read on it: control characters and turns of direction."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter
        for letter in lines
        if letter in "\n\t" or not (unicodedata.category(letter) in {"Cc", "Cs"} or letter in _TURNING)
    )


def received_day(now: datetime) -> datetime:
    """Return the day of an instant, which is all that is kept of when a letter came."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
