"""What happens in the seats of a conversation on Valkey: envelopes, receipts, and who is there."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation
from chatservice.domain.envelope import Draft, Envelope, Sender
from chatservice.domain.seat import Seat, Side
from chatservice.errors import (
    ConflictError,
    GapError,
    LiveStoreAwayError,
    RefusedError,
    UnknownConversationError,
)
from chatservice.live.valkey.codec import conversation_bytes, entry_bytes, envelope_bytes, read_envelope
from chatservice.live.valkey.shared import CONFLICT, DONE, GAP, UNKNOWN, WAS_THERE, Shared, script
from chatservice.live.valkey.wire import Reply
from chatservice.ports import Overdue, Pulse, View

_MOST_TRIES: Final = 200
_RECEIVED: Final = b"r:"

_POST = script("post")
_POST_CHANGING = script("post", "presence", "placing")
_ENVELOPES = script("envelopes")
_NOTE_RECEIVED = script("received")
_ARRIVE = script("arrive", "presence")
_PULSE = script("pulse", "presence")
_DEPART = script("depart", "presence")
_VIEW = script("view")
_OVERDUE = script("overdue")


class Seats(Shared):
    """The part of `ports.LiveStore` that is about one seat at a time. `post` and `view` are one question each."""

    async def post(self, seat: Seat, draft: Draft) -> bool:
        """Append an envelope; False when this very envelope was there already."""
        envelope = envelope_bytes(seat.sender, draft)
        held = self._readings.known(seat.conversation_id)
        is_fresh = False
        for _ in range(_MOST_TRIES):
            known, changed = self._decide(held, seat, draft, may_refuse=is_fresh)
            outcome, *rest = cast(
                "list[Reply]",
                await self._call(
                    _POST_CHANGING if changed else _POST, seat.conversation_id, known, changed,
                    seat.side.other.value, seat.sender, draft.sequence, envelope, self._now_ms(),
                ),
            )  # fmt: skip
            if outcome in {DONE, WAS_THERE}:
                return outcome == DONE
            if outcome == CONFLICT:
                raise ConflictError
            if outcome == GAP:
                raise GapError(cast("int", rest[0]))
            held, is_fresh = self._after_refusal(seat.conversation_id, outcome, rest), True
            if held is None:
                raise UnknownConversationError
        raise LiveStoreAwayError

    @staticmethod
    def _decide(
        held: Conversation | None, seat: Seat, draft: Draft, *, may_refuse: bool
    ) -> tuple[bytes, bytes]:
        """Return the conversation that the rules were asked about, and what it becomes (nothing when it stays).

        What somebody here holds may be old, and then so is a refusal: the script is told of no conversation, and
        answers with the one that is there.
        """
        if held is None:
            return b"", b""
        try:
            after = rules.after_post(held, seat, draft)
        except RefusedError:
            if may_refuse:
                raise
            return b"", b""
        return conversation_bytes(held), b"" if after is held else conversation_bytes(after)

    async def envelopes_after(self, conversation_id: str, position: int, *, limit: int) -> Sequence[Envelope]:
        """Return at most `limit` envelopes with a higher position, in order."""
        found = await self._call(_ENVELOPES, conversation_id, position, position + limit - 1)
        kept = cast("list[bytes]", found)
        return tuple(read_envelope(number, raw) for number, raw in enumerate(kept, position + 1))

    async def have(self, seat: Seat) -> int:
        """Return how many envelopes of this seat's sender are held."""
        return int(await self._read_text("HGET", f"c:{seat.conversation_id}", f"n:{seat.sender}") or 0)

    async def note_received(self, seat: Seat, sender: Sender, through: int) -> None:
        """Note that a seat's browser has a sender's envelopes below `through`."""
        _known(
            await self._call(
                _NOTE_RECEIVED, seat.conversation_id, seat.side.other.value, seat.sender, sender, through
            )
        )

    async def arrive(self, seat: Seat, connection: str) -> None:
        """Let a connection speak for a seat; an earlier one loses it."""
        entry = entry_bytes(seat.side, seat.conversation_id, connection)
        _known(
            await self._call(
                _ARRIVE,
                seat.conversation_id,
                seat.side.value,
                connection,
                self._now_ms(),
                self._process,
                entry,
            )
        )

    async def pulse(self, seat: Seat, pulse: Pulse) -> None:
        """Note a sign of life and ring the other seat."""
        said = int(pulse.typing), int(pulse.visible)
        _known(await self._call(_PULSE, seat.conversation_id, seat.side.value, *said, self._now_ms()))

    async def depart(self, seat: Seat, connection: str) -> None:
        """Note that a connection is gone; one that lost its seat earlier changes nothing."""
        await self._depart(self._process, seat.side.value, seat.conversation_id, connection)

    async def _depart(self, process: str, side: str, conversation_id: str, connection: str) -> None:
        entry = entry_bytes(side, conversation_id, connection)
        await self._call(_DEPART, conversation_id, side, connection, self._now_ms(), process, entry)

    async def view(self, conversation_id: str) -> View | None:
        """Return a conversation as its sockets see it, or None when it is erased."""
        reply = await self._call(_VIEW, conversation_id)
        if reply is None:
            return None
        *fields, place = cast("list[Reply]", reply)
        pairs = cast("list[bytes]", fields)
        held: Mapping[bytes, bytes] = dict(zip(pairs[::2], pairs[1::2], strict=True))
        conversation = self._readings.conversation(conversation_id, held[b"c"])
        presence = {
            side: self._readings.presence(conversation_id, side, held[side.encode()], self._offset_ms)
            for side in Side
        }
        return View(
            conversation,
            rules.seen_phase(conversation, mentor_present=presence[Side.MENTOR].connection is not None),
            None if place is None else cast("int", place) + 1,
            {name[2:].decode(): int(count) for name, count in held.items() if name.startswith(_RECEIVED)},
            presence,
        )

    async def overdue(
        self, *, visitor_grace_s: float, mentor_grace_s: float, silence_s: float
    ) -> list[Overdue]:
        """Return the seats that have been empty for too long; those of processes that are gone become empty first."""
        await self._bury_the_gone()
        now_ms = self._now_ms()
        shortest_s = min(visitor_grace_s, mentor_grace_s, silence_s)
        absent = cast("list[bytes]", await self._call(_OVERDUE, now_ms - round(shortest_s * 1000)))
        overdue: list[Overdue] = []
        for who, since_ms, waiting in zip(absent[::3], absent[1::3], absent[2::3], strict=True):
            side, _, conversation_id = who.decode().partition(":")
            away = Side(side)
            grace_s = mentor_grace_s if away is Side.MENTOR else visitor_grace_s if waiting else silence_s
            if now_ms - int(since_ms) >= grace_s * 1000:
                overdue.append(Overdue(conversation_id, away))
        return overdue

    async def _bury_the_gone(self) -> None:
        raise NotImplementedError


def _known(outcome: Reply) -> None:
    if outcome == UNKNOWN:
        raise UnknownConversationError
