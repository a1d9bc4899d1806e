"""Planned duty: mentors sign up, leave and swap; coordinators fill the gaps.

Knows the rules and the records; the openings come from the schedule that is handed in. A coordinator's acts are noted
in the audit log, a mentor's own are not. Whoever has a quarantine can have no shift on its days: she reads why, a
coordinator reads only that it is not possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from chatservice.domain.audit import Act
from chatservice.domain.certification import Account, Role
from chatservice.domain.opening_hours import Schedule
from chatservice.domain.rota import HORIZON_DAYS, Opening, Rota, openings, part_of, rota
from chatservice.domain.shift import Refusal, Shift, Stretch
from chatservice.errors import ShiftRefusedError
from chatservice.ports import Clock, Records
from chatservice.usecases.auditing import note
from chatservice.usecases.quarantine import covers

GAPS_TOLD_WITHIN = timedelta(days=14)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RotaDesk:
    """What these use cases work with; `schedule` is the one in force, coordinators' exceptions included."""

    records: Records
    clock: Clock
    schedule: Schedule


async def read_rota(desk: RotaDesk) -> Rota:
    """Return the openings of the coming days with the shifts and gaps in them."""
    now = desk.clock.now()
    return rota(desk.schedule, await desk.records.shifts.coming(now), now)


def gaps_soon(planned: Rota, now: datetime) -> list[tuple[Opening, Stretch]]:
    """List the gaps that begin within two weeks, each with its opening."""
    soon = now + GAPS_TOLD_WITHIN
    return [(opening, gap) for opening in planned.openings for gap in opening.gaps if gap.starts_at < soon]


async def count_gaps(desk: RotaDesk) -> int:
    """Count the gaps of the next two weeks."""
    return len(gaps_soon(await read_rota(desk), desk.clock.now()))


async def shifts_of(desk: RotaDesk, account_id: int) -> Sequence[Shift]:
    """Return a mentor's own shifts that have not ended, in order."""
    return await desk.records.shifts.of_account(account_id, desk.clock.now())


async def swaps_wanted(desk: RotaDesk) -> list[Shift]:
    """Return the coming shifts that their mentors ask colleagues to take, in order."""
    return [shift for shift in await desk.records.shifts.coming(desk.clock.now()) if shift.up_for_swap]


def stretch_in(desk: RotaDesk, opening_starts_at: datetime, start: time | None, end: time | None) -> Stretch:
    """Find an opening by its start, or the part of it between two times on the wall; None leaves that end open.

    Raises `ShiftRefusedError` when there is no such opening, or the times are not within it.
    """
    zone = desk.schedule.zone
    day = opening_starts_at.astimezone(zone).date()
    near = (stretch for _, stretch in openings(desk.schedule, day - _ONE_DAY, 3))
    opening = next((stretch for stretch in near if stretch.starts_at == opening_starts_at), None)
    if opening is None:
        raise ShiftRefusedError(Refusal.OUTSIDE)
    if start is None and end is None:
        return opening
    part = part_of(
        opening,
        opening.starts_at.astimezone(zone).time() if start is None else start,
        opening.ends_at.astimezone(zone).time() if end is None else end,
        zone,
    )
    if part is None:
        raise ShiftRefusedError(Refusal.TIMES_WRONG)
    return part


async def sign_up(desk: RotaDesk, account_id: int, stretch: Stretch) -> Shift:
    """Let a mentor take an opening or a part of one. Raises `ShiftRefusedError`."""
    _require_in_rota(desk, stretch)
    if await _is_in_quarantine(desk, account_id, stretch):
        raise ShiftRefusedError(Refusal.QUARANTINE)
    return await _add(desk, account_id, stretch)


async def leave(desk: RotaDesk, account_id: int, number: int) -> None:
    """Let a mentor leave her own shift while it is far away, or when the chat is no longer open then.

    Raises `ShiftRefusedError`: nearer than that she can ask a colleague.
    """
    shift = await _own(desk, account_id, number)
    if not shift.can_be_left(desk.clock.now()) and is_within_hours(desk, shift):
        raise ShiftRefusedError(Refusal.TOO_NEAR)
    await desk.records.shifts.remove(number, account_id)


async def ask_for_swap(desk: RotaDesk, account_id: int, number: int) -> None:
    """Ask colleagues to take a mentor's own shift. Raises `ShiftRefusedError`."""
    await _offer(desk, account_id, number, up_for_swap=True)


