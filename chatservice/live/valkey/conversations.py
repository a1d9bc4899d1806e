"""Conversations on Valkey: coming, being taken, asking a colleague, ending. How a change is made: `shared.py`."""

import asyncio
from collections.abc import Sequence
from typing import Final, cast

from chatservice.domain import conversation as rules
from chatservice.domain.conversation import Conversation, EndedBy
from chatservice.domain.statistics import LEFT, QUEUED, TAKEN, length_name, wait_name
from chatservice.domain.waiting import Wait
from chatservice.errors import (
    AlreadyTalkingError,
    ColleagueAwayError,
    FullError,
    LiveStoreAwayError,
    NobodyWaitingError,
    UnknownConversationError,
)
from chatservice.live.valkey.codec import conversation_bytes
from chatservice.live.valkey.connection import ValkeyConnection
from chatservice.live.valkey.shared import DONE, NOT_FREE, Shared, script
from chatservice.live.valkey.wire import Reply
from chatservice.ports import Clock, Colleague, QueueView, Tally

_TOMBSTONE_LIFE_S: Final = 30 * 60
_WAITS_LIFE_MS: Final = 12 * 3600 * 1000
_MOST_TRIES: Final = 200

_OPEN = script("open", "presence", "placing")
_PUT_NEW = script("put_new", "presence", "placing")
_HEAD = script("head", "free")
_ERASE = script("erase", "presence", "placing")
_COLLEAGUES = script("colleagues", "free")
_QUEUE = script("queue")
_RING_WAITING = script("ring_waiting")


