"""Chat quarantine: entered by a mentor or a coordinator, asked about before shifts and duty.

No reason is asked for, so none can be told. Duty itself is refused in usecases/clearing.py; the rota asks `covers`;
retention.py erases what is over.
"""

from datetime import date, tzinfo

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.quarantine import LONGEST, Quarantine, joined
from chatservice.errors import QuarantineRefusedError
from chatservice.ports import Clock, Records
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.auditing import note
from chatservice.usecases.freeing_shifts import free_shifts


async def set_quarantine(
    desk: StaffDesk, zone: tzinfo, *, by: int, about: int, first_day: date, last_day: date
) -> Quarantine:
    """Keep a period, both days counted in; one that meets others becomes one with them. Shifts in it are freed.

    `by` and `about` are accounts: a mentor's own, or a coordinator's and a mentor's.

    Raises `QuarantineRefusedError`: backwards, over (its last day is past), too_long, not_a_mentor.
    """
    if last_day < first_day:
        raise QuarantineRefusedError("backwards")
    if last_day < today_in(desk.clock, zone):
        raise QuarantineRefusedError("over")
    await _check(desk, by, about)
    quarantine, met = joined(
        Quarantine(about, first_day, last_day), await desk.records.quarantines.of_accounts([about])
    )
    if quarantine.last_day - quarantine.first_day >= LONGEST:
        raise QuarantineRefusedError("too_long")
    await desk.records.quarantines.keep(quarantine, in_place_of=[each.id for each in met])
    await free_shifts(desk.records, zone, about, quarantine.first_day, quarantine.last_day)
    await note(desk.records.audit_log, desk.clock, by, Act.QUARANTINE_SET, about)
    return quarantine


async def lift_quarantine(desk: StaffDesk, zone: tzinfo, *, by: int, about: int, quarantine_id: int) -> None:
    """Take a period away: a mentor one of her own that has not begun, a coordinator any.

    Raises `QuarantineRefusedError`: not_a_mentor, has_begun. One that is gone already is left alone.
    """
    is_coordinator = await _check(desk, by, about)
    held = await desk.records.quarantines.of_accounts([about])
    found = next((each for each in held if each.id == quarantine_id), None)
    if found is None:
        return
    if not is_coordinator and found.first_day <= today_in(desk.clock, zone):
        raise QuarantineRefusedError("has_begun")
    await desk.records.quarantines.remove(about, quarantine_id)
    await note(desk.records.audit_log, desk.clock, by, Act.QUARANTINE_LIFTED, about)


async def covers(records: Records, account_id: int, first_day: date, last_day: date) -> bool:
    """Say whether a mentor has quarantine on any of these days."""
    return any(
        each.first_day <= last_day and first_day <= each.last_day
        for each in await records.quarantines.of_accounts([account_id])
    )


async def days_of(records: Records, account_id: int, clock: Clock, zone: tzinfo) -> list[Quarantine]:
    """Return a mentor's periods that hold today or are to come, the earliest first."""
    today = today_in(clock, zone)
    held = await records.quarantines.of_accounts([account_id])
    return [each for each in held if each.last_day >= today]


def today_in(clock: Clock, zone: tzinfo) -> date:
    """Return which day it is for the organisation."""
    return clock.now().astimezone(zone).date()


async def _check(desk: StaffDesk, by: int, about: int) -> bool:
    """Say whether a coordinator asks. Refuses what is about no mentor, or about another than the one who asks."""
    account, asking = await desk.records.accounts.find(about), await desk.records.accounts.find(by)
    is_coordinator = asking is not None and asking.role is Role.COORDINATOR
    if account is None or account.role is not Role.MENTOR or not (is_coordinator or by == about):
        raise QuarantineRefusedError("not_a_mentor")
    return is_coordinator
