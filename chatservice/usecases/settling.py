"""The moment after a restart: nobody is taken from the queue until it has its old order back."""

import asyncio


class Settling:
    """Counts `settle_s` from the first visitor who comes back with a place ticket; before that nothing waits."""

    __slots__ = ("_done", "_settle_s", "_timer")

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._done = asyncio.Event()
        self._done.set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Note that a visitor came back by ticket; only the first one starts the time."""
        if self._timer is None:
            self._done.clear()
            self._timer = asyncio.get_running_loop().call_later(self._settle_s, self._done.set)

    async def settled(self) -> None:
        """Return when the queue has its order; at once on an ordinary day."""
        await self._done.wait()
