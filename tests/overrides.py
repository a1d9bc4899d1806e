"""Temporary states of the opening hours, put into a running service's records as a coordinator would set them."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.running_service import RunningService

HOUR_S = 3600


@contextmanager
def closed_chat(service: RunningService) -> Iterator[None]:
    """Close the chat from now on, for as long as the block lasts."""
    now_s = int(time.time())
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=5)) as connection:
        with connection:
            row = connection.execute(
                "INSERT INTO overrides (kind, starts_at, ends_at, note, example) VALUES ('closed', ?, ?, '', 0)",
                (now_s - 1, now_s + HOUR_S),
            )
        try:
            yield
        finally:
            with connection:
                connection.execute("DELETE FROM overrides WHERE id = ?", (row.lastrowid,))
