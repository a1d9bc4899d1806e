"""Counts how many conversations begin, in the Valkey that several processes share.

As live/starts.py does it: the present window, and what of the last one still lies within its length. Knows no address:
what comes in is a home's keyed hash (blocks). The counts end by themselves after two windows. Implements
`ports.Starts`.
"""

from typing import Final, cast

from chatservice.live.starts import ALTOGETHER_S, FROM_ONE_S, MOST_HOMES
from chatservice.live.valkey.connection import Script, ValkeyConnection
from chatservice.ports import Origin, StartCounts

# a home or nothing, a window for all and one for a home in ms, how many homes in a window -> both counts
_NOTE: Final = Script(
    """
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local most = tonumber(ARGV[6])
local function note(name, window_ms)
  local number, into_ms = math.floor(now_ms / window_ms), now_ms % window_ms
  local function at(which, what) return P .. 'starts:' .. window_ms .. ':' .. (number - which) .. ':' .. what end
  local here, homes = at(0, name), at(0, 'homes')
  local count = 0
  if redis.call('EXISTS', here) == 1 or tonumber(redis.call('GET', homes) or '0') < most then
    count = redis.call('INCR', here)
    redis.call('PEXPIRE', here, 2 * window_ms)
    if count == 1 then
      redis.call('INCR', homes)
      redis.call('PEXPIRE', homes, 2 * window_ms)
    end
  end
  local before = tonumber(redis.call('GET', at(1, name)) or '0')
  return count + math.ceil(before * (1 - into_ms / window_ms))
end
local altogether = note('all', tonumber(ARGV[4]))
return { altogether, ARGV[3] == '' and 0 or note('home:' .. ARGV[3], tonumber(ARGV[5])) }
"""
)


class ValkeyStarts:
    """See `ports.Starts`."""

    def __init__(self, connection: ValkeyConnection) -> None:
        self._connection = connection

    async def note(self, origin: Origin) -> StartCounts:
        """Count one more from there; return the counts, this one included."""
        number, digest = origin.digests[-1] if origin.digests else (0, b"")
        home = f"{number}:{digest.hex()}" if digest else ""
        counts = await self._connection.call(
            _NOTE, home, int(ALTOGETHER_S * 1000), int(FROM_ONE_S * 1000), MOST_HOMES
        )
        altogether, from_one = cast("list[int]", counts)
        return StartCounts(altogether, from_one)
