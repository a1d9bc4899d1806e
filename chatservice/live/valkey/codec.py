"""How a conversation, an envelope and a presence lie in Valkey: JSON without fields that say nothing.

The same value always gives the same bytes, because a script compares them to tell whether a conversation is still the
one that a rule was applied to. Whoever holds a conversation or a presence and reads it again unchanged gets the very
same object, as from a store in memory: by that a socket sees that there is no news. Nothing here keeps an object alive.
"""

from weakref import WeakValueDictionary

import msgspec

from chatservice.domain.conversation import Conversation
from chatservice.domain.envelope import Draft, Envelope, KindName, Sender
from chatservice.domain.seat import MentorSeat, Side
from chatservice.ports import Presence, Pulse


class _HeldSeat(msgspec.Struct, omit_defaults=True):
    key: str
    epoch: int
    account: int | None = None


class _HeldConversation(msgspec.Struct, omit_defaults=True):
    """`since` comes first: open.lua writes it."""

    since: int
    token: bytes
    share: str
    epoch: int = 0
    mentor: _HeldSeat | None = None
    avoids: tuple[str, ...] = ()
    next: _HeldSeat | None = None


_encode = msgspec.json.Encoder().encode
_read_conversation = msgspec.json.Decoder(_HeldConversation).decode
_read_envelope = msgspec.json.Decoder(tuple[str, int, int, KindName, str]).decode
_read_presence = msgspec.json.Decoder(tuple[str | None, bool, bool, int, int]).decode


def conversation_bytes(conversation: Conversation) -> bytes:
    """Return a conversation as it lies in Valkey; its id is the key."""
    return _encode(
        _HeldConversation(
            since=conversation.since_ms,
            token=conversation.token_hash,
            share=conversation.share,
            epoch=conversation.epoch,
            mentor=_held_seat(conversation.mentor),
            avoids=tuple(sorted(conversation.avoids)),
            next=_held_seat(conversation.next),
        )
    )


def envelope_bytes(sender: Sender, draft: Draft) -> bytes:
    """Return an envelope as it lies in Valkey; its position is its place in the list."""
    return _encode((sender, draft.sequence, draft.epoch, draft.kind, draft.body))


def read_envelope(position: int, raw: bytes) -> Envelope:
    """Return an envelope."""
    sender, sequence, epoch, kind, body = _read_envelope(raw)
    return Envelope(position, sender, sequence, epoch, kind, body)


class Readings:
    """Reads conversations and presences, and gives the same object for the same bytes while somebody holds it."""

    def __init__(self) -> None:
        self._conversations: WeakValueDictionary[str, Conversation] = WeakValueDictionary()
        self._presences: WeakValueDictionary[tuple[str, Side, bytes], Presence] = WeakValueDictionary()

    def known(self, conversation_id: str) -> Conversation | None:
        """Return a conversation as somebody here holds it; it may be another by now."""
        return self._conversations.get(conversation_id)

    def conversation(self, conversation_id: str, raw: bytes) -> Conversation:
        """Read a conversation."""
        known = self._conversations.get(conversation_id)
        if known is not None and conversation_bytes(known) == raw:
            return known
        held = _read_conversation(raw)
        conversation = Conversation(
            id=conversation_id,
            token_hash=held.token,
            since_ms=held.since,
            share=held.share,
            epoch=held.epoch,
            mentor=_seat(held.mentor),
            avoids=frozenset(held.avoids),
            next=_seat(held.next),
        )
        self._conversations[conversation_id] = conversation
        return conversation

    def presence(self, conversation_id: str, side: Side, raw: bytes, offset_ms: int) -> Presence:
        """Read a presence, on the monotonic seconds of this process."""
        known = self._presences.get((conversation_id, side, raw))
        if known is not None:
            return known
        connection, typing, visible, changed_ms, _ = _read_presence(raw)
        presence = Presence(connection, Pulse(typing, visible), (changed_ms - offset_ms) / 1000)
        self._presences[conversation_id, side, raw] = presence
        return presence


def entry_bytes(kind: str, of: str, connection: str) -> bytes:
    """Return how a process notes a connection of its own: a side and its conversation, or `page` and an account."""
    return _encode((kind, of, connection))


def read_entry(raw: bytes) -> tuple[str, str, str]:
    """Return what `entry_bytes` wrote."""
    return msgspec.json.decode(raw, type=tuple[str, str, str])


def _held_seat(seat: MentorSeat | None) -> _HeldSeat | None:
    return None if seat is None else _HeldSeat(seat.key_id, seat.epoch, seat.account_id)


def _seat(held: _HeldSeat | None) -> MentorSeat | None:
    return None if held is None else MentorSeat(held.account, held.key, held.epoch)
