"""Runs a command on a machine that pauses: it and what it starts are stopped now and then, for a moment.

    .venv/bin/python -m tools.stutter -- .venv/bin/python -m pytest tests/web/test_line.py -q

For finding tests, and code, that only hold as long as nobody stands still. Half of the pauses stop the whole tree, as a
machine does, half of them one process alone. Knows Linux's /proc. Knows nothing of what it runs.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SHORTEST_S: Final = 0.02


def main(arguments: Sequence[str]) -> int:
    """Run the command to its end; return its status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.stutter", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--longest", type=float, default=1.5, help="the longest pause, in seconds")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between pauses, on average")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    running = subprocess.Popen(options.command)
    chance = random.SystemRandom()
    while not _ends_within(running, chance.uniform(0, 2 * options.every)):
        tree = tree_of(running.pid)
        with stopped(tree if chance.random() < 0.5 else [chance.choice(tree)]):
            time.sleep(chance.uniform(SHORTEST_S, options.longest))
    return running.returncode


def tree_of(process_id: int) -> list[int]:
    """Return a process and all that it has started, directly or not, as far as they still run."""
    tree = [process_id]
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{process_id}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                tree += tree_of(int(child))
    return tree


@contextmanager
def stopped(process_ids: Iterable[int]) -> Generator[None]:
    """Let these processes stand still for as long as the block lasts; who has ended meanwhile is no matter."""
    chosen = list(process_ids)
    try:
        _signal(chosen, signal.SIGSTOP)
        yield
    finally:
        _signal(chosen, signal.SIGCONT)


def _signal(process_ids: Iterable[int], number: signal.Signals) -> None:
    for process_id in process_ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, number)


def _ends_within(running: subprocess.Popen[bytes], seconds: float) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(seconds)
    return running.returncode is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