async def keep_after_all(desk: RotaDesk, account_id: int, number: int) -> None:
    """Ask colleagues no longer. Raises `ShiftRefusedError` when one has taken it over already."""
    await _offer(desk, account_id, number, up_for_swap=False)


async def take_over(desk: RotaDesk, account_id: int, number: int) -> None:
    """Let a mentor take a shift that a colleague wants to swap; of two at once the second is refused.

    Raises `ShiftRefusedError`.
    """
    shift = await desk.records.shifts.find(number)
    if shift is None or not shift.up_for_swap or shift.account_id == account_id:
        raise ShiftRefusedError(Refusal.GONE)
    if shift.is_over(desk.clock.now()):
        raise ShiftRefusedError(Refusal.PAST)
    if await _is_in_quarantine(desk, account_id, shift.stretch):
        raise ShiftRefusedError(Refusal.QUARANTINE)
    if any(own.stretch.overlaps(shift.stretch) for own in await shifts_of(desk, account_id)):
        raise ShiftRefusedError(Refusal.OVERLAP)
    if not await desk.records.shifts.hand_over(shift, account_id):
        raise ShiftRefusedError(Refusal.GONE)


async def give(desk: RotaDesk, coordinator_id: int, account_id: int, stretch: Stretch) -> Shift:
    """Let a coordinator schedule a mentor. Raises `ShiftRefusedError`, which never tells of a quarantine."""
    _require_in_rota(desk, stretch)
    account = await desk.records.accounts.find(account_id)
    if not may_be_scheduled(account) or await _is_in_quarantine(desk, account_id, stretch):
        raise ShiftRefusedError(Refusal.NOT_AVAILABLE)
    shift = await _add(desk, account_id, stretch)
    await note(desk.records.audit_log, desk.clock, coordinator_id, Act.SHIFT_GIVEN, account_id)
    return shift


async def take_away(desk: RotaDesk, coordinator_id: int, number: int) -> None:
    """Let a coordinator take a shift out of the rota. Raises `ShiftRefusedError` when it is not there."""
    shift = await desk.records.shifts.find(number)
    if shift is None or not await desk.records.shifts.remove(number, shift.account_id):
        raise ShiftRefusedError(Refusal.GONE)
    await note(desk.records.audit_log, desk.clock, coordinator_id, Act.SHIFT_TAKEN_AWAY, shift.account_id)


def may_be_scheduled(account: Account | None) -> bool:
    """Tell whether an account is one that can have shifts: an active mentor's, certified already or not yet."""
    return account is not None and account.active and account.role is Role.MENTOR


def is_within_hours(desk: RotaDesk, shift: Shift) -> bool:
    """Tell whether the chat is to be open during any of a shift."""
    first, last = shift.stretch.days(desk.schedule.zone)
    days = (last - first).days + 2
    return any(
        stretch.overlaps(shift.stretch) for _, stretch in openings(desk.schedule, first - _ONE_DAY, days)
    )


def _require_in_rota(desk: RotaDesk, stretch: Stretch) -> None:
    now = desk.clock.now()
    if stretch.ends_at <= now:
        raise ShiftRefusedError(Refusal.PAST)
    first = now.astimezone(desk.schedule.zone).date() - _ONE_DAY
    if not any(opening.holds(stretch) for _, opening in openings(desk.schedule, first, HORIZON_DAYS + 1)):
        raise ShiftRefusedError(Refusal.OUTSIDE)


async def _add(desk: RotaDesk, account_id: int, stretch: Stretch) -> Shift:
    shift = await desk.records.shifts.add(account_id, stretch)
    if shift is None:
        raise ShiftRefusedError(Refusal.OVERLAP)
    return shift


async def _own(desk: RotaDesk, account_id: int, number: int) -> Shift:
    shift = await desk.records.shifts.find(number)
    if shift is None or shift.account_id != account_id:
        raise ShiftRefusedError(Refusal.GONE)
    if shift.is_over(desk.clock.now()):
        raise ShiftRefusedError(Refusal.PAST)
    return shift


async def _offer(desk: RotaDesk, account_id: int, number: int, *, up_for_swap: bool) -> None:
    await _own(desk, account_id, number)
    if not await desk.records.shifts.offer(number, account_id, up_for_swap=up_for_swap):
        raise ShiftRefusedError(Refusal.GONE)


async def _is_in_quarantine(desk: RotaDesk, account_id: int, stretch: Stretch) -> bool:
    return await covers(desk.records, account_id, *stretch.days(desk.schedule.zone))
