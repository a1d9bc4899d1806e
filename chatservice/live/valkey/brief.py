"""What is remembered for minutes, in the Valkey that several processes share: values by name, counts, settling, turns.

Everything has an end that the server itself keeps (`PX`). Names are hashed and values sealed under the service's own
secret, so that the server's memory alone tells nothing; counts are hashed under that secret and a key besides, which
lives only in the server's memory and is gone with them. Implements `ports.BriefMemory`, `ports.BriefCounts`,
`ports.Settling` and `ports.Turns`; in one process: live/brief.py.
"""

import asyncio
import hashlib
import hmac
import math
import secrets
from typing import Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chatservice.domain.sealing import framed
from chatservice.live.valkey.connection import Script, ValkeyConnection

_NONCE_BYTES: Final = 12
_LONGEST_SETTLED_MS: Final = 24 * 3600 * 1000

# purpose, name, how long in ms, how many at most, (value): what was remembered longest ago goes first.
_BOUND: Final = """
local index, held = P .. 'brief:' .. ARGV[3], P .. 'brief:' .. ARGV[3] .. ':'
local function bound()
  local time = redis.call('TIME')
  redis.call('ZADD', index, string.format('%.0f', time[1] * 1000000 + time[2]), ARGV[4])
  redis.call('PEXPIRE', index, ARGV[5])
  local over = redis.call('ZCARD', index) - tonumber(ARGV[6])
  if over > 0 then
    for place, name in ipairs(redis.call('ZPOPMIN', index, over)) do
      if place % 2 == 1 then redis.call('DEL', held .. name) end
    end
  end
end
"""
_KEEP: Final = Script(
    _BOUND,
    """
redis.call('SET', held .. ARGV[4], ARGV[7], 'PX', ARGV[5])
bound()
return 1
""",
)
_FIND: Final = Script("return redis.call('GET', P .. 'brief:' .. ARGV[3] .. ':' .. ARGV[4])")
_TAKE: Final = Script(
    """
redis.call('ZREM', P .. 'brief:' .. ARGV[3], ARGV[4])
return redis.call('GETDEL', P .. 'brief:' .. ARGV[3] .. ':' .. ARGV[4])
"""
)
_ADD: Final = Script(
    _BOUND,
    """
local count = redis.call('INCR', held .. ARGV[4])
redis.call('PEXPIRE', held .. ARGV[4], ARGV[5])
bound()
return count
""",
)
# purpose, a fresh key, how long it lasts in ms -> the key that counts, and how long it lasts yet
_KEY: Final = Script(
    """
local name = P .. 'brief-key:' .. ARGV[3]
redis.call('SET', name, ARGV[4], 'NX', 'PX', ARGV[5])
return { redis.call('GET', name), redis.call('PTTL', name) }
"""
)
_NOW: Final = """
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
"""
_BEGIN_SETTLING: Final = Script(
    _NOW,
    "redis.call('SET', P .. 'settled', string.format('%.0f', now_ms + ARGV[3]), 'NX', 'PX', ARGV[4]) return 1",
)
_SETTLES_IN: Final = Script(
    _NOW, "return math.ceil(math.max(0, tonumber(redis.call('GET', P .. 'settled') or '0') - now_ms))"
)
_TURN: Final = Script("return redis.call('SET', P .. 'turn:' .. ARGV[3], '1', 'NX', 'PX', ARGV[4])")


