"""Samples a process's stacks with py-spy, and says whose time it was.

    .venv/bin/python -m bench.stacks FOLDER-OR-FILE ...         a table of shares, a column for each file

A sample belongs to the innermost frame whose package is in `PARTS`; what the standard library or a C extension does is
done for whoever called it. So the shares add up to the whole. The database's threads are left out: py-spy takes their
waiting for work. Needs py-spy on the PATH (or in PY_SPY): it is no dependency of the project, and figures taken
meanwhile are not counted.
"""

import argparse
import os
import subprocess
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

RATE = 200
ENDS_S = 60
PARTS = (
    ("chatservice/lean_", "lean sockets, and the write to the kernel"),
    ("chatservice/bounded_sockets", "Hypercorn, h11, wsproto"),
    ("chatservice/web/frames", "frames: JSON in and out"),
    ("chatservice/web/", "our sockets, feed and views"),
    ("chatservice/usecases/", "use cases and domain"),
    ("chatservice/domain/", "use cases and domain"),
    ("chatservice/live/", "live store and bells"),
    ("chatservice/records/", "records and database"),
    ("chatservice/", "the rest of ours"),
    ("sqlalchemy/", "records and database"),
    ("aiosqlite/", "records and database"),
    ("hypercorn/", "Hypercorn, h11, wsproto"),
    ("h11/", "Hypercorn, h11, wsproto"),
    ("wsproto/", "Hypercorn, h11, wsproto"),
    ("quart_auth/", "Quart and Werkzeug"),
    ("quart/", "Quart and Werkzeug"),
    ("werkzeug/", "Quart and Werkzeug"),
    ("flask/", "Quart and Werkzeug"),
)
REST = "event loop and the rest"
WAITING = "_connection_worker_thread ("


@contextmanager
def recording(process_id: int, path: Path | None, seconds: float) -> Generator[None]:
    """Sample a process for so long, into a file; without a file, do nothing."""
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    recorder = subprocess.Popen(
        [
            os.environ.get("PY_SPY", "py-spy"), "record", "--format", "raw", "--rate", str(RATE),
            "--duration", str(int(seconds)), "--output", str(path), "--pid", str(process_id),
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        recorder.wait(ENDS_S)


def part_of(stack: str) -> str:
    """Return whose a stack is: frames from outermost to innermost, with `;` between them."""
    for frame in reversed(stack.split(";")):
        for begins, part in PARTS:
            if f"({begins}" in frame or f"/{begins}" in frame:
                return part
    return REST


def shares(lines: Sequence[str]) -> dict[str, float]:
    """Return the share of each part in folded stacks, one a line with its count at the end; the largest first."""
    counts: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        if stack and not stack.rpartition(";")[2].startswith(WAITING):
            counts[part_of(stack)] += int(count)
    total = max(sum(counts.values()), 1)
    return {part: count / total for part, count in counts.most_common()}


def table(columns: dict[str, dict[str, float]]) -> list[str]:
    """Return a table of shares, a row for each part and a column for each file."""
    mean = Counter[str]()
    for found in columns.values():
        mean.update(found)
    lines = [f"| whose time | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for part, _ in mean.most_common():
        cells = (f"{100 * found.get(part, 0):.0f} %" for found in columns.values())
        lines.append(f"| {part} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Print the table for the files and folders that are named."""
    parser = argparse.ArgumentParser(description=__doc__, prog="bench.stacks")
    parser.add_argument("paths", nargs="+", type=Path, help="files of py-spy, or folders of them")
    paths: list[Path] = parser.parse_args().paths
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("*.txt")) if path.is_dir() else [path]
    columns = {file.stem: shares(file.read_text("utf-8").splitlines()) for file in files}
    print("\n".join(table(columns)))


if __name__ == "__main__":
    main()
