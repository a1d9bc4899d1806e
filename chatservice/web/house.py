"""What is new for everybody of the staff at once: the queue, who is on duty, who is asked what.

Every arrival and every change of duty rings, and every mentor's page may have to be told. So they are told a few times
a second at most, a few pages at a time, and the queue is put into a frame once for all of them: bringing hundreds of
pairs together must not cost the square of their number.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from chatservice.ports import QUEUE_TOPIC, Bell, Clock, LiveStore, now_ms
from chatservice.web.frames import QueueFrame

_EVERY_S: Final = 0.2
_AT_ONCE: Final = 16
_MOST_WAITING_SHOWN: Final = 50
_OLDEST_S: Final = 1.0


class House:
    """Rings for the house's news on one bell, for all pages of this process that follow them."""

    __slots__ = ("_bell", "_followers", "_frame", "_frame_at_s", "_next_s", "_timer", "_to_wake")

    def __init__(self) -> None:
        self._bell: Bell | None = None
        # A dict for its order: whoever came first is woken first.
        self._followers: dict[Callable[[], None], None] = {}
        self._to_wake: deque[Callable[[], None]] = deque()
        self._timer: asyncio.Handle | None = None
        self._next_s = 0.0
        self._frame: QueueFrame | None = None
        self._frame_at_s = 0.0

    def follow(self, live: LiveStore, wake: Callable[[], None]) -> None:
        """Call somebody when there may be news of the house."""
        if self._bell is None:
            self._bell = live.listen(QUEUE_TOPIC)
            self._bell.call(self._ring)
        self._followers[wake] = None

    def unfollow(self, wake: Callable[[], None]) -> None:
        """Call somebody no longer."""
        self._followers.pop(wake, None)
        if not self._followers and self._bell is not None:
            self._bell.close()
            self._bell = self._frame = None

    async def queue(self, live: LiveStore, clock: Clock) -> QueueFrame:
        """Return the queue as a frame, made once for everybody until it changes; its seconds are the present ones."""
        at_s = clock.monotonic_s()
        if self._frame is None or at_s - self._frame_at_s >= _OLDEST_S:
            queue = await live.queue_view(limit=_MOST_WAITING_SHOWN)
            at_ms = now_ms(clock)
            waiting = tuple(max(0, (at_ms - since_ms) // 1000) for since_ms in queue.since_ms)
            self._frame, self._frame_at_s = QueueFrame(waiting, queue.count), at_s
        return self._frame

    def _ring(self) -> None:
        self._frame = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._next_s - loop.time()), self._wake_all)

    def _wake_all(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        self._next_s = loop.time() + _EVERY_S
        is_waking = bool(self._to_wake)
        self._to_wake = deque(self._followers)
        if not is_waking:
            self._wake_some()

    def _wake_some(self) -> None:
        for _ in range(min(_AT_ONCE, len(self._to_wake))):
            wake = self._to_wake.popleft()
            if wake in self._followers:
                wake()
        if self._to_wake:
            asyncio.get_running_loop().call_soon(self._wake_some)
