"""What coordinators do with the hours: give a day other ones, take that back, set a temporary state and end it.

Keeps what everybody who asks whether the chat is open needs (`now`), so that the pages that ask every few seconds cost
no query each: read at most once a second, and anew at once after a change here. While the records are away, what was
known last holds for as long as it takes: every exception and state carries its own days and its own end, and nobody can
change them meanwhile. Who starts without records has the week of the data files.
Knows domain and ports; the checks of a day's hours stand in domain/day_hours.py, the rule of precedence in
domain/opening_hours.py.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from chatservice.domain.audit import Act
from chatservice.domain.day_hours import check_day
from chatservice.domain.opening_hours import DatedException, Override, OverrideKind, Schedule
from chatservice.errors import RecordsAwayError
from chatservice.ports import Clock, Records
from chatservice.usecases.auditing import note
from chatservice.usecases.opening import Hours

READ_EVERY_S: Final = 1.0
ASK_AGAIN_S: Final = 10.0
"""How long what was known last is told without asking, once the records were away: asking may take seconds."""
LONGEST_STATE: Final = timedelta(hours=24)
"""How long a temporary state may last."""
STOPPED_WITHOUT_CLOSING: Final = timedelta(hours=2)
"""How long an intake is stopped in one press when no closing is near that could end it."""


class HoursDesk:
    """The hours as they are known now, and the coordinators' ways to change them."""

    def __init__(self, week: Schedule, records: Records, clock: Clock) -> None:
        self._week = week
        self._records = records
        self._clock = clock
        self._known: Hours | None = None
        self._read_at_s = 0.0
        self._changes = 0
        self._reading = asyncio.Lock()
        self._known_last = Hours(week)
        self._away_until_s: float | None = None

    async def now(self) -> Hours:
        """Return the schedule with the coordinators' exceptions in it, and the overrides; at most a second old.

        While the records are away: as they were known last.
        """
        if (known := self._fresh()) is not None:
            return known
        if self._away_until_s is not None and self._reading.locked():
            return self._known_last  # one asks whether they are back; nobody else waits for that
        async with self._reading:  # a hundred who ask at once are answered by one reading
            if (known := self._fresh()) is not None:
                return known
            changes = self._changes
            try:
                hours = await self._read()
            except RecordsAwayError:
                self._away_until_s = self._clock.monotonic_s() + ASK_AGAIN_S
                return self._known_last
            self._away_until_s, self._known_last = None, hours
            if changes == self._changes:
                self._known, self._read_at_s = hours, self._clock.monotonic_s()
            return hours

    def today(self) -> date:
        """Return the day that it is where the organisation is."""
        return self._clock.now().astimezone(self._week.zone).date()

    async def set_here(self) -> Sequence[DatedException]:
        """Return the exceptions that coordinators have set, of today and later."""
        return await self._records.schedule_exceptions.since(self.today())

    async def change_day(self, account_id: int, exception: DatedException) -> None:
        """Give a day these hours. Raises `DayRefusedError`."""
        hours = await self.now()
        check_day(hours.schedule, exception.date, exception.windows, self.today())
        await self._records.schedule_exceptions.put(exception)
        await self._changed(account_id, Act.HOURS_CHANGED)

    async def take_back_day(self, account_id: int, day: date) -> bool:
        """Let a day have the hours of the data files again; False when it has them. Raises `DayRefusedError`."""
        around = await self._records.schedule_exceptions.since(day - timedelta(days=1))
        schedule = self._week.with_exceptions(each for each in around if each.date != day)
        check_day(schedule, day, schedule.windows_on(day), self.today())
        if not await self._records.schedule_exceptions.take_back(day):
            return False
        await self._changed(account_id, Act.HOURS_CHANGED)
        return True

    async def states(self) -> Sequence[Override]:
        """Return the temporary states in force, the latest first."""
        at = self._clock.now()
        return [each for each in reversed((await self.now()).overrides) if each.holds(at)]

    async def closing_ahead(self) -> datetime | None:
        """Find when the present opening ends, or else the one that begins later today, were no state set by hand."""
        at, hours = self._clock.now(), await self.now()
        kept = [each for each in hours.overrides if each.example]
        closes = hours.schedule.closes(at, kept)
        if closes is None:
            opens = hours.schedule.next_opening(at, kept)
            if opens is not None and opens.date() == self.today():
                closes = hours.schedule.closes(opens, kept)
        return closes if closes is not None and closes - at <= LONGEST_STATE else None

    async def set_state(
        self, account_id: int, kind: OverrideKind, ends_at: datetime, note_words: str = ""
    ) -> None:
        """Set a temporary state from now on, in the place of those that were set by hand before."""
        at = self._clock.now()
        for state in await self.states():
            if not state.example:
                await self._records.overrides.end(state.id, at)
        await self._records.overrides.add(Override(kind, at, ends_at, note_words))
        await self._changed(account_id, Act.HOURS_OVERRIDDEN)

    async def stop_intake(self, account_id: int) -> None:
        """Let nobody new in until the chat closes, or for `STOPPED_WITHOUT_CLOSING` when that is not near."""
        closes = await self.closing_ahead()
        await self.set_state(account_id, "stopped", closes or self._clock.now() + STOPPED_WITHOUT_CLOSING)

    async def end_state(self, account_id: int, override_id: int) -> bool:
        """End a temporary state now; False when it had ended."""
        if not await self._records.overrides.end(override_id, self._clock.now()):
            return False
        await self._changed(account_id, Act.OVERRIDE_ENDED)
        return True

    async def resume_intake(self, account_id: int) -> bool:
        """End every stop of the intake that is in force; False when there was none."""
        stops = [state for state in await self.states() if state.kind == "stopped"]
        for stop in stops:
            await self.end_state(account_id, stop.id)
        return bool(stops)

    async def _read(self) -> Hours:
        yesterday = self.today() - timedelta(days=1)  # whose last window may not have ended
        return Hours(
            self._week.with_exceptions(await self._records.schedule_exceptions.since(yesterday)),
            tuple(await self._records.overrides.active(self._clock.now())),
        )

    def _fresh(self) -> Hours | None:
        at_s = self._clock.monotonic_s()
        if self._away_until_s is not None and at_s < self._away_until_s:
            return self._known_last
        return None if at_s - self._read_at_s >= READ_EVERY_S else self._known

    async def _changed(self, account_id: int, act: Act) -> None:
        self._changes += 1
        self._known = None
        await note(self._records.audit_log, self._clock, account_id, act)
