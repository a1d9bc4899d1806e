"""When the way to Valkey takes the server for mute, and that a machine that stood still or starts is no reason to."""

import asyncio
from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest

from chatservice.live.valkey import connection as way
from chatservice.live.valkey.address import read_address


@pytest.fixture
async def connection():
    return way.ValkeyConnection(read_address("valkey://127.0.0.1"))


@pytest.mark.parametrize(
    ("looks_s", "answered_after"),
    [
        pytest.param([0.5 * n for n in range(1, 8)], None, id="it answers nothing while we look again and again"),
        pytest.param([10.0, 10.5], None, id="it answers nothing after we stood still either"),
        pytest.param([10.0, 20.0], None, id="we are late each time"),
        pytest.param([10.0, 10.5, 11.0, 21.0, 21.5], 1, id="it answers as soon as we go on, until it falls silent"),
    ],
)  # fmt: skip
async def test_a_server_that_answers_nothing_is_left_at_the_look_that_proves_it(
    connection, looks_s, answered_after, monkeypatch
):
    loop = asyncio.get_running_loop()
    now = SimpleNamespace(s=0.0, looks=0)
    wire = SimpleNamespace(lost=loop.create_future(), heard_s=0.0, send=lambda *_: None)
    connection._loop = SimpleNamespace(time=lambda: now.s)
    connection._pending.append((loop.create_future(), 0.0))

    async def look(*_, **__):
        if now.looks == answered_after:
            connection._pending.clear()
            wire.heard_s = now.s
        now.s, now.looks = looks_s[now.looks], now.looks + 1

    monkeypatch.setattr(way, "asyncio", SimpleNamespace(wait=look, FIRST_COMPLETED=None))
    await connection._watch(wire, wire)

    assert now.looks == len(looks_s)


async def test_a_server_that_is_slow_when_the_service_starts_is_waited_for(valkey, monkeypatch):
    monkeypatch.setattr(way, "_CONNECT_WITHIN_S", 0.05)
    async with AsyncExitStack() as stack:
        stack.callback(valkey.thaw)
        valkey.freeze()
        opening = asyncio.create_task(stack.enter_async_context(way.open_connection(valkey.url)))

        finished, _ = await asyncio.wait({opening}, timeout=0.3)
        valkey.thaw()

        assert not finished
        assert (await opening).is_there
