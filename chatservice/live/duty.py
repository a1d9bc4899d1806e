"""Who is on duty, in the memory of one process."""

from collections.abc import Iterator
from dataclasses import dataclass

from chatservice.domain.duty import DutyState
from chatservice.ports import Colleague

PAUSE_S = 10 * 60
"""Whoever was away from her page for so long has had her pause; a reload is none."""


@dataclass(slots=True)
class _Mentor:
    state: DutyState = DutyState.OFF
    connection: str | None = None
    colleague: Colleague | None = None
    on_since_s: float = 0.0
    gone_since_s: float | None = None
    owes_outcome: bool = False


class DutyBoard:
    """Mentors by account: what they said, and whether their page is connected right now."""

    __slots__ = ("_mentors",)

    def __init__(self) -> None:
        self._mentors: dict[int, _Mentor] = {}

    def set(self, account_id: int, state: DutyState, now_s: float) -> None:
        """Note what a mentor said."""
        mentor = self._mentors.setdefault(account_id, _Mentor())
        if mentor.state is not DutyState.ON:
            mentor.on_since_s = now_s
        mentor.state = state

    def state(self, account_id: int) -> DutyState:
        """Return what a mentor said last, off if nothing."""
        mentor = self._mentors.get(account_id)
        return mentor.state if mentor else DutyState.OFF

    def on_for_s(self, account_id: int, now_s: float) -> int:
        """Return for how long a mentor has been on duty without a pause."""
        mentor = self._mentors.get(account_id)
        return int(now_s - mentor.on_since_s) if mentor and mentor.state is DutyState.ON else 0

    def owe_outcome(self, account_id: int) -> None:
        """Note that a mentor sat down, and may say afterwards how it went."""
        self._mentors.setdefault(account_id, _Mentor()).owes_outcome = True

    def settle_outcome(self, account_id: int) -> bool:
        """Let a mentor say it once."""
        mentor = self._mentors.get(account_id)
        if mentor is None or not mentor.owes_outcome:
            return False
        mentor.owes_outcome = False
        return True

    def arrive(self, account_id: int, connection: str, colleague: Colleague | None, now_s: float) -> None:
        """Note a mentor's newest connection, and who she is to her colleagues."""
        mentor = self._mentors.setdefault(account_id, _Mentor())
        mentor.connection = connection
        mentor.colleague = colleague
        if mentor.gone_since_s is not None and now_s - mentor.gone_since_s >= PAUSE_S:
            mentor.on_since_s = now_s
        mentor.gone_since_s = None

    def depart(self, account_id: int, connection: str, now_s: float) -> None:
        """Note that a connection is gone, unless a newer one took its place."""
        mentor = self._mentors.get(account_id)
        if mentor is not None and mentor.connection == connection:
            mentor.connection = None
            mentor.gone_since_s = now_s

    def connection(self, account_id: int) -> str | None:
        """Return the connection that speaks for a mentor."""
        mentor = self._mentors.get(account_id)
        return mentor.connection if mentor else None

    def colleague(self, account_id: int) -> Colleague | None:
        """Return who a connected mentor is to her colleagues."""
        mentor = self._mentors.get(account_id)
        return mentor.colleague if mentor is not None and mentor.connection is not None else None

    def available(self, account_id: int) -> Colleague | None:
        """Return who a mentor is to her colleagues, while she is connected and on duty and her page has a key."""
        mentor = self._mentors.get(account_id)
        if mentor is None or mentor.state is not DutyState.ON or mentor.connection is None:
            return None
        return mentor.colleague

    def on(self) -> Iterator[int]:
        """Go through the accounts of the connected mentors on duty."""
        for account_id, mentor in self._mentors.items():
            if mentor.state is DutyState.ON and mentor.connection is not None:
                yield account_id

    def paused(self) -> int:
        """Return how many connected mentors have paused."""
        return sum(
            mentor.state is DutyState.PAUSED and mentor.connection is not None
            for mentor in self._mentors.values()
        )

    def count(self) -> int:
        """Return how many connected mentors are on duty."""
        return sum(1 for _ in self.on())
