"""What a mentor is told of her colleagues: who could take over from her, and what she is asked to take over.

Knows the frames of a handover and remembers what this connection was told. Does not know who may hand over to whom:
`domain/conversation.py` does. Sitting down is `mentor.py`'s.
"""

from collections.abc import Sequence

from chatservice.domain.conversation import Conversation
from chatservice.domain.seat import Seat, seat_of_mentor
from chatservice.ports import Colleague, LiveStore
from chatservice.usecases import mentoring
from chatservice.web.frames import Asked, ColleagueEntry, Colleagues, Unasked
from chatservice.web.sockets import Socket


class ColleagueNews:
    """The colleague's part of one mentor's connection."""

    __slots__ = ("_account_id", "_asked", "_free", "_live", "_socket", "_told")

    def __init__(self, live: LiveStore, socket: Socket, account_id: int) -> None:
        self._live = live
        self._socket = socket
        self._account_id = account_id
        self._asked: Conversation | None = None
        self._told: Colleagues | None = None
        self._free: Sequence[Colleague] | None = None

    @property
    def seat(self) -> Seat | None:
        """Return the seat she is asked to take, which she may offer for, or None."""
        asked = self._asked
        return None if asked is None or asked.next is None else seat_of_mentor(asked.id, asked.next)

    async def tell_free(self) -> None:
        """Tell who could take over now."""
        free = await self._live.colleagues(self._account_id)
        if free is self._free:
            return
        self._free = free
        news = Colleagues(tuple(ColleagueEntry(each.key_id, each.alias) for each in free))
        if news != self._told:
            self._told = news
            await self._socket.send(news)

    async def tell_question(self) -> str | None:
        """Tell what she is asked to take over; return the conversation that has just become hers, if one has."""
        before = self._asked
        question = await mentoring.question_for(self._live, self._account_id)
        self._asked, by = question or (None, "")
        asked = self._asked
        if before is not None and (asked is None or asked.id != before.id):
            if await self._live.seated(account_id=self._account_id, key_id=None) == before.id:
                return before.id
            await self._socket.send(Unasked(before.id))
        if asked is not None and asked.next is not None and (before is None or before.id != asked.id):
            await self._socket.send(Asked(asked.id, asked.next.epoch, by))
        return None
