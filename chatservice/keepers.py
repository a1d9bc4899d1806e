"""What the service does by itself while it runs: sweeps, erases, writes down its counts, looks who is still cleared.

Each is a loop without an end that `app.py` starts and cancels. Knows how often; what is done stands in the use cases.
"""

import asyncio
import contextlib
import gc
import logging
from datetime import timedelta, tzinfo
from typing import Final

from chatservice.errors import LiveStoreAwayError, RecordsAwayError
from chatservice.meter import Meter
from chatservice.ports import LiveStore, Records, Turns
from chatservice.settings import Settings
from chatservice.usecases import housekeeping
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.clearing import Terms, recheck
from chatservice.usecases.clock_jumps import ClockJumps
from chatservice.usecases.counting import HourlyTally
from chatservice.usecases.failure_notes import FailureNotes
from chatservice.usecases.retention import apply_retention
from chatservice.vanishing import Vanishing
from chatservice.web.open_sockets import OpenSockets

_SWEEP_EVERY_S: Final = 1.0
_NEAR_PLACES: Final = 50
_ALL_PLACES_EVERY: Final = 10
_KEEP_RECORDS_EVERY_S: Final = 3600.0
_WRITE_COUNTS_EVERY_S: Final = 60.0
_RECHECK_EVERY_S: Final = 50.0
_AFTER_RETURNS_S: Final = 5.0
_TIDY_EVERY_S: Final = 60.0
_TIDY_WAITS_S: Final = 0.1
"""How long for each open socket, at least: a thousand times what looking through its objects takes."""

_log = logging.getLogger(__name__)


async def keep_house(live: LiveStore, turns: Turns, settings: Settings) -> None:
    """Sweep every second, and tell those who wait their place: the near ones each second, all of them each tenth.

    Of several processes one does it for all; another goes on when that one ends.
    """
    times = housekeeping.GraceTimes(
        visitor_grace_s=settings.visitor_grace_s,
        mentor_grace_s=settings.mentor_grace_s,
        silence_s=settings.silence_s,
    )
    turn = 0
    while True:
        await asyncio.sleep(_SWEEP_EVERY_S)
        # A store that is away has nothing to sweep; it says so in the log itself.
        with contextlib.suppress(LiveStoreAwayError):
            if await turns.is_mine("house", _SWEEP_EVERY_S * 0.9):
                turn += 1
                await housekeeping.sweep(live, times)
                await live.ring_waiting(settings.queue_cap if turn % _ALL_PLACES_EVERY == 0 else _NEAR_PLACES)


async def keep_together(vanishing: Vanishing, open_sockets: OpenSockets) -> None:
    """Send every browser away to come back when the live store has forgotten everything: the pages hold it all."""
    while True:
        await vanishing.lost()
        open_sockets.restart()


async def keep_tidy(meter: Meter) -> None:
    """Let go of what holds itself: a little of every question to the records, and whatever nobody thought of.

    Connections untie themselves at their end (ended_connections.py, attendance.py); eighty objects of each once stayed.
    The collector of app.py looks so seldom by itself that they would stay for hours, and what they carried with them.
    Everybody waits while all that is held is looked through, so that is done each minute while few are here, and never
    for more than about a thousandth of the time.
    """
    waited_s = 0.0
    while True:
        await asyncio.sleep(_TIDY_EVERY_S)
        waited_s += _TIDY_EVERY_S
        if waited_s >= sum(meter.open_sockets.values()) * _TIDY_WAITS_S:
            gc.collect()
            waited_s = 0.0


async def keep_cleared(staff: StaffDesk, terms: Terms, live: LiveStore, returns: asyncio.Event) -> None:
    """Take off duty who is no longer cleared, in one pass over those on duty: each minute, and after returns.

    After a restart every mentor comes back to her conversation at once, and nobody is to wait for the records there;
    they are looked at together as soon as the rush is over.
    """
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_RECHECK_EVERY_S):
                await returns.wait()
        await asyncio.sleep(_AFTER_RETURNS_S)
        returns.clear()
        try:
            await recheck(staff, terms, live)
        except LiveStoreAwayError:
            continue  # whoever comes back to duty is looked at then
        except RecordsAwayError:
            # A database that is away keeps nobody from her evening; the next minute asks again.
            _log.warning("Those on duty could not be looked at.")


async def keep_records(staff: StaffDesk, zone: tzinfo) -> None:
    """Erase what is kept no longer: at the start, then each hour, and never by a clock that has just jumped."""
    jumps = ClockJumps(staff.clock)
    while True:
        if (jump := jumps.look()) is not None:
            _log.warning(
                "The clock jumped by %.0f hours. Nothing is erased for a day: set it right.", _hours(jump)
            )
        if jumps.is_even():
            await apply_retention(staff, zone, failure=RecordsAwayError, tell=_tell_not_erased)
        await asyncio.sleep(_KEEP_RECORDS_EVERY_S)


def _tell_not_erased(table: str, _error: Exception) -> None:
    # A database that is away or full ends no conversation; the next hour tries again.
    _log.warning("What is kept no longer in %s could not be erased.", table)


def _hours(jump: timedelta) -> float:
    return jump / timedelta(hours=1)


async def keep_counts(tally: HourlyTally, records: Records, failures: FailureNotes) -> None:
    """Write down each minute what was counted, in one go."""
    while True:
        await asyncio.sleep(_WRITE_COUNTS_EVERY_S)
        await write_counts(tally, records, failures)


async def write_counts(tally: HourlyTally, records: Records, failures: FailureNotes) -> None:
    """Write down what was counted since the last time."""
    try:
        await tally.write(records.counters)
        await failures.write(records.audit_log)
    except RecordsAwayError:
        # A number that waits for its writing harms nobody.
        _log.warning("The counters could not be written.")
