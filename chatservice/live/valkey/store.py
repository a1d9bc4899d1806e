"""The live store on Valkey: what several service processes share, and nobody keeps on a disk. See `ports.LiveStore`.

Put together of `conversations.py`, `seats.py`, `mentors.py` and `blocks.py`; what they have in common stands in
`shared.py`, what is atomic in `lua/`. This module gives each process its life: it says every few seconds that it is
alive, and empties the seats of processes that no longer do.

For the sockets: `incarnation` names the life of the server's memory. While the server is away, and for a second after
it came back empty, every method raises `LiveStoreAwayError`, and every bell rings when that begins: a socket that gets
it closes with the code for a restart. A socket that was welcomed under another `incarnation` than the present one does
the same instead of believing that its conversation has ended. Departures never raise: they are made up for.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, cast

from chatservice.domain.seat import Seat, Side
from chatservice.errors import LiveStoreAwayError
from chatservice.live.bells import MemoryBell
from chatservice.live.valkey.blocks import ValkeyBlocks
from chatservice.live.valkey.codec import read_entry
from chatservice.live.valkey.connection import ValkeyConnection, open_connection
from chatservice.live.valkey.mentors import PAGE, Mentors
from chatservice.live.valkey.seats import Seats
from chatservice.live.valkey.shared import script
from chatservice.ports import STORE_TOPIC, Clock, Tally

_BEAT_EVERY_S: Final = 5.0
_MOST_OWED: Final = 10_000

_GONE = script("gone")
_BURY = script("bury")


class ValkeyLiveStore(Mentors, Seats):
    """See the module. Make it with `open_valkey_store`, or over a connection that others use as well."""

    def __init__(self, connection: ValkeyConnection, clock: Clock, tally: Tally | None = None) -> None:
        super().__init__(connection, clock, tally)
        self.blocks = ValkeyBlocks(connection, clock, self._now_ms)
        self._owed: set[tuple[str, str, str]] = set()

    @property
    def answers_at_once(self) -> bool:
        """Say that every method waits for an answer."""
        return False

    @property
    def incarnation(self) -> str:
        """Name this life of the store; positions in the log hold within one incarnation."""
        return self._connection.incarnation

    def listen(self, *topics: str) -> MemoryBell:
        """Return a bell that follows the topics."""
        return self._connection.bells.listen(*topics)

    async def start(self) -> None:
        """Take part from now on."""
        await super().start()
        await self.blocks.start()

    async def lost(self) -> None:
        """Return when the store has lost everything: when its incarnation is another than now."""
        known = self.incarnation
        bell = self.listen(STORE_TOPIC)
        try:
            while self.incarnation == known:
                await bell.wait()
        finally:
            bell.close()

    # -- departures, which nobody can put off until the server is back

    async def depart(self, seat: Seat, connection: str) -> None:
        """Note that a connection is gone; one that lost its seat earlier changes nothing."""
        try:
            await super().depart(seat, connection)
        except LiveStoreAwayError:
            self._owe(seat.side.value, seat.conversation_id, connection)

    async def mentor_departs(self, account_id: int, connection: str) -> None:
        """Note that a mentor's connection is gone; what she was asked to take over stays where it is."""
        try:
            await super().mentor_departs(account_id, connection)
        except LiveStoreAwayError:
            self._owe(PAGE, str(account_id), connection)

    def _owe(self, kind: str, of: str, connection: str) -> None:
        if len(self._owed) < _MOST_OWED:
            self._owed.add((kind, of, connection))

    # -- being one of several processes

    async def keep(self) -> None:
        """Say again and again that this process is alive, for as long as it is, and make up for what it owes."""
        while True:
            await asyncio.sleep(_BEAT_EVERY_S)
            with contextlib.suppress(LiveStoreAwayError):
                await self.beat()
                await self.make_up()

    async def make_up(self) -> None:
        """Empty the seats that this process could not empty in time."""
        for owed in list(self._owed):
            await self._empty(self._process, owed)
            self._owed.discard(owed)

    async def leave(self) -> None:
        """Empty all seats of this process at once: it ends."""
        with contextlib.suppress(LiveStoreAwayError):
            entries = await self._read("SMEMBERS", f"connections:{self._process}")
            await self._bury(self._process, cast("list[bytes]", entries))

    async def _bury_the_gone(self) -> None:
        """Empty the seats of processes that are gone."""
        gone = cast("list[bytes | list[bytes]]", await self._call(_GONE))
        for process, entries in zip(gone[::2], gone[1::2], strict=True):
            await self._bury(cast("bytes", process).decode(), cast("list[bytes]", entries))

    async def _bury(self, process: str, entries: list[bytes]) -> None:
        await asyncio.gather(*(self._empty(process, read_entry(entry)) for entry in entries))
        await self._call(_BURY, process)

    async def _empty(self, process: str, entry: tuple[str, str, str]) -> None:
        kind, of, connection = entry
        if kind == PAGE:
            await self._mentor_departs(process, int(of), connection)
        else:
            await self._depart(process, Side(kind).value, of, connection)


@asynccontextmanager
async def shared_store(
    connection: ValkeyConnection, clock: Clock, tally: Tally | None = None
) -> AsyncGenerator[ValkeyLiveStore]:
    """Take part in the store over a connection that others use as well, for as long as the block lasts."""
    store = ValkeyLiveStore(connection, clock, tally)
    await store.start()
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(store.keep())
        try:
            yield store
        finally:
            keeping.cancel()
            await store.leave()


@asynccontextmanager
async def open_valkey_store(
    url: str, clock: Clock, tally: Tally | None = None
) -> AsyncGenerator[ValkeyLiveStore]:
    """Connect to the server of CHAT_LIVE_URL and take part in its store. Raises `StartError`."""
    async with open_connection(url) as connection, shared_store(connection, clock, tally) as store:
        yield store
