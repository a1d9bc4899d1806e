""" "Avsluta och spärra" through the sockets and the coordinator's page, behind one web server that tells addresses."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest

from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import (
    VisitorKeys,
    begin,
    close_code,
    join,
    mentor_socket,
    next_frame,
    send,
    visitor_socket,
)

HERE, ELSEWHERE = "198.51.100.7", "198.51.100.8"


@pytest.fixture(scope="module")
def service(make_service) -> RunningService:
    """Start it behind one web server."""
    return make_service(proxy_hops=1)


@pytest.fixture(scope="module")
def mentor(service: RunningService) -> StaffBrowser:
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("mentor", "mentor-sparr"))
    browser.certify()
    return browser


@asynccontextmanager
async def visitor_from(service: RunningService, *seen: str) -> AsyncIterator:
    headers = {"X-Forwarded-For": ", ".join(seen)} if seen else {}
    async with visitor_socket(service, additional_headers=headers) as socket:
        yield socket


async def is_refused(service: RunningService, *seen: str) -> bool:
    """Say whether somebody who comes from there may not begin; who may leaves again."""
    async with visitor_from(service, *seen) as socket:
        await join(socket, VisitorKeys())
        while (frame := await next_frame_of(socket, "error", "joined"))["type"] == "error":
            assert frame == {"type": "error", "code": "blocked", "detail": {}}
            assert await close_code(socket) == 4403
            return True
        await send(socket, type="leave")
        await close_code(socket)
        return False


async def next_frame_of(socket, *kinds: str) -> dict:
    while (frame := json.loads(await socket.recv()))["type"] not in kinds:
        pass
    return frame


async def block(service, hers, *seen: str) -> str | None:
    """Let somebody come, be taken and be blocked; return the label."""
    async with visitor_from(service, *seen) as socket:
        await begin(socket, VisitorKeys())
        await send(hers, type="take")
        await next_frame(hers, "taken")
        await send(hers, type="block")
        assert (await next_frame(socket, "ended"))["by"] == "mentor"
        assert await close_code(socket) == 1000
        return (await next_frame(hers, "blocked"))["label"]


def noted(service: RunningService) -> list[tuple[str, str]]:
    """Return what the audit log says of blocks: which act, and whose."""
    with closing(sqlite3.connect(service.data_dir / "records.sqlite3", timeout=30)) as database:
        return database.execute(
            "SELECT act, username FROM audit_log JOIN accounts ON accounts.id = account_id "
            "WHERE act LIKE 'block_%' ORDER BY audit_log.id"
        ).fetchall()


async def test_without_a_conversation_there_is_nobody_to_block(service, mentor):
    async with mentor_socket(service, mentor) as hers:
        await send(hers, type="block")

        assert (await next_frame(hers, "error"))["code"] == "out_of_turn"


@pytest.mark.parametrize("seen", [(), ("10.0.0.9",), (HERE, "127.0.0.1")])
async def test_a_connection_that_everybody_may_share_is_not_blocked_and_the_mentor_is_told(
    service, mentor, seen
):
    async with mentor_socket(service, mentor) as hers:
        assert await block(service, hers, *seen) is None
        assert not await is_refused(service, *seen)
        assert not await is_refused(service, HERE)


async def test_a_blocked_connection_is_refused_whatever_its_browser_claims_until_the_mentor_takes_it_back(
    service, mentor
):
    async with mentor_socket(service, mentor) as hers:
        label = await block(service, hers, HERE)
        assert re.fullmatch("[A-Z2-9]{4}", label or "")

        assert await is_refused(service, HERE)
        assert await is_refused(service, "203.0.113.5", HERE), "what stands further left is only a claim"
        assert not await is_refused(service, HERE, ELSEWHERE)
        await send(hers, type="unblock", label=label)
        assert (await next_frame(hers, "unblocked"))["label"] == label
        assert not await is_refused(service, HERE)
    assert noted(service)[-2:] == [("block_set", "mentor-sparr"), ("block_lifted", "mentor-sparr")]


async def test_a_coordinator_sees_labels_and_times_only_and_lifts_a_block(service, mentor):
    coordinator = StaffBrowser(service.base_url)
    coordinator.sign_in(service.add_account("coordinator", "samordnare-sparr"))
    async with mentor_socket(service, mentor) as hers:
        label = await block(service, hers, HERE)

        page = coordinator.read("/samordnare/inkorg/")
        assert f"<strong>{label}</strong>: från " in page
        assert HERE not in page
        coordinator.press("/samordnare/hav-sparr", label=label or "")

        assert not await is_refused(service, HERE)
        assert f"<strong>{label}</strong>" not in coordinator.read("/samordnare/inkorg/")
        assert noted(service)[-2:] == [("block_set", "mentor-sparr"), ("block_lifted", "samordnare-sparr")]
        assert HERE not in service.log
