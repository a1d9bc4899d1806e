"""Erasing what is kept no longer: every rule of domain/retention.py by itself, so that one that fails stops no other.

Knows the records as ports. When it runs is decided in `app.py` (each hour) and by the command `retention`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from chatservice.domain.retention import RULES, Rule
from chatservice.ports import Records
from chatservice.usecases.accounts import StaffDesk


@dataclass(frozen=True, slots=True)
class Moment:
    """When the rules are applied: the service's instant, the real one that certificates follow, and the day here."""

    now: datetime
    wall: datetime
    today: date


_Eraser = Callable[[StaffDesk, Rule, Moment], Awaitable[int]]


async def apply_retention(
    desk: StaffDesk, zone: tzinfo, *, failure: type[Exception], tell: Callable[[str, Exception], None]
) -> Mapping[str, int]:
    """Erase what has had its time; return how many rows by table.

    `failure` is what the records raise when they are busy or full: `tell` hears of the table and the error, the rule
    is left out of the answer, and the next turn tries again.
    """
    now = desk.clock.now()
    moment = Moment(now, desk.wall.now(), now.astimezone(zone).date())
    erased: dict[str, int] = {}
    for rule in RULES:
        try:
            erased[rule.table] = await _ERASERS[rule.table](desk, rule, moment)
        except failure as error:
            tell(rule.table, error)
    return erased


def _by_instant(erase: Callable[[Records, datetime], Awaitable[int]]) -> _Eraser:
    """Make an eraser of what began before an instant."""
    return lambda desk, rule, moment: erase(desk.records, rule.still_kept(moment.now))


def _by_wall(erase: Callable[[Records, datetime], Awaitable[int]]) -> _Eraser:
    """Make an eraser for what browsers judge by the real time."""
    return lambda desk, rule, moment: erase(desk.records, rule.still_kept(moment.wall))


def _by_day(erase: Callable[[Records, date], Awaitable[int]]) -> _Eraser:
    """Make an eraser for what counts in the organisation's own days."""
    return lambda desk, rule, moment: erase(desk.records, rule.still_kept_day(moment.today))


def _by_own_date(erase: Callable[[Records, datetime], Awaitable[int]]) -> _Eraser:
    """Make an eraser for rows that carry the date of their own end."""
    return lambda desk, _rule, moment: erase(desk.records, moment.now)


async def _dead_sessions(desk: StaffDesk, rule: Rule, moment: Moment) -> int:
    ended = rule.still_kept(moment.now)
    return await desk.records.sessions.remove_dead(
        created_before=ended - desk.session_absolute, seen_before=ended - desk.session_idle
    )


_ERASERS: Final[Mapping[str, _Eraser]] = {
    "letters": _by_own_date(lambda records, now: records.letters.remove_kept_until(now)),
    "feedback": _by_own_date(lambda records, now: records.feedback.remove_kept_until(now)),
    "talk_requests": _by_instant(lambda records, at: records.talk_requests.remove_asked_before(at)),
    "audit_log": _by_instant(lambda records, at: records.audit_log.remove_before(at)),
    "sessions": _dead_sessions,
    "invitations": _by_own_date(lambda records, now: records.invitations.remove_expired(now)),
    "factor_losses": _by_instant(lambda records, at: records.factor_losses.remove_asked_before(at)),
    "certification_items": _by_instant(lambda records, at: records.certification_items.remove_of_closed(at)),
    "quarantines": _by_day(lambda records, day: records.quarantines.remove_ended_before(day)),
    "schedule_exceptions": _by_day(lambda records, day: records.schedule_exceptions.remove_before(day)),
    "shifts": _by_instant(lambda records, at: records.shifts.remove_ended(at)),
    "overrides": _by_instant(lambda records, at: records.overrides.remove_ended(at)),
    "certificates": _by_wall(lambda records, at: records.certificates.remove_ended(at)),
    "certificate_requests": _by_wall(lambda records, at: records.certificates.remove_requested(at)),
}
