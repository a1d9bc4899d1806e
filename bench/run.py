"""One run of a bench: in a folder that is gone afterwards, on uvloop, and ended cleanly when it is told to end.

Knows nothing of what is measured or tried.
"""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import uvloop

_Result = TypeVar("_Result")


def end_when_told() -> None:
    """Let SIGTERM end this program as an error does, so that whatever it started is ended too."""
    signal.signal(signal.SIGTERM, _end)


def run_in_folder(work: Callable[[Path], Coroutine[Any, Any, _Result]]) -> _Result:
    """Do the work in a temporary folder and return what came of it."""
    end_when_told()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(work(Path(folder)))


def _end(*_: object) -> NoReturn:
    sys.exit("ended from outside")
