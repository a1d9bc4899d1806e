"""Failed sign-ins, gathered in memory and written to the audit log once a minute.

Not at once, because only accounts that exist can be noted: the time that the writing takes would tell a guesser
which usernames do. Holds account numbers of staff only, never what was typed.
"""

from datetime import datetime

from chatservice.domain.audit import Act, Entry
from chatservice.ports import AuditLog


class FailureNotes:
    """The accounts whose sign-in failed since the latest writing; each stands once, however often it failed."""

    def __init__(self) -> None:
        self._failed_at: dict[int, datetime] = {}

    def note(self, account_id: int, at: datetime) -> None:
        """Note a failure, unless one waits to be written already."""
        self._failed_at.setdefault(account_id, at)

    async def write(self, log: AuditLog) -> None:
        """Write down what was gathered; what could not be written is kept."""
        failed_at, self._failed_at = self._failed_at, {}
        try:
            for account_id, at in tuple(failed_at.items()):
                await log.add(Entry(at, None, Act.SIGN_IN_FAILED, account_id))
                del failed_at[account_id]
        finally:
            self._failed_at |= failed_at
