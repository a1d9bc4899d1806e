"""Mentors on Valkey: what they said about duty, whose page is connected, and to whom they are colleagues."""

from collections.abc import Sequence
from typing import Final, cast

from chatservice.domain import conversation as rules
from chatservice.domain.duty import DutyState
from chatservice.errors import LiveStoreAwayError, OutOfTurnError
from chatservice.live.duty import PAUSE_S
from chatservice.live.valkey.codec import conversation_bytes, entry_bytes
from chatservice.live.valkey.conversations import Conversations
from chatservice.live.valkey.shared import script
from chatservice.ports import Colleague

_MOST_TRIES: Final = 200
PAGE: Final = "page"
"""What an entry of a process's connections is of, when it is not a seat."""

_SET_DUTY = script("set_duty", "duty")
_ARRIVES = script("mentor_arrives", "duty")
_DEPARTS = script("mentor_departs", "presence", "placing", "duty")
_SETTLE = script("settle_outcome")


class Mentors(Conversations):
    """The part of `ports.LiveStore` that is about mentors."""

    async def set_duty(self, account_id: int, state: DutyState) -> None:
        """Set a mentor's duty state."""
        await self._call(_SET_DUTY, account_id, state.value, self._now_ms())

    async def duty_of(self, account_id: int) -> DutyState:
        """Return a mentor's duty state."""
        return DutyState(await self._read_text("HGET", f"m:{account_id}", "state") or DutyState.OFF)

    async def on_duty_s(self, account_id: int) -> int:
        """Return for how long a mentor has been on duty without a pause."""
        state, since_ms = cast(
            "list[bytes | None]", await self._read("HMGET", f"m:{account_id}", "state", "on")
        )
        if state != DutyState.ON.encode() or since_ms is None:
            return 0
        return (self._now_ms() - int(since_ms)) // 1000

    async def settle_outcome(self, account_id: int) -> bool:
        """Let a mentor say once how her latest conversation went."""
        return await self._call(_SETTLE, account_id) == 1

    async def mentor_arrives(
        self, account_id: int, connection: str, colleague: Colleague | None = None
    ) -> None:
        """Note a mentor's connection; an earlier one of the same account loses its place."""
        key, alias = (colleague.key_id, colleague.alias) if colleague else ("", "")
        entry = entry_bytes(PAGE, str(account_id), connection)
        await self._call(
            _ARRIVES, account_id, connection, key, alias, self._now_ms(), PAUSE_S * 1000, self._process, entry
        )

    async def mentor_departs(self, account_id: int, connection: str) -> None:
        """Note that a mentor's connection is gone; what she was asked to take over stays where it is."""
        await self._mentor_departs(self._process, account_id, connection)

    async def _mentor_departs(self, process: str, account_id: int, connection: str) -> None:
        entry = entry_bytes(PAGE, str(account_id), connection)
        for _ in range(_MOST_TRIES):
            asked: tuple[str, bytes, bytes] = "", b"", b""
            if (held := await self.asked(account_id)) is not None:
                try:
                    turned_down = rules.turn_down(held, account_id=account_id)
                except OutOfTurnError:
                    continue  # answered between two questions
                asked = held.id, conversation_bytes(held), conversation_bytes(turned_down)
            if await self._call(_DEPARTS, account_id, connection, self._now_ms(), process, entry, *asked):
                return
        raise LiveStoreAwayError

    async def mentor_connection(self, account_id: int) -> str | None:
        """Return the connection that speaks for a mentor."""
        return await self._read_text("HGET", f"m:{account_id}", "connection")

    async def colleague(self, account_id: int) -> Colleague | None:
        """Return who a mentor is to her colleagues, while she is connected."""
        reply = await self._read("HMGET", f"m:{account_id}", "connection", "key", "alias")
        connection, key, alias = cast("list[bytes | None]", reply)
        if connection is None or key is None or alias is None:
            return None
        return Colleague(key.decode(), alias.decode())

    async def duty_count(self) -> int:
        """Return how many connected mentors are on duty."""
        return await self._read_count("SCARD", "duty:on")

    async def on_duty(self) -> Sequence[int]:
        """Return the accounts of the connected mentors on duty."""
        return sorted(
            int(account) for account in cast("list[bytes]", await self._read("SMEMBERS", "duty:on"))
        )

    async def paused_count(self) -> int:
        """Return how many connected mentors have paused their duty."""
        return await self._read_count("SCARD", "duty:paused")
