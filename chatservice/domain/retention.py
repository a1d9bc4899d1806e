"""How long we keep what we keep: one table of rules, each with its period and from when it counts.

Knows periods only. Which rows each rule erases stands in usecases/retention.py; the words for people in
templates/office_retention.html, and field by field in docs/what_we_hold.md. A test compares the three.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from chatservice.domain import audit, feedback, invitation, letter, shift

_PLANNING: Final = timedelta(days=35)
"""Five weeks: last month can still be looked at when this month's numbers are read."""
_AT_ONCE: Final = timedelta(0)
_STORED_STEP: Final = timedelta(seconds=1)


class Since(StrEnum):
    """From when a period counts."""

    CAME = "came"
    SHOWN = "shown"
    ASKED = "asked"
    DONE = "done"
    ENDED = "ended"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long the rows of a table are kept. `kept` is None where a setting decides (sessions)."""

    table: str
    since: Since
    kept: timedelta | None

    def still_kept(self, now: datetime) -> datetime:
        """Return the first instant whose rows stay: what began earlier has had its time."""
        # Instants are stored as whole seconds: what is due in this very second goes too.
        return now - (self.kept or _AT_ONCE) + _STORED_STEP

    def still_kept_day(self, today: date) -> date:
        """Return the first day whose rows stay, for what counts in whole days."""
        return today - (self.kept or _AT_ONCE)


RULES: Final = (
    Rule("letters", Since.CAME, letter.KEPT_FOR),
    Rule("feedback", Since.SHOWN, feedback.KEPT_FOR),
    Rule("talk_requests", Since.ASKED, timedelta(days=30)),
    Rule("audit_log", Since.DONE, audit.KEPT_FOR),
    Rule("sessions", Since.ENDED, None),
    Rule("invitations", Since.ENDED, _AT_ONCE),
    Rule("factor_losses", Since.ASKED, invitation.LOSS_LASTS),
    Rule("certification_items", Since.CLOSED, timedelta(days=365)),
    Rule("quarantines", Since.ENDED, _AT_ONCE),
    Rule("shifts", Since.ENDED, shift.KEPT_FOR),
    Rule("schedule_exceptions", Since.ENDED, _PLANNING),
    Rule("overrides", Since.ENDED, _PLANNING),
    Rule("certificates", Since.ENDED, _PLANNING),
    Rule("certificate_requests", Since.ASKED, _PLANNING),
)

KEPT_WHILE_USED: Final = frozenset({"accounts", "passkeys", "recovery_codes", "counters"})
"""Tables without a period: kept for as long as somebody works here, or as the organisation wants its numbers."""
