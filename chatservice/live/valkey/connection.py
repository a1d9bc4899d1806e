"""The way to the Valkey server that several service processes share: scripts, bells, and what happens when it is gone.

One connection carries every question, another the bells; both are replaced by themselves when they are lost. Whatever
is asked is one Lua script and so atomic across processes. Each script begins with the name of the server's life as we
know it (`incarnation`): a server that came back empty does not answer "no such conversation", it says that it is
another. While it is away, and for a moment after it came back empty, every call raises `LiveStoreAwayError` at once.
Knows nothing of what is kept: read `store.py` next.

For all who share things here: `async with open_connection(url) as connection`, `connection.call(SCRIPT, *arguments)`,
`connection.bells.listen(topic)`; the script itself rings with `ring(topic)`. When `STORE_TOPIC` rings, compare
`connection.incarnation` with the one that a browser was told: another one means that everything is forgotten, and the
socket closes with the code for a restart, upon which the page comes back with its ticket.
"""

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator
from typing import Final

import libvalkey

from chatservice.errors import LiveStoreAwayError, StartError
from chatservice.live.valkey.address import Address, read_address
from chatservice.live.valkey.bells import ValkeyBelfry
from chatservice.live.valkey.wire import Argument, Reply, Wire, connect
from chatservice.ports import STORE_TOPIC

ANSWER_WITHIN_S: Final = 3.0
_CONNECT_WITHIN_S: Final = 1.5
_LOOK_EVERY_S: Final = 0.5
_PING_EVERY_S: Final = 4.0
_MUTE_AFTER_S: Final = 10.0
_HOLD_S: Final = 1.0
"""After the server came back empty: long enough for every socket to be told that it must begin anew."""
_MOST_PENDING: Final = 20_000
_AWAY: Final = ("LOADING", "MASTERDOWN", "READONLY", "OOM", "MISCONF", "BUSY", "NOAUTH")

_BASE: Final = """
local P = 'chat:'
if redis.call('GET', P .. 'incarnation') ~= ARGV[2] then return redis.error_reply('LOST incarnation') end
local function ring(topic) redis.call('PUBLISH', ARGV[1] .. topic, '') end
"""

_log = logging.getLogger(__name__)


