"""Blocks against abuse, in memory: from which connections no new conversation begins for a while.

Knows no address: what comes in is hashed at once under a key that was made when the process started and is replaced
each day; a key goes when nothing needs it any more. Implements `ports.Blocks`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from chatservice.domain.connection import home_of
from chatservice.ports import Block, Clock, Origin

KEY_LIFE_S: Final = 24 * 3600.0
MOST_BLOCKS: Final = 500
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another when a label is read aloud."""
_LABEL_LENGTH: Final = 4


@dataclass(frozen=True, slots=True)
class _Key:
    number: int
    secret: bytes
    made_s: float


@dataclass(frozen=True, slots=True)
class _Held:
    """A block, and until when it holds on the monotonic clock."""

    block: Block
    until_s: float


class MemoryBlocks:
    """See `ports.Blocks`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys = [self._new_key(0)]
        self._origins: dict[str, tuple[int, bytes]] = {}
        self._held: dict[tuple[int, bytes], _Held] = {}

    async def origin_of(self, address: str) -> Origin:
        """Hash an address under every key that is in use; an empty origin for one that is nobody's own."""
        self._tidy()
        home = home_of(address)
        if home is None:
            return Origin()
        digests = ((key.number, hmac.digest(key.secret, home.encode(), hashlib.sha256)) for key in self._keys)
        return Origin(tuple(digests))

    async def note(self, conversation_id: str, origin: Origin) -> None:
        """Remember where a conversation's visitor comes from, for as long as the conversation is there."""
        if origin.digests:
            self._origins[conversation_id] = origin.digests[-1]

    def forget(self, conversation_id: str) -> None:
        """Forget where a conversation's visitor came from."""
        self._origins.pop(conversation_id, None)

    async def is_blocked(self, origin: Origin) -> bool:
        """Say whether no new conversation may begin from there now."""
        self._tidy()
        return any(digest in self._held for digest in origin.digests)

    async def block(self, conversation_id: str, *, account_id: int, block_s: float) -> Block | None:
        """Block where a conversation's visitor comes from; None when that cannot be told from everybody else."""
        self._tidy()
        origin = self._origins.get(conversation_id)
        if origin is None:
            return None
        now = self._clock.now()
        until = now + timedelta(seconds=block_s)
        known = self._held.pop(origin, None)
        block = (
            replace(known.block, until=until)
            if known
            else Block(self._new_label(), account_id, since=now, until=until)
        )
        self._held[origin] = _Held(block, self._clock.monotonic_s() + block_s)
        if len(self._held) > MOST_BLOCKS:
            del self._held[next(iter(self._held))]
        return block

    async def in_force(self) -> Sequence[Block]:
        """Return every block that holds now, the oldest first."""
        self._tidy()
        return sorted((held.block for held in self._held.values()), key=lambda block: block.since)

    async def lift(self, label: str, *, account_id: int | None = None) -> bool:
        """Lift a block; with an account, only one that this account set. False when there is none."""
        self._tidy()
        for origin, held in self._held.items():
            if held.block.label == label and account_id in {None, held.block.account_id}:
                del self._held[origin]
                return True
        return False

    def _tidy(self) -> None:
        """Let go of what is over: blocks, and keys that nothing was hashed with that is still needed."""
        now_s = self._clock.monotonic_s()
        for origin in [origin for origin, held in self._held.items() if held.until_s <= now_s]:
            del self._held[origin]
        newest = self._keys[-1]
        if now_s - newest.made_s >= KEY_LIFE_S:
            newest = self._new_key(newest.number + 1)
            self._keys.append(newest)
        if len(self._keys) == 1:
            # Everybody who comes asks this, and all who are here would be looked through for each.
            return
        needed = {number for number, _ in (*self._held, *self._origins.values())} | {newest.number}
        self._keys = [key for key in self._keys if key.number in needed]

    def _new_key(self, number: int) -> _Key:
        return _Key(number, secrets.token_bytes(32), self._clock.monotonic_s())

    def _new_label(self) -> str:
        taken = {held.block.label for held in self._held.values()}
        while (label := random_label()) in taken:
            pass
        return label


def random_label() -> str:
    """Return a label for a block, which says nothing of it."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LABEL_LENGTH))
