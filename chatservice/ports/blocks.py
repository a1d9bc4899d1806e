"""Blocks against abuse: no address is held, only what is hashed from one, in memory. Adapter: live/blocks.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody comes from, hashed: (number of the key, digest) for every key in use, the newest last.

    Empty when it cannot be told from where everybody comes, as behind a server of ours.
    """

    digests: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """From one connection no new conversation begins until an instant. `label` is random and short."""

    label: str
    account_id: int
    since: datetime
    until: datetime


class Blocks(Protocol):
    """Blocks against abuse. No address is held, and what is hashed from one ends with the process."""

    async def origin_of(self, address: str) -> Origin:
        """Hash an address at once."""
        ...

    async def note(self, conversation_id: str, origin: Origin) -> None:
        """Remember where a conversation's visitor comes from, for as long as the conversation is there."""
        ...

    async def is_blocked(self, origin: Origin) -> bool:
        """Say whether no new conversation may begin from there now."""
        ...

    async def block(self, conversation_id: str, *, account_id: int, block_s: float) -> Block | None:
        """Block where a conversation's visitor comes from; None when that cannot be told from everybody else.

        Blocked again it holds for longer, under the same label.
        """
        ...

    async def in_force(self) -> Sequence[Block]:
        """Return every block that holds now, the oldest first."""
        ...

    async def lift(self, label: str, *, account_id: int | None = None) -> bool:
        """Lift a block; with an account, only one that this account set. False when there is none."""
        ...
