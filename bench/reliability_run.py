"""One run that is judged by one row; read run.py for how it is run."""

import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NoReturn

from bench.reliability_rows import Row, print_table
from bench.run import run_in_folder

_FAULTS = ("lost", "doubled", "out_of_order", "foreign", "alarms")


def run_and_judge(work: Callable[[Path], Coroutine[Any, Any, Row]], columns: Sequence[str]) -> NoReturn:
    """Do the work, print its row, and exit with 1 unless everything settled and was shown once and in order."""
    row = run_in_folder(work)
    print_table([row], columns)
    is_good = row["settled"] and not any(row[name] for name in _FAULTS)
    print("everything as promised" if is_good else "not everything was shown once and in order")
    sys.exit(0 if is_good else 1)