class Script:
    """A Lua script. Its own arguments begin at ARGV[3]; it may use `P` (the keys' prefix) and `ring(topic)`."""

    __slots__ = ("digest", "text")

    def __init__(self, *pieces: str) -> None:
        self.text = _BASE + "\n".join(pieces)
        # The server names a script by SHA-1; no secret depends on it.
        self.digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class ValkeyConnection:
    """See the module. Make it with `open_connection`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._channels = f"chat{address.database}:"
        self._wire: Wire | None = None
        self._bell_wire: Wire | None = None
        self._pending: deque[tuple[asyncio.Future[Reply], float]] = deque()
        self._loop = asyncio.get_running_loop()
        self._held_until_s = 0.0
        self._incarnation = ""
        self._bells_answer: asyncio.Future[Reply] = self._loop.create_future()
        self.bells = ValkeyBelfry(self._subscribe, self._unsubscribe)

    @property
    def incarnation(self) -> str:
        """Name this life of the server's memory; everything of an earlier one is forgotten."""
        return self._incarnation

    @property
    def is_there(self) -> bool:
        """Say whether the server can be asked now."""
        return self._wire is not None

    async def call(self, script: Script, *arguments: Argument) -> Reply:
        """Run a script. Raises `LiveStoreAwayError`."""
        if self._loop.time() < self._held_until_s:
            raise LiveStoreAwayError
        given = (self._channels, self._incarnation, *arguments)
        reply = await self._ask("EVALSHA", script.digest, 0, *given)
        if isinstance(reply, libvalkey.ReplyError) and "NOSCRIPT" in str(reply):
            reply = await self._ask("EVAL", script.text, 0, *given)
        if not isinstance(reply, libvalkey.ReplyError):
            return reply
        if "LOST" in str(reply):
            await self._recognise()
            raise LiveStoreAwayError
        raise self._explained(reply)

    def begin_anew(self) -> None:
        """Let every socket of this process close and come back: what is held of them is not to be relied on."""
        self._held_until_s = self._loop.time() + _HOLD_S
        self.bells.ring_all()

    async def run(self, *command: Argument) -> Reply:
        """Run one plain command. Raises `LiveStoreAwayError`."""
        reply = await self._ask(*command)
        if isinstance(reply, libvalkey.ReplyError):
            raise self._explained(reply)
        return reply

    # -- asking

    def _ask(self, *command: Argument) -> asyncio.Future[Reply]:
        """Send a command on the connection that is there; the replies come in the same order."""
        if self._wire is None or len(self._pending) >= _MOST_PENDING:
            raise LiveStoreAwayError
        return self._send(self._wire, *command)

    def _send(self, wire: Wire, *command: Argument) -> asyncio.Future[Reply]:
        answer: asyncio.Future[Reply] = self._loop.create_future()
        self._pending.append((answer, self._loop.time()))
        wire.send(*command)
        return answer

    def _hear(self, reply: Reply) -> None:
        answer, _ = self._pending.popleft()
        if not answer.done():  # whoever asked may be gone
            answer.set_result(reply)

    @staticmethod
    def _explained(error: libvalkey.ReplyError) -> Exception:
        return LiveStoreAwayError() if str(error).startswith(_AWAY) else error

    # -- bells

    def _subscribe(self, topic: str) -> None:
        if self._bell_wire is not None:
            self._bell_wire.send("SUBSCRIBE", self._channels + topic)

    def _unsubscribe(self, topic: str) -> None:
        if self._bell_wire is not None:
            self._bell_wire.send("UNSUBSCRIBE", self._channels + topic)

    def _hear_bell(self, news: Reply) -> None:
        match news:
            case [b"message" | b"subscribe", bytes(channel), *_]:
                self.bells.ring(channel.decode()[len(self._channels) :])
            case libvalkey.ReplyError():
                if self._bell_wire is not None:
                    _log.error("Valkey refuses a bell; the connection is made anew.")
                    self._bell_wire.drop()
            case _:
                return
        if not self._bells_answer.done():
            self._bells_answer.set_result(news)

    # -- being connected

    async def connect(self, within_s: float | None = None) -> None:
        """Connect both ways and recognise the server. Raises `OSError`, `TimeoutError`, `ReplyError`, `StartError`."""
        with contextlib.ExitStack() as undo:
            undo.callback(self._forget_pending)
            async with asyncio.timeout(within_s or _CONNECT_WITHIN_S):
                wire = await connect(self._address, self._hear)
                undo.callback(wire.drop)
                bell_wire = await connect(self._address, self._hear_bell)
                undo.callback(bell_wire.drop)
                await self._greet(wire, bell_wire)
                await self._refuse_disk(wire)
            undo.pop_all()
        self._wire, self._bell_wire = wire, bell_wire
        await self._recognise()
        # A ring may have been missed. Subscribing rings each bell again, with what came in between.
        for topic in self.bells.topics():
            self._subscribe(topic)
        self.bells.ring_all()

    async def keep(self) -> None:
        """Look after the connections, and replace them when they are lost, for as long as the service runs."""
        while True:
            if self._wire is not None and self._bell_wire is not None:
                await self._watch(self._wire, self._bell_wire)
                await self.close()
                _log.warning("Valkey cannot be reached; conversations wait until it is back.")
            delay_s = 0.05
            while self._wire is None:
                await asyncio.sleep(delay_s)
                delay_s = min(1.0, delay_s * 2)
                try:
                    await self.connect()
                except (OSError, TimeoutError, libvalkey.ReplyError, LiveStoreAwayError):
                    await self.close()
                    continue
                except StartError:
                    _log.error("Valkey is back, but would write conversations to a disk; it is not used.")
                    continue
                _log.warning("Valkey is back.")

    async def _watch(self, wire: Wire, bell_wire: Wire) -> None:
        """Return when either connection is over or has been mute for too long."""
        stood_still = False
        while True:
            due_s = self._loop.time() + _LOOK_EVERY_S
            await asyncio.wait(
                (wire.lost, bell_wire.lost), timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
            )
            now_s = self._loop.time()
            if wire.lost.done() or bell_wire.lost.done():
                return
            # Who looks late stood still herself, and the server perhaps too: once, she looks again before she judges.
            if stood_still := now_s - due_s > _LOOK_EVERY_S and not stood_still:
                continue
            if self._pending and now_s - self._pending[0][1] > ANSWER_WITHIN_S:
                return
            if now_s - bell_wire.heard_s > _MUTE_AFTER_S:
                return
            if now_s - bell_wire.heard_s > _PING_EVERY_S:
                bell_wire.send("PING")

    async def close(self) -> None:
        """End both connections; `keep` would make new ones."""
        wires, self._wire, self._bell_wire = (self._wire, self._bell_wire), None, None
        for wire in wires:
            if wire is not None:
                wire.drop()
        self._forget_pending()
        # Everybody looks, finds the store away, and tells her page to come back.
        self.bells.ring_all()

    def _forget_pending(self) -> None:
        pending, self._pending = self._pending, deque()
        for answer, _ in pending:
            if not answer.done():
                answer.set_exception(LiveStoreAwayError())

    async def _greet(self, wire: Wire, bell_wire: Wire) -> None:
        if self._address.password is not None:
            who = (self._address.username,) if self._address.username else ()
            bell_wire.send("AUTH", *who, self._address.password)
            _refuse_error(await self._send(wire, "AUTH", *who, self._address.password))
        if self._address.database:
            _refuse_error(await self._send(wire, "SELECT", self._address.database))
        _refuse_error(await self._send(wire, "PING"))
        # A user who may ask but hear no bell would leave everybody waiting for news.
        self._bells_answer = self._loop.create_future()
        bell_wire.send("SUBSCRIBE", self._channels + STORE_TOPIC)
        _refuse_error(await self._bells_answer)

    async def _refuse_disk(self, wire: Wire) -> None:
        """Refuse a server that would write conversations to a disk, or throw some away. Raises `StartError`."""
        wanted = {"save": (b"",), "appendonly": (b"no",), "maxmemory-policy": (b"noeviction",)}
        for name, allowed in wanted.items():
            match await self._send(wire, "CONFIG", "GET", name):
                case [_, bytes(value)] if value not in allowed:
                    raise StartError(
                        f"Valkey har {name} {value.decode(errors='replace')!r}: samtal får varken hamna på disk eller "
                        'kastas bort. Skriv save "", appendonly no och maxmemory-policy noeviction i valkey.conf och '
                        "starta om Valkey."
                    )
                case _:
                    pass  # as asked for, or the server keeps its settings to itself

    async def _recognise(self) -> None:
        """Learn whose memory this is; a server that came back empty gets a new name."""
        await self._ask("SET", "chat:incarnation", secrets.token_urlsafe(9), "NX")
        name = await self._ask("GET", "chat:incarnation")
        if not isinstance(name, bytes):
            raise LiveStoreAwayError
        known, self._incarnation = self._incarnation, name.decode()
        if known and known != self._incarnation:
            _log.warning("Valkey came back empty; the browsers bring the conversations back.")
            self.begin_anew()


def _refuse_error(reply: Reply) -> None:
    if isinstance(reply, libvalkey.ReplyError):
        raise reply


@contextlib.asynccontextmanager
async def open_connection(url: str) -> AsyncGenerator[ValkeyConnection]:
    """Connect to the server of CHAT_LIVE_URL for as long as the block lasts. Raises `StartError` with its remedy."""
    connection = ValkeyConnection(read_address(url))
    try:
        await connection.connect(_MUTE_AFTER_S)  # nobody waits yet, and a machine that starts is slow
    except (OSError, TimeoutError, libvalkey.ReplyError, LiveStoreAwayError) as error:
        raise StartError(
            f"Valkey svarar inte som det ska ({type(error).__name__}): kontrollera adress, lösenord och databas i "
            "CHAT_LIVE_URL och att Valkey är igång."
        ) from None
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(connection.keep())
        try:
            yield connection
        finally:
            keeping.cancel()
            await connection.close()