class Conversations(Shared):
    """The part of `ports.LiveStore` that is about whole conversations and the queue."""

    def __init__(self, connection: ValkeyConnection, clock: Clock, tally: Tally | None) -> None:
        super().__init__(connection, clock, tally)
        # Mentors of one process take one after the other, so that only processes race for the same visitor.
        self._taking = asyncio.Lock()

    async def ended_by(self, conversation_id: str) -> EndedBy | None:
        """Say who ended a conversation that was erased a short while ago."""
        tombstone = await self._read_text("GET", f"ended:{conversation_id}")
        if tombstone is None:
            return None
        by, _, at_ms = tombstone.partition(":")
        return EndedBy(by) if self._now_ms() - int(at_ms) <= _TOMBSTONE_LIFE_S * 1000 else None

    async def open(self, conversation: Conversation, *, queue_cap: int) -> None:
        """Add a new waiting conversation. Raises `FullError` when `queue_cap` wait already."""
        raw = conversation_bytes(conversation)
        rest = raw[raw.index(b",") :]
        kept = await self._call(
            _OPEN, conversation.id, rest, conversation.since_ms, queue_cap, self._now_ms()
        )
        if not kept:
            raise FullError
        self._count(QUEUED)

    async def restore(self, conversation: Conversation) -> Conversation:
        """Bring a conversation back from a ticket, or merge it with the one we hold."""
        for _ in range(_MOST_TRIES):
            raw = await self._call(
                _PUT_NEW, conversation.id, conversation_bytes(conversation), self._now_ms()
            )
            if raw is None:
                return conversation
            held = self._readings.conversation(conversation.id, cast("bytes", raw))
            chosen = rules.newer(held, conversation)
            if (await self._replace(held, chosen))[0] == DONE:
                return chosen
        raise LiveStoreAwayError

    async def take_oldest(self, *, account_id: int, key_id: str) -> Conversation:
        """Seat a mentor with whoever has waited longest."""
        async with self._taking:
            for _ in range(_MOST_TRIES):
                outcome, *found = cast("list[Reply]", await self._call(_HEAD, account_id, key_id))
                if outcome == NOT_FREE:
                    raise AlreadyTalkingError
                if outcome != DONE:
                    raise NobodyWaitingError
                conversation_id, raw = cast("list[bytes]", found)
                held = self._readings.conversation(conversation_id.decode(), raw)
                taken = rules.take(held, account_id=account_id, key_id=key_id)
                waited_s = max(0.0, self._clock.now().timestamp() - held.since_ms / 1000)
                reply = await self._replace(held, taken, free=(account_id, key_id), waited_s=repr(waited_s))
                if reply[0] == DONE:
                    if reply[1] is None and held.epoch == 0:
                        self._count(TAKEN)
                        self._count(wait_name(waited_s))
                    return taken
        raise LiveStoreAwayError

    async def colleagues(self, account_id: int) -> Sequence[Colleague]:
        """Return the other mentors who could take over now."""
        return [colleague for other, colleague in await self._free_colleagues() if other != account_id]

    async def ask_colleague(self, conversation_id: str, key_id: str) -> Conversation:
        """Ask one of the colleagues to take a conversation over."""
        for _ in range(_MOST_TRIES):
            held = await self.find(conversation_id)
            if held is None:
                raise UnknownConversationError
            colleagues = await self._free_colleagues()
            account_id = next((who for who, each in colleagues if each.key_id == key_id), None)
            if account_id is None:
                raise ColleagueAwayError
            changed = rules.ask_colleague(held, account_id=account_id, key_id=key_id)
            reply = await self._replace(held, changed, free=(account_id, key_id), role="colleague")
            if reply[0] == DONE:
                return changed
        raise LiveStoreAwayError

    async def asked(self, account_id: int) -> Conversation | None:
        """Return the conversation that a mentor is asked to take over, or None."""
        conversation_id = await self._read_text("HGET", "asked", account_id)
        return None if conversation_id is None else await self.find(conversation_id)

    async def seated(self, *, account_id: int, key_id: str | None) -> str | None:
        """Return the conversation in which this account or key has the mentor's seat."""
        by_account = await self._read_text("HGET", "seat:account", account_id)
        if by_account is not None or key_id is None:
            return by_account
        return await self._read_text("HGET", "seat:key", key_id)

    async def erase(self, conversation_id: str, by: EndedBy) -> None:
        """Forget a conversation and all its envelopes, and ring both seats."""
        reply = await self._call(_ERASE, conversation_id, str(by), self._now_ms(), _TOMBSTONE_LIFE_S)
        if reply is None:
            return
        raw, taken_ms = cast("tuple[bytes, bytes | None]", reply)
        if self._readings.conversation(conversation_id, raw).epoch == 0:
            self._count(LEFT)
        else:
            self._count(length_name((self._now_ms() - int(taken_ms)) / 1000 if taken_ms else 0.0))

    async def taken_s(self, conversation_id: str) -> int:
        """Return how long ago a conversation was first taken."""
        taken_ms = await self._read_text("HGET", f"c:{conversation_id}", "taken")
        return 0 if taken_ms is None else (self._now_ms() - int(taken_ms)) // 1000

    async def talking_count(self) -> int:
        """Return how many visitors have a mentor."""
        return await self._read_count("HLEN", "seat:key")

    async def waiting_count(self) -> int:
        """Return how many visitors wait."""
        return await self._read_count("ZCARD", "queue")

    async def waits(self) -> Sequence[Wait]:
        """Return how long those took who were taken lately."""
        since_ms = self._now_ms() - _WAITS_LIFE_MS
        kept = cast("list[bytes]", await self._read("LRANGE", "waits", 0, -1))
        parts = (entry.decode().split(":") for entry in reversed(kept))
        return [Wait(int(place), float(waited_s)) for at, place, waited_s in parts if int(at) >= since_ms]

    async def queue_view(self, *, limit: int) -> QueueView:
        """Return the queue with the waiting times of its first `limit`."""
        count, *places = cast("list[bytes]", await self._call(_QUEUE, limit))
        return QueueView(int(count), tuple(int(since_ms) for since_ms in places[1::2]))

    async def ring_waiting(self, count: int) -> None:
        """Ring the first `count` waiting visitors, whose place may have changed."""
        await self._call(_RING_WAITING, count)

    async def _free_colleagues(self) -> list[tuple[int, Colleague]]:
        found = cast("list[bytes]", await self._call(_COLLEAGUES))
        each = iter(value.decode() for value in found)
        return [
            (int(account), Colleague(key, alias))
            for account, key, alias in zip(each, each, each, strict=True)
        ]
