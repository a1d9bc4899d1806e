"""The line between mentors and coordinators, in the Valkey that several processes share.

Holds what has not been handed over yet, sealed, for as long as both pages are there. Each process says again and again
that it lives (`keep_alive`); the pages of one that does so no longer are forgotten by the others. Implements
`ports.Lines`; in one process: live/lines.py.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Sequence
from typing import Final, cast

from chatservice.errors import FullError, LiveStoreAwayError, NotOwnerError
from chatservice.live.bells import MemoryBell
from chatservice.live.lines import MOST_WAITING
from chatservice.live.valkey.connection import Script, ValkeyConnection
from chatservice.ports import MOST_COORDINATORS, LineNews

BEAT_EVERY_S: Final = 3.0
ALIVE_FOR_S: Final = 10.0
_MOST_OWED: Final = 10_000
_NEWS_KEPT_S: Final = 900
_PAGE_KEPT_S: Final = 24 * 3600
"""Beyond what a page can be open for; only what nobody takes away ends by it."""

_PAGES: Final = f"""
local function page_of(name) return P .. 'line:page:' .. name end
local function news_of(name) return P .. 'line:news:' .. name end
local function forget(name, process)
  redis.call('DEL', page_of(name), news_of(name))
  redis.call('HDEL', P .. 'line:keys', name)
  redis.call('SREM', P .. 'line:of:' .. process, name)
  ring('line')
  ring('line:' .. name)
end
local function last(key) redis.call('EXPIRE', key, {_PAGE_KEPT_S}) end
"""
# page, account, connection, key or nothing, process, how many coordinators at most -> 0, 1 another's, 2 full
_ARRIVE: Final = Script(
    _PAGES,
    """
local name, account, key, process = ARGV[3], ARGV[4], ARGV[6], ARGV[7]
local held = redis.call('HMGET', page_of(name), 'account', 'key', 'process')
if held[1] then
  if held[1] ~= account or held[2] ~= key then return 1 end
  redis.call('SREM', P .. 'line:of:' .. held[3], name)
elseif key ~= '' and redis.call('HLEN', P .. 'line:keys') >= tonumber(ARGV[8]) then
  return 2
end
redis.call('HSET', page_of(name), 'account', account, 'connection', ARGV[5], 'key', key, 'process', process)
redis.call('SADD', P .. 'line:of:' .. process, name)
last(page_of(name))
last(P .. 'line:of:' .. process)
if key ~= '' then
  redis.call('HSET', P .. 'line:keys', name, key)
  last(P .. 'line:keys')
end
ring('line')
ring('line:' .. name)
return 0
""",
)
_DEPART: Final = Script(
    _PAGES,
    """
local held = redis.call('HMGET', page_of(ARGV[3]), 'connection', 'process')
if held[1] == ARGV[4] then forget(ARGV[3], held[2]) end
return 1
""",
)
_CONNECTION: Final = Script(_PAGES, "return redis.call('HGET', page_of(ARGV[3]), 'connection')")
_KEYS: Final = Script("return redis.call('HVALS', P .. 'line:keys')")
# page, to, what, how many may wait -> 1 when it was kept
_SEND: Final = Script(
    _PAGES,
    f"""
local sender = redis.call('HGET', page_of(ARGV[3]), 'key')
local reader = redis.call('HGET', page_of(ARGV[4]), 'key')
if not sender or not reader or (sender == '') == (reader == '') then return 0 end
if redis.call('LLEN', news_of(ARGV[4])) >= tonumber(ARGV[6]) then return 0 end
redis.call('RPUSH', news_of(ARGV[4]), ARGV[5])
redis.call('EXPIRE', news_of(ARGV[4]), {_NEWS_KEPT_S})
ring('line:' .. ARGV[4])
return 1
""",
)
_TAKE: Final = Script(
    _PAGES,
    """
if redis.call('HGET', page_of(ARGV[3]), 'connection') ~= ARGV[4] then return {} end
local news = redis.call('LRANGE', news_of(ARGV[3]), 0, -1)
redis.call('DEL', news_of(ARGV[3]))
return news
""",
)
# process, how long that counts in ms
_BEAT: Final = Script(
    _PAGES,
    """
redis.call('SET', P .. 'line:alive:' .. ARGV[3], '1', 'PX', ARGV[4])
redis.call('SADD', P .. 'line:processes', ARGV[3])
last(P .. 'line:processes')
for _, process in ipairs(redis.call('SMEMBERS', P .. 'line:processes')) do
  if redis.call('EXISTS', P .. 'line:alive:' .. process) == 0 then
    for _, name in ipairs(redis.call('SMEMBERS', P .. 'line:of:' .. process)) do forget(name, process) end
    redis.call('SREM', P .. 'line:processes', process)
  end
end
return 1
""",
)


class ValkeyLines:
    """See `ports.Lines`. Run `keep_alive` for as long as the process serves."""

    def __init__(self, connection: ValkeyConnection, *, alive_for_s: float = ALIVE_FOR_S) -> None:
        self._connection = connection
        self._alive_for_ms = int(alive_for_s * 1000)
        self._process = secrets.token_urlsafe(6)
        self._owed: set[tuple[str, str]] = set()

    async def arrive(self, page: str, *, account_id: int, connection: str, key: str | None = None) -> None:
        """Let a connection speak for a page; an earlier one loses it, and what waits stays for the new one."""
        answer = await self._connection.call(
            _ARRIVE, page, account_id, connection, key or "", self._process, MOST_COORDINATORS
        )
        if answer == 1:
            raise NotOwnerError
        if answer == 2:
            raise FullError

    async def depart(self, page: str, connection: str) -> None:
        """Forget a page and what waits for it. Never raises: what cannot be said now is made up for."""
        try:
            await self._connection.call(_DEPART, page, connection)
        except LiveStoreAwayError:
            if len(self._owed) < _MOST_OWED:
                self._owed.add((page, connection))

    async def connection(self, page: str) -> str | None:
        """Return the connection that speaks for a page."""
        held = await self._connection.call(_CONNECTION, page)
        return held.decode() if isinstance(held, bytes) else None

    async def coordinator_keys(self) -> Sequence[str]:
        """Return the keys of the coordinators' pages."""
        return [key.decode() for key in cast("list[bytes]", await self._connection.call(_KEYS))]

    async def send(self, page: str, to: str, number: int, body: str | None) -> bool:
        """Let one end reach the other; False when nothing was kept."""
        what = json.dumps((page, number, body))
        return await self._connection.call(_SEND, page, to, what, MOST_WAITING) == 1

    async def take(self, page: str, connection: str) -> Sequence[LineNews]:
        """Hand over what waits for a page, and forget it."""
        news = cast("list[bytes]", await self._connection.call(_TAKE, page, connection))
        return tuple(LineNews(*json.loads(each)) for each in news)

    def listen(self, *topics: str) -> MemoryBell:
        """Return a bell that follows the topics, in whichever process they ring."""
        return self._connection.bells.listen(*topics)

    async def beat(self) -> None:
        """Say that this process lives, and forget the pages of those that say so no longer."""
        await self._connection.call(_BEAT, self._process, self._alive_for_ms)
        for page, connection in tuple(self._owed):
            await self._connection.call(_DEPART, page, connection)
            self._owed.discard((page, connection))

    async def keep_alive(self) -> None:
        """Say so again and again, until cancelled."""
        while True:
            # Away: everybody's pages come back with their sockets, and there is nothing to say until then.
            with contextlib.suppress(LiveStoreAwayError):
                await self.beat()
            await asyncio.sleep(BEAT_EVERY_S)
