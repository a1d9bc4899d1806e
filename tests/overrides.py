"""Temporary states of the opening hours, put into a running service's records as a coordinator would set them."""

import json
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.running_service import RunningService

HOUR_S = 3600
WITHIN_S = 30


@contextmanager
def closed_chat(service: RunningService) -> Iterator[None]:
    """Close the chat from now on, for as long as the block lasts; the service knows it when the block begins."""
    now_s = int(time.time())
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=30)) as connection:
        with connection:
            row = connection.execute(
                "INSERT INTO overrides (kind, starts_at, ends_at, note, example) VALUES ('closed', ?, ?, '', 0)",
                (now_s - 1, now_s + HOUR_S),
            )
        try:
            _wait_until_closed(service, True)
            yield
        finally:
            with connection:
                connection.execute("DELETE FROM overrides WHERE id = ?", (row.lastrowid,))
            _wait_until_closed(service, False)


def _wait_until_closed(service: RunningService, wanted: bool) -> None:
    """Ask until the service has read its records anew, which it does once a second."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{service.base_url}/chatt/status", timeout=30) as answer:
            if (json.load(answer)["reason"] == "override") == wanted:
                return
        # Another process's reading gives no event to wait for.
        time.sleep(0.05)
    raise TimeoutError("the service has not read its records anew")
