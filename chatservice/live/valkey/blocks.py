"""Blocks against abuse, shared by several processes. See `ports.Blocks`, and `live/blocks.py` for the same in memory.

Knows no address: what comes in is hashed at once. The key lies in the memory of Valkey beside what it hashed, is
replaced each day, and goes when nothing needs it any more or the server ends; it is never on a disk.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from chatservice.domain.connection import home_of
from chatservice.errors import LiveStoreAwayError
from chatservice.live import blocks as in_memory
from chatservice.live.valkey.connection import ValkeyConnection
from chatservice.live.valkey.shared import READ, script
from chatservice.ports import Block, Clock, Origin

_MOST_TRIES: Final = 50
_READ = script("block_read", "block_keys")
_NOTE = script("block_note")
_SET = script("block_set")
_LIFT = script("block_lift")


class ValkeyBlocks:
    """See `ports.Blocks`. `now_ms` is the time that all processes share."""

    def __init__(self, connection: ValkeyConnection, clock: Clock, now_ms: Callable[[], int]) -> None:
        self._connection = connection
        self._clock = clock
        self._now_ms = now_ms

    async def start(self) -> None:
        """Make the first key, if no other process has."""
        await self._look()

    async def origin_of(self, address: str) -> Origin:
        """Hash an address under every key that is in use; an empty origin for one that is nobody's own."""
        home = home_of(address)
        if home is None:
            return Origin()
        keys, _ = await self._look()
        return Origin(
            tuple(
                (number, hmac.digest(keys[number], home.encode(), hashlib.sha256)) for number in sorted(keys)
            )
        )

    async def note(self, conversation_id: str, origin: Origin) -> None:
        """Remember where a conversation's visitor comes from, for as long as the conversation is there."""
        if origin.digests:
            await self._connection.call(_NOTE, conversation_id, _name(origin.digests[-1]))

    async def is_blocked(self, origin: Origin) -> bool:
        """Say whether no new conversation may begin from there now."""
        _, held = await self._look()
        return any(_name(digest) in held for digest in origin.digests)

    async def block(self, conversation_id: str, *, account_id: int, block_s: float) -> Block | None:
        """Block where a conversation's visitor comes from; None when that cannot be told from everybody else."""
        for _ in range(_MOST_TRIES):
            _, held = await self._look()
            origin = await self._connection.call(READ, "HGET", "block:origins", conversation_id)
            if not isinstance(origin, bytes):
                return None
            now = self._clock.now()
            until = now + timedelta(seconds=block_s)
            known = held.get(origin.decode())
            former = _read(known) if known else None
            block = (
                Block(former.label, former.account_id, former.since, until)
                if former
                else Block(_new_label(held), account_id, since=now, until=until)
            )
            until_ms = self._now_ms() + round(block_s * 1000)
            most = in_memory.MOST_BLOCKS
            if await self._connection.call(_SET, origin, known or b"", _write(block), until_ms, most):
                return block
        raise LiveStoreAwayError

    async def in_force(self) -> Sequence[Block]:
        """Return every block that holds now, the oldest first."""
        _, held = await self._look()
        return sorted((_read(raw) for raw in held.values()), key=lambda block: block.since)

    async def lift(self, label: str, *, account_id: int | None = None) -> bool:
        """Lift a block; with an account, only one that this account set. False when there is none."""
        _, held = await self._look()
        for origin, raw in held.items():
            block = _read(raw)
            if block.label == label and account_id in {None, block.account_id}:
                return await self._connection.call(_LIFT, origin, raw) == 1
        return False

    async def _look(self) -> tuple[dict[int, bytes], dict[str, bytes]]:
        """Let go of what is over; return the keys in use by number, and the blocks by origin."""
        life_ms = round(in_memory.KEY_LIFE_S * 1000)
        reply = await self._connection.call(_READ, self._now_ms(), life_ms, secrets.token_bytes(32))
        keys, held = cast("tuple[list[bytes], list[bytes]]", reply)
        return (
            {int(number): secret for number, secret in zip(keys[::2], keys[1::2], strict=True)},
            {origin.decode(): raw for origin, raw in zip(held[::2], held[1::2], strict=True)},
        )


def _name(digest: tuple[int, bytes]) -> str:
    return f"{digest[0]}:{digest[1].hex()}"


def _write(block: Block) -> bytes:
    return msgspec.json.encode((block.label, block.account_id, block.since, block.until))


def _read(raw: bytes) -> Block:
    return Block(*msgspec.json.decode(raw, type=tuple[str, int, datetime, datetime]))


def _new_label(held: dict[str, bytes]) -> str:
    taken = {_read(raw).label for raw in held.values()}
    while (label := in_memory.random_label()) in taken:
        pass
    return label
