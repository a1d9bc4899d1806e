"""One run that is judged by one row: in a folder of its own, on uvloop, ended cleanly from outside, with a verdict."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NoReturn

import uvloop

from bench.reliability_rows import Row, print_table

_FAULTS = ("lost", "doubled", "out_of_order", "foreign", "alarms")


def run_and_judge(work: Callable[[Path], Coroutine[Any, Any, Row]], columns: Sequence[str]) -> NoReturn:
    """Do the work, print its row, and exit with 1 unless everything settled and was shown once and in order."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    with (
        tempfile.TemporaryDirectory(prefix="reliability-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        row = runner.run(work(Path(folder)))
    print_table([row], columns)
    is_good = row["settled"] and not any(row[name] for name in _FAULTS)
    print("everything as promised" if is_good else "not everything was shown once and in order")
    sys.exit(0 if is_good else 1)
