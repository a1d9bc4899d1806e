"""Feedback: how it felt to talk, one of three faces, and perhaps a line to the coordinators.

Has no tie to the conversation: no number, no mentor, no hour. What one evening brought is released together on the day
after, in no order, so that nobody can tell which conversation it was. Knows what feedback may be and when it is shown;
how the line is sealed stands in letter_sealing.py, what happens to it in usecases/feedback.py.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chatservice.domain.letter import printable, received_day

KEPT_FOR: Final = timedelta(days=90)
"""Counted from the day it is released."""
LONGEST_LINE: Final = 500
"""Characters."""

_ONE_DAY: Final = timedelta(days=1)
_ID_BYTES: Final = 16


class Face(StrEnum):
    """How it felt to talk."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody answered. `line` is empty when she only chose a face. Never shown by repr."""

    face: Face
    line: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SealedFeedback:
    """Feedback as it is kept. `id` is random, so that it tells no order. `released_on` is the beginning of a day, UTC.

    `sealed` is the line, empty when there is none; `key_id` then too, else it says which inbox key opens it.
    """

    id: str
    face: Face
    key_id: str
    sealed: bytes = field(repr=False)
    released_on: datetime
    kept_until: datetime


def write_feedback(*, face: str, line: str) -> Feedback | None:
    """Make feedback of what stands in a form, or None where no face was chosen. A line that is too long is cut."""
    if face not in set(Face):
        return None
    return Feedback(Face(face), " ".join(printable(line).split())[:LONGEST_LINE])


def keep_feedback(face: Face, *, key_id: str, sealed: bytes, now: datetime) -> SealedFeedback:
    """Make what is kept of an answer that came in now: released the day after, and kept for 90 days from then."""
    released_on = received_day(now) + _ONE_DAY
    return SealedFeedback(
        secrets.token_urlsafe(_ID_BYTES), face, key_id, sealed, released_on, released_on + KEPT_FOR
    )
