"""After a conversation: ticks are counted by the hour, and a mentor who needs to talk is known to the coordinator."""

import signal
import sqlite3
import time

import pytest

from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import (
    VisitorKeys,
    begin,
    mentor_socket,
    next_frame,
    send,
    visitor_socket,
)


@pytest.fixture
def mentor(service: RunningService) -> StaffBrowser:
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("mentor", "mentor-efterat"))
    browser.certify()
    return browser


@pytest.fixture
def coordinator(service: RunningService) -> StaffBrowser:
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("coordinator", "samordnare-efterat"))
    return browser


def counted(service: RunningService) -> dict[str, int]:
    """Return every counter, the hours added up."""
    with sqlite3.connect(service.data_dir / "records.sqlite3") as database:
        return dict(database.execute("SELECT name, SUM(number) FROM counters GROUP BY name").fetchall())


async def test_ticks_are_refused_without_a_conversation_and_counted_once_after_it(service, mentor):
    async with mentor_socket(service, mentor) as hers, visitor_socket(service) as his:
        await send(hers, type="outcome", ticks=["listened"])
        assert (await next_frame(hers, "error"))["code"] == "out_of_turn"
        await begin(his, VisitorKeys())
        began_s = time.monotonic()
        await send(hers, type="take")
        assert 0 <= (await next_frame(hers, "taken"))["since_s"] <= time.monotonic() - began_s
        await send(his, type="end")
        await next_frame(hers, "ended")
        await send(hers, type="outcome", ticks=["listened", "abuse"])
        await send(hers, type="outcome", ticks=["abuse"])
        assert (await next_frame(hers, "error"))["code"] == "out_of_turn"

    # Numbers are written when the service ends, if not before.
    service.restart(signal.SIGTERM)
    numbers = counted(service)
    assert (numbers["outcome_listened"], numbers["outcome_abuse"]) == (1, 1)
    assert (numbers["opened"], numbers["queued"], numbers["taken"], numbers["left"]) == (1, 1, 1, 1)
