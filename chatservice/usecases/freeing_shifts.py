"""Taking a mentor out of the rota for some days, or for good: what she had becomes a gap that is shown.

Apart from usecases/rota.py, because that asks usecases/quarantine.py, which frees shifts itself.
"""

from datetime import date, datetime, time, timedelta, tzinfo

from chatservice.ports import Clock, Records


async def free_shifts(records: Records, zone: tzinfo, account_id: int, first: date, last: date) -> int:
    """Erase a mentor's shifts that touch some days, first and last included; return how many they were."""
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    return await records.shifts.free(account_id, datetime.combine(first, time(), zone), after)


async def free_coming_shifts(records: Records, clock: Clock, account_id: int) -> int:
    """Erase all of a mentor's shifts that have not ended; return how many they were."""
    return await records.shifts.free(account_id, clock.now())
