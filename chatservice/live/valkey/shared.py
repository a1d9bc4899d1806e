"""What the parts of the store on Valkey have in common: scripts by name, one scale of time, and changing by comparison.

A change is read, decided in Python by the domain's pure rules, and written by a script that compares: when the
conversation is no longer the one that was read, nothing is written and the rule is applied anew. So the rules stand in
one place, and no process waits for another. Time is counted on a scale that all processes share (lua/beat.lua);
differences of this process's monotonic clock are added to it, so no clock on a wall can empty a seat.
"""

import secrets
from collections.abc import Callable
from importlib import resources
from typing import Final, cast

from chatservice.domain.conversation import Conversation
from chatservice.errors import LiveStoreAwayError, UnknownConversationError
from chatservice.live.valkey.codec import Readings, conversation_bytes
from chatservice.live.valkey.connection import Script, ValkeyConnection
from chatservice.live.valkey.wire import Argument, Reply
from chatservice.ports import Clock, Tally

ALIVE_S: Final = 15
"""Whoever has not said for so long that it is alive is a process that is gone."""
_MOST_TRIES: Final = 200
_LUA: Final = resources.files(__package__ or "chatservice.live.valkey") / "lua"

UNKNOWN, DONE, CHANGED, NOT_FREE, WAS_THERE, CONFLICT, GAP = range(7)
"""The first value of what some scripts answer; each says at its top which of them it uses."""


def script(name: str, *pieces: str) -> Script:
    """Read a script of this folder with the pieces that it needs, in their order."""
    return Script(*((_LUA / f"{piece}.lua").read_text(encoding="utf-8") for piece in (*pieces, name)))


READ = script("read")
_BEAT = script("beat")
_REPLACE = script("replace", "presence", "placing", "free")


class Shared:
    """One process's part of the store. The parts of `store.py` are made of this."""

    def __init__(self, connection: ValkeyConnection, clock: Clock, tally: Tally | None) -> None:
        self._connection = connection
        self._clock = clock
        self._tally = tally
        self._readings = Readings()
        self._process = secrets.token_urlsafe(9)
        self._offset_ms = 0
        self._alive_in = ""

    async def start(self) -> None:
        """Take over the shared scale of time, and say that this process is alive."""
        now_ms, _ = await self._say_alive("")
        self._offset_ms = now_ms - self._here_ms()

    async def beat(self) -> None:
        """Say that this process is alive. If it was given up for dead meanwhile, its sockets begin anew."""
        known_in = self._alive_in
        _, was_known = await self._say_alive(str(self._now_ms()))
        if not was_known and known_in == self._alive_in:
            self._connection.begin_anew()

    async def _say_alive(self, now_ms: str) -> tuple[int, bool]:
        reply = await self._connection.call(_BEAT, self._process, now_ms, ALIVE_S)
        self._alive_in = self._connection.incarnation
        now, was_known = cast("tuple[bytes, int]", reply)
        return int(now), was_known == 1

    # -- time

    def _here_ms(self) -> int:
        return round(self._clock.monotonic_s() * 1000)

    def _now_ms(self) -> int:
        """Return the time on the scale of all processes."""
        return self._here_ms() + self._offset_ms

    # -- asking

    async def _call(self, script: Script, *arguments: Argument) -> Reply:
        return await self._connection.call(script, *arguments)

    async def _read(self, command: str, key: str, *arguments: Argument) -> Reply:
        return await self._connection.call(READ, command, key, *arguments)

    async def _read_text(self, command: str, key: str, *arguments: Argument) -> str | None:
        value = await self._read(command, key, *arguments)
        return value.decode() if isinstance(value, bytes) else None

    async def _read_count(self, command: str, key: str) -> int:
        return cast("int", await self._read(command, key))

    # -- conversations

    async def find(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""
        raw = await self._read("HGET", f"c:{conversation_id}", "c")
        return self._readings.conversation(conversation_id, raw) if isinstance(raw, bytes) else None

    async def change(
        self, conversation_id: str, transition: Callable[[Conversation], Conversation]
    ) -> Conversation:
        """Apply a pure transition."""
        held = await self.find(conversation_id)
        for _ in range(_MOST_TRIES):
            if held is None:
                raise UnknownConversationError
            changed = transition(held)
            outcome, *rest = await self._replace(held, changed)
            if outcome == DONE:
                return changed
            held = self._after_refusal(conversation_id, outcome, rest)
        raise LiveStoreAwayError

    async def _replace(
        self,
        held: Conversation,
        changed: Conversation,
        *,
        free: tuple[int, str] | None = None,
        role: str = "",
        waited_s: str = "",
    ) -> list[Reply]:
        """Write a change unless the conversation is another by now; see lua/replace.lua for what it answers."""
        account, key = (str(free[0]), free[1]) if free else ("", "")
        reply = await self._call(
            _REPLACE, held.id, conversation_bytes(held), conversation_bytes(changed), self._now_ms(),
            account, key, role, waited_s,
        )  # fmt: skip
        return cast("list[Reply]", reply)

    def _after_refusal(self, conversation_id: str, outcome: Reply, rest: list[Reply]) -> Conversation | None:
        """Return the conversation that a script found instead of the one it was told, or None."""
        if outcome == CHANGED and isinstance(raw := rest[0], bytes):
            return self._readings.conversation(conversation_id, raw)
        return None

    def _count(self, name: str) -> None:
        if self._tally is not None:
            self._tally.count(name)
