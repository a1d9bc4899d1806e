"""Runs Pelican in a process of its own, and follows it while it works.

    with PelicanRun(content, publication, example_pin) as run:
        html = run.conversions()                 # of each page, for the content check; waits until they are read
        run.finish(meanwhile=lambda pages: …)    # called again and again with the pages that were written since

What Pelican has read and written it tells in files beside the output (conversions.py, written_pages.py): they are the
same on every system, and a Pelican that outlives this process writes them in vain. Knows nothing of checks.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from chatservice.errors import ChatError
from tools.publication import Publication

ROOT = Path(__file__).resolve().parent.parent
BUILD_TIMEOUT_S = 300
LOOK_EVERY_S = 0.02
MANY_PAGES = 200
"""From here on Pelican tells the check what it made of each page: reading twice would cost more than waiting."""


class BuildFailed(ChatError):  # noqa: N818 (says what happened)
    """Nothing was published. The text is Swedish, one finding or reason a line, each with its remedy."""

    code = "build"


class PelicanRun:
    """One run of Pelican into a publication's folder. It is killed when the context ends before it does."""

    def __init__(self, content: Path, publication: Publication, example_pin: str | None) -> None:
        self._has_many_pages = sum(1 for _ in (content / "pages").rglob("*.md")) >= MANY_PAGES
        self._conversions = publication.versions / "conversions.json"
        self._written = publication.versions / "written.txt"
        self._written.unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if name != "CHAT_EXAMPLE_PIN"}
        environment |= {"CHAT_CONTENT_DIR": str(content), "NO_COLOR": "1", "COLUMNS": "200"}
        environment["CHAT_WRITTEN"] = str(self._written)
        if example_pin:
            environment["CHAT_EXAMPLE_PIN"] = example_pin
        if self._has_many_pages:
            earlier = self._conversions.with_name("conversions.earlier.json")
            with contextlib.suppress(FileNotFoundError):
                self._conversions.replace(earlier)
            environment["CHAT_CONVERSIONS"] = str(self._conversions)
            environment["CHAT_EARLIER_CONVERSIONS"] = str(earlier)
        command = [sys.executable, "-m", "pelican", str(content), "--settings", "pelicanconf.py"]
        command += ["--output", str(publication.folder), "--fatal", "errors", "--quiet"]
        self._pelican = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Should this process be killed, Pelican keeps the lock until it has ended as well.
            pass_fds=() if sys.platform == "win32" else (publication.lock,),
        )

    def __enter__(self) -> "PelicanRun":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, should it still work."""
        if self._pelican.poll() is None:
            self._pelican.kill()
            self._pelican.communicate()
        self._written.unlink(missing_ok=True)

    def conversions(self) -> dict[str, str]:
        """Wait until Pelican has read many pages, and give what it made of them; nothing of few, or when it cannot."""
        if not self._has_many_pages:
            return {}
        from tools.conversions import read_html  # imported here: it is needed for many pages only

        while not self._conversions.exists():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._pelican.wait(LOOK_EVERY_S)
                return {}
        return read_html(self._conversions)

    def finish(self, meanwhile: Callable[[list[Path]], None]) -> None:
        """Wait until Pelican has ended, and tell of the pages it has written. Raises BuildFailed."""
        from tools.written_pages import WrittenPages  # imported here: the path that skips must stay quick

        written = WrittenPages(self._written)
        latest_s = time.monotonic() + BUILD_TIMEOUT_S
        said = None
        while said is None:
            meanwhile(written.new())
            try:
                said, _ = self._pelican.communicate(
                    timeout=LOOK_EVERY_S
                )  # loses nothing when it is called again
            except subprocess.TimeoutExpired as error:
                if time.monotonic() > latest_s:
                    raise BuildFailed(f"Bygget tog mer än {BUILD_TIMEOUT_S} sekunder och avbröts.") from error
        if self._pelican.returncode != 0:
            lines = [line.rstrip() for line in said.splitlines() if line.strip()]
            raise BuildFailed("Pelican kunde inte bygga webbplatsen:\n" + "\n".join(lines[-12:]))
