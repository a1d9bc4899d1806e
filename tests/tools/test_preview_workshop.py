"""What the preview does with files that are saved while it still builds what was saved before them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from watchfiles import Change

from tools.preview import workshop
from tools.preview.workshop import Workshop

WITHIN_S = 60


class SlowWorkshop(Workshop):
    """Builds nothing, and takes as long for it as the test wants."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "content", folder / "var", None)
        self.begun = asyncio.Semaphore(0)
        self.is_quick = asyncio.Event()

    async def look(self) -> None:
        """Find nothing."""

    async def build_pages(self, pages: tuple[str, ...]) -> None:
        """Build nothing."""

    async def build_all(self) -> None:
        """Say that the work has begun, and end it when it is let."""
        self.begun.release()
        await self.is_quick.wait()


async def test_a_stylesheet_is_shown_though_a_page_was_saved_before_it_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: asyncio.Queue[set[tuple[Change, str]]] = asyncio.Queue()

    async def watched(*_: object, **__: object) -> AsyncIterator[set[tuple[Change, str]]]:
        while True:
            yield await saved.get()

    monkeypatch.setattr(workshop, "awatch", watched)
    shop = SlowWorkshop(tmp_path)
    before = shop.version_of("/")
    working = asyncio.create_task(shop.run())
    changes = shop.changed(asyncio.Event())
    async with asyncio.timeout(WITHIN_S), aclosing(changes):
        await shop.begun.acquire()
        for name in ("site.css", "index.md"):
            saved.put_nowait({(Change.modified, str(tmp_path / name))})
            await shop.begun.acquire()

        shop.is_quick.set()

        async for _ in changes:
            if shop.version_of("/") != before:
                break
    working.cancel()
    await asyncio.wait([working])
