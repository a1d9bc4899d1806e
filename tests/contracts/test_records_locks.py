"""The two locks that only bad luck would miss: here another process stands still in the middle of its transaction.

On PostgreSQL only, whose statements run side by side. The other process is a connection of the test's own, so that it
is certain what it holds and what it has not yet done; what is seen is PostgreSQL's own answer, never the time it took.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chatservice.domain.certification import CertificateRequest, Role
from chatservice.ports import StaffSession
from chatservice.records import DatabaseRecords, open_records
from chatservice.records.certificates import WAITING_KEYS_PER_ACCOUNT
from chatservice.records.database import open_engine
from chatservice.records.instants import to_seconds
from chatservice.records.tables import certificate_requests, sessions
from tests.live_builders import EVENING
from tests.staff_builders import emptied_postgres

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
async def engine(postgres_records) -> AsyncIterator[AsyncEngine]:
    await emptied_postgres(postgres_records)
    async with open_engine(postgres_records) as engine:
        yield engine


@pytest.fixture
async def records(postgres_records, engine) -> AsyncIterator[DatabaseRecords]:
    assert engine is not None
    async with open_records(postgres_records) as records:
        yield records


@pytest.fixture
async def account(records):
    return await records.accounts.add(
        username="exempel", role=Role.MENTOR, alias="Mentor", password_hash="h", code_secret="s", at=EVENING
    )


async def held_up(engine: AsyncEngine, other: AsyncConnection, act: Awaitable[None]) -> asyncio.Task[None]:
    """Begin to do something; return when it waits for what `other` holds, or is done without having waited."""

    async def do() -> None:
        await act

    task = asyncio.create_task(do())
    pid = (await other.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE pg_blocking_pids(pid) @> ARRAY[CAST(:pid AS int)]"
    )
    async with engine.connect() as watching:
        # PostgreSQL tells nobody that somebody waits, so it is asked.
        while not task.done() and (await watching.execute(waits, {"pid": pid})).scalar_one() == 0:
            await watching.rollback()
    return task


async def test_a_key_that_comes_while_another_process_adds_one_makes_no_more_than_may_wait(
    engine, records, account
):
    for number in range(WAITING_KEYS_PER_ACCOUNT):
        await records.certificates.request(
            CertificateRequest(f"k{number}", account.id, b"key", EVENING + number * HOUR)
        )
    mine = CertificateRequest("mine", account.id, b"key", EVENING + 24 * HOUR)

    async with engine.begin() as other:
        others = insert(certificate_requests).values(
            key_id="other",
            account_id=account.id,
            public_key=b"key",
            requested_at=to_seconds(EVENING + HOUR * 23),
        )
        await other.execute(others)
        task = await held_up(engine, other, records.certificates.request(mine))
    await task

    waiting = [request.key_id for request in await records.certificates.requests()]
    assert waiting == ["k2", "k3", "k4", "other", "mine"]


async def test_whoever_touches_sessions_holds_none_that_comes_after_the_one_it_waits_for(
    engine, records, account
):
    names = [f"s{number:02}" for number in range(20)]
    # The last one first: the order in which they lie is not the one in which they may be locked.
    for name in reversed(names):
        await records.sessions.add(StaffSession(name, account.id, EVENING, EVENING, EVENING))

    async with engine.begin() as other:
        await other.execute(select(sessions.c.id).where(sessions.c.id == names[10]).with_for_update())
        task = await held_up(engine, other, records.sessions.touch(names, EVENING + HOUR))
        free = select(sessions.c.id).order_by(sessions.c.id).with_for_update(skip_locked=True)
        not_held = (await other.execute(free)).scalars().all()
    await task

    assert not_held == names[10:]
    assert {session.seen_at for session in await records.sessions.held(names)} == {EVENING + HOUR}