class ValkeyBriefMemory:
    """See `ports.BriefMemory`. `purpose` tells this memory from others, `secret` outlives the process."""

    def __init__(
        self, connection: ValkeyConnection, secret: bytes, purpose: str, *, kept_s: float, most: int
    ) -> None:
        self._connection = connection
        self._purpose = purpose
        self._kept_ms = int(kept_s * 1000)
        self._most = most
        self._name_key = hmac.digest(secret, framed("brief name", purpose), hashlib.sha256)
        self._seal = AESGCM(hmac.digest(secret, framed("brief value", purpose), hashlib.sha256))

    async def keep(self, name: str, value: str) -> None:
        """Remember a value from now on."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._seal.encrypt(nonce, value.encode(), name.encode())
        await self._connection.call(_KEEP, self._purpose, self._hash(name), self._kept_ms, self._most, sealed)

    async def find(self, name: str) -> str | None:
        """Return the value, or None when there is none (any longer)."""
        return self._open(name, await self._connection.call(_FIND, self._purpose, self._hash(name)))

    async def take(self, name: str) -> str | None:
        """Return the value and forget it; of many who ask at once, one has it."""
        return self._open(name, await self._connection.call(_TAKE, self._purpose, self._hash(name)))

    def _hash(self, name: str) -> str:
        return hmac.digest(self._name_key, name.encode(), hashlib.sha256).hex()

    def _open(self, name: str, sealed: object) -> str | None:
        if not isinstance(sealed, bytes):
            return None
        try:
            value = self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except InvalidTag:
            # Kept under another secret: of no use to us, as if it were not there.
            return None
        return value.decode()


class ValkeyBriefCounts:
    """See `ports.BriefCounts`. The key is the server's; it counts only together with `secret`."""

    def __init__(
        self,
        connection: ValkeyConnection,
        secret: bytes,
        purpose: str,
        *,
        kept_s: float,
        key_s: float,
        most: int,
    ) -> None:
        self._connection = connection
        self._secret = hmac.digest(secret, framed("brief count", purpose), hashlib.sha256)
        self._purpose = purpose
        self._kept_ms = int(kept_s * 1000)
        self._key_ms = int(key_s * 1000)
        self._most = most

    async def count(self, *parts: str) -> int:
        """Return how often this was added."""
        count = await self._connection.call(_FIND, self._purpose, await self._hash(parts))
        return int(count) if isinstance(count, bytes) else 0

    async def add(self, *parts: str) -> int:
        """Count one more; return the count."""
        name = await self._hash(parts)
        return cast("int", await self._connection.call(_ADD, self._purpose, name, self._kept_ms, self._most))

    async def forget(self, *parts: str) -> None:
        """Count from nothing again."""
        await self._connection.call(_TAKE, self._purpose, await self._hash(parts))

    async def left_s(self) -> float:
        """Return how long it takes at most until everything is forgotten with the key."""
        return (await self._key())[1] / 1000

    async def _key(self) -> tuple[bytes, int]:
        fresh = secrets.token_bytes(32)
        key, left_ms = cast(
            "list[object]", await self._connection.call(_KEY, self._purpose, fresh, self._key_ms)
        )
        return cast("bytes", key), cast("int", left_ms)

    async def _hash(self, parts: tuple[str, ...]) -> str:
        key, _ = await self._key()
        return hmac.digest(self._secret, framed(key, *parts), hashlib.sha256).hex()


class ValkeySettling:
    """See `ports.Settling`: the time runs at the server, once in its life."""

    def __init__(self, connection: ValkeyConnection, settle_s: float) -> None:
        self._connection = connection
        self._settle_ms = math.ceil(settle_s * 1000)

    async def begin(self) -> None:
        """Note that a visitor came back by ticket."""
        await self._connection.call(_BEGIN_SETTLING, self._settle_ms, _LONGEST_SETTLED_MS)

    async def settled(self) -> None:
        """Return when the queue has its order."""
        left_ms = cast("int", await self._connection.call(_SETTLES_IN))
        if left_ms:
            await asyncio.sleep(min(left_ms, self._settle_ms) / 1000)


class ValkeyTurns:
    """See `ports.Turns`."""

    def __init__(self, connection: ValkeyConnection) -> None:
        self._connection = connection

    async def is_mine(self, task: str, for_s: float) -> bool:
        """Take the turn of a task for so long; False when another process has it."""
        return await self._connection.call(_TURN, task, max(1, int(for_s * 1000))) is not None
