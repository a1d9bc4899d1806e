"""Who is on duty, in the memory of one process."""

from collections.abc import Iterator
from dataclasses import dataclass

from chatservice.domain.duty import DutyState
from chatservice.ports import Colleague


@dataclass(slots=True)
class _Mentor:
    state: DutyState = DutyState.OFF
    connection: str | None = None
    colleague: Colleague | None = None


class DutyBoard:
    """Mentors by account: what they said, and whether their page is connected right now."""

    __slots__ = ("_mentors",)

    def __init__(self) -> None:
        self._mentors: dict[int, _Mentor] = {}

    def set(self, account_id: int, state: DutyState) -> None:
        """Note what a mentor said."""
        self._mentors.setdefault(account_id, _Mentor()).state = state

    def state(self, account_id: int) -> DutyState:
        """Return what a mentor said last, off if nothing."""
        mentor = self._mentors.get(account_id)
        return mentor.state if mentor else DutyState.OFF

    def arrive(self, account_id: int, connection: str, colleague: Colleague | None) -> None:
        """Note a mentor's newest connection, and who she is to her colleagues."""
        mentor = self._mentors.setdefault(account_id, _Mentor())
        mentor.connection = connection
        mentor.colleague = colleague

    def depart(self, account_id: int, connection: str) -> None:
        """Note that a connection is gone, unless a newer one took its place."""
        mentor = self._mentors.get(account_id)
        if mentor is not None and mentor.connection == connection:
            mentor.connection = None

    def connection(self, account_id: int) -> str | None:
        """Return the connection that speaks for a mentor."""
        mentor = self._mentors.get(account_id)
        return mentor.connection if mentor else None

    def colleague(self, account_id: int) -> Colleague | None:
        """Return who a connected mentor is to her colleagues."""
        mentor = self._mentors.get(account_id)
        return mentor.colleague if mentor is not None and mentor.connection is not None else None

    def colleagues(self) -> Iterator[tuple[int, Colleague]]:
        """Go through the connected mentors on duty whose page has a key, with their accounts."""
        for account_id, mentor in self._mentors.items():
            if (
                mentor.state is DutyState.ON
                and mentor.connection is not None
                and mentor.colleague is not None
            ):
                yield account_id, mentor.colleague

    def count(self) -> int:
        """Return how many connected mentors are on duty."""
        return sum(
            mentor.state is DutyState.ON and mentor.connection is not None
            for mentor in self._mentors.values()
        )
