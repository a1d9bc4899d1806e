"""The latest check of our own (`canary`): when words were looked for that must not be there, and what was found.

A small file in the data folder, which the command writes and `/chatt/kontroll/` shows. It holds a time, one word about
what was found, and whether the memory could be looked through; no word of the conversation, no place and no name.
"""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, cast

FILE_NAME: Final = "latest-check.json"

Outcome = Literal["nothing", "something"]


@dataclass(frozen=True, slots=True)
class LatestCheck:
    """What came of a check. `at` has a zone."""

    at: datetime
    outcome: Outcome
    with_memory: bool


def write_latest_check(data_dir: Path, check: LatestCheck) -> None:
    """Write the result in one step, readable by whoever owns the data folder and nobody else. Raises `OSError`."""
    fields = {"at": check.at.isoformat(), "outcome": check.outcome, "with_memory": check.with_memory}
    fresh = data_dir / f".{FILE_NAME}-{secrets.token_hex(4)}"
    with os.fdopen(
        os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(json.dumps(fields) + "\n")
    folder = data_dir.stat()
    if os.geteuid() == 0:
        # Root may look through the memory of all; the service must be able to read what came of it.
        os.chown(fresh, folder.st_uid, folder.st_gid)
    fresh.replace(data_dir / FILE_NAME)


def read_latest_check(data_dir: Path) -> LatestCheck | None:
    """Return the latest result, or None when there is none that can be read."""
    try:
        fields = cast("dict[str, Any]", json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8")))
        at = datetime.fromisoformat(fields["at"])
        outcome, with_memory = fields["outcome"], fields["with_memory"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if outcome not in {"nothing", "something"} or not isinstance(with_memory, bool) or at.tzinfo is None:
        return None
    return LatestCheck(at, outcome, with_memory)
