"""Who is on duty, in the memory of one process."""

from dataclasses import dataclass

from chatservice.domain.duty import DutyState


@dataclass(slots=True)
class _Mentor:
    state: DutyState = DutyState.OFF
    connection: str | None = None


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

    def arrive(self, account_id: int, connection: str) -> None:
        """Note a mentor's newest connection."""
        self._mentors.setdefault(account_id, _Mentor()).connection = connection

    def depart(self, account_id: int, connection: str) -> None:
        """Note that a connection is gone, unless a newer one took its place."""
        mentor = self._mentors.get(account_id)
        if mentor is not None and mentor.connection == connection:
            mentor.connection = None

    def connection(self, account_id: int) -> str | None:
        """Return the connection that speaks for a mentor."""
        mentor = self._mentors.get(account_id)
        return mentor.connection if mentor else None

    def count(self) -> int:
        """Return how many connected mentors are on duty."""
        return sum(
            mentor.state is DutyState.ON and mentor.connection is not None
            for mentor in self._mentors.values()
        )
