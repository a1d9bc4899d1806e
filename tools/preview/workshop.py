"""Reacts to saved files: the page that was saved first, then the whole site, and the content check beside them.

`Workshop.run` watches until it is cancelled. `Workshop.folder` is the site as it was last built; `version_of` tells
whether a page in it is another one than before, and `changed` waits for the next news. A mistake in the content stops
nothing here: the page is shown as it is, with the mistake told in it. Knows nothing of HTTP.
"""

import asyncio
import hashlib
import multiprocessing
import shutil
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchfiles import Change, DefaultFilter, awatch  # pyright: ignore[reportUnknownVariableType]

from tools.content_check import Findings, check
from tools.preview.building import ROOT, Order, build
from tools.publication import exchange

# In the process that children are forked from.
LOADED_ONCE = ("tools.preview.building", "tools.sitemap", "chatservice.theming", "markdown.extensions.extra")
DEBOUNCE_MS = 100
STEP_MS = 20
"""How long the watcher waits for more changes that belong to the same save."""


@dataclass(slots=True)
class News:
    """What the panel shows: what the check found, and what Pelican itself could not do."""

    findings: Findings = field(default_factory=Findings)
    complaints: list[str] = field(default_factory=list[str])


class Workshop:
    """One content folder, one folder with its built site, and everything that happens between them."""

    def __init__(self, content: Path, folder: Path, example_pin: str | None) -> None:
        self.content = content.resolve()
        self.folder = folder / "site"
        self.news = News()
        self._scratch = folder / "scratch"
        self._example_pin = example_pin
        self._processes: Any = _context()
        self._files_version = 0
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Build, then watch and build again at every change, until cancelled."""
        unseen: set[tuple[Change, str]] = set()  # saved, and not yet shown
        work = asyncio.create_task(self._react(unseen))
        try:
            async for changes in awatch(
                *self._watched(), watch_filter=DefaultFilter(), debounce=DEBOUNCE_MS, step=STEP_MS
            ):
                work.cancel()
                await asyncio.wait([work])
                unseen |= changes
                work = asyncio.create_task(self._react(unseen))
        finally:
            work.cancel()

    async def changed(self, ending: asyncio.Event) -> AsyncGenerator[None]:
        """Tell at once, and then each time that a page or the news may have changed, until all is to end."""
        end = asyncio.create_task(ending.wait())
        try:
            while not end.done():
                change = asyncio.create_task(self._changed.wait())
                yield
                await asyncio.wait({change, end}, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
        finally:
            end.cancel()

    def version_of(self, path: str) -> str:
        """Name what a page's address shows now: other bytes or other files beside it are another version."""
        file = self.folder / path.strip("/") / "index.html"
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        except OSError:  # a page of the service, or none yet
            digest = ""
        return f"{self._files_version}-{digest}"

    async def look(self) -> None:
        """Check the content and tell."""
        self.news.findings = await asyncio.to_thread(check, self.content)
        self._tell()

    async def build_pages(self, pages: tuple[str, ...]) -> None:
        """Build some pages and lay them into the site as it stands."""
        folder = self._fresh("pages")
        self.news.complaints = await self._build(Order(self.content, folder, self._example_pin, pages))
        for built in folder.rglob("*.html"):
            place = self.folder / built.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            built.replace(place)
        self._tell()

    async def build_all(self) -> None:
        """Build the whole site and put it in place of the one before, unless Pelican could not."""
        folder = self._fresh("all")
        complaints = await self._build(Order(self.content, folder, self._example_pin))
        self.news.complaints = complaints
        if (folder / "index.html").is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            exchange(folder, self.folder)
        self._tell()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _react(self, changes: set[tuple[Change, str]]) -> None:
        """Show the saved pages at once; then build the rest, which may speak of them. Empties the set at last."""
        pages = self._pages_among(Path(name) for _, name in changes)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.look())
            if pages:
                await self.build_pages(pages)
            await self.build_all()
        if any(Path(name).suffix != ".md" for _, name in changes):
            self._files_version += 1
            self._tell()
        changes.clear()

    def _pages_among(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Give the changed pages with their other versions, as paths below content."""
        pages: set[str] = set()
        for path in paths:
            if path.suffix == ".md" and path.is_relative_to(self.content / "pages"):
                base = path.name.partition(".")[0]
                versions = (*path.parent.glob(f"{base}.md"), *path.parent.glob(f"{base}.*.md"))
                pages |= {version.relative_to(self.content).as_posix() for version in versions}
        return tuple(sorted(pages))

    async def _build(self, order: Order) -> list[str]:
        receiver, sender = self._processes.Pipe(duplex=False)
        process = self._processes.Process(target=build, args=(order, sender))
        await asyncio.to_thread(process.start)
        sender.close()
        try:
            return await asyncio.to_thread(_answer, receiver)
        finally:
            process.kill()
            await asyncio.to_thread(process.join)

    def _fresh(self, name: str) -> Path:
        folder = self._scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _watched(self) -> tuple[Path, ...]:
        return (self.content, ROOT / "theme", ROOT / "chatservice" / "translations", ROOT / "pelicanconf.py")

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _answer(receiver: Any) -> list[str]:
    """Wait for a child's answer; a child that ends without one was killed."""
    try:
        lines: list[str] = receiver.recv()
    except EOFError:
        return ["Pelican avbröts."]
    return lines


def _context() -> Any:
    """Give what starts children; its kinds share no type."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED_ONCE))
    return context
