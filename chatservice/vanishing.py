"""Opens what must vanish, all of it together: conversations, queue and duty, the line, limits, half-done sign-ins.

Knows the two places where it can be: the memory of this process (`memory://`), or a Valkey that several processes
share. Put into the app by `app.py`; what each thing is stands in `ports/`.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chatservice.live.brief import MemoryBriefCounts, MemoryBriefMemory, MemorySettling, OneProcessTurns
from chatservice.live.lines import MemoryLines
from chatservice.live.memory import MemoryLiveStore
from chatservice.live.starts import MemoryStarts
from chatservice.live.valkey.address import read_address
from chatservice.live.valkey.brief import ValkeyBriefCounts, ValkeyBriefMemory, ValkeySettling, ValkeyTurns
from chatservice.live.valkey.connection import ValkeyConnection, open_connection
from chatservice.live.valkey.lines import ValkeyLines
from chatservice.live.valkey.starts import ValkeyStarts
from chatservice.live.valkey.store import ValkeyLiveStore, shared_store
from chatservice.ports import (
    BriefCounts,
    BriefMemory,
    Clock,
    Lines,
    LiveStore,
    Settling,
    Starts,
    Tally,
    Turns,
)
from chatservice.settings import Settings
from chatservice.usecases.staff_desk import CHALLENGE_S, MOST_CHALLENGES, MOST_SETUPS, SETUP_S
from chatservice.web import letter_limits, sign_in_delay

NOTICE_S = 3600.0
MEMORY_URL = "memory://"


@dataclass(frozen=True, slots=True)
class Vanishing:
    """Everything that is never on a disk. `notices` holds that a letter waits to be announced, and nothing of it.

    `lost` returns when all of it has been forgotten while this process lived.
    """

    live: LiveStore
    lines: Lines
    starts: Starts
    challenges: BriefMemory
    setups: BriefMemory
    notices: BriefMemory
    sign_in_failures: BriefCounts
    letters: BriefCounts
    answers: BriefCounts
    settling: Settling
    turns: Turns
    lost: Callable[[], Awaitable[None]]


async def check_live(settings: Settings) -> None:
    """Raise `StartError` for a server that cannot be used: told before anything is started."""
    if settings.live_url != MEMORY_URL:
        async with open_connection(settings.live_url):
            pass


def check_live_url(settings: Settings) -> None:
    """Raise `StartError` for a CHAT_LIVE_URL that names no place we know."""
    if settings.live_url != MEMORY_URL:
        read_address(settings.live_url)


@asynccontextmanager
async def open_vanishing(settings: Settings, clock: Clock, tally: Tally) -> AsyncGenerator[Vanishing]:
    """Open it in the place that CHAT_LIVE_URL names. Raises `StartError` for a server that cannot be used."""
    if settings.live_url == MEMORY_URL:
        yield in_memory(settings, clock, tally)
        return
    async with (
        open_connection(settings.live_url) as connection,
        shared_store(connection, clock, tally) as live,
        asyncio.TaskGroup() as tasks,
    ):
        lines = ValkeyLines(connection)
        keeping = tasks.create_task(lines.keep_alive())
        try:
            yield in_valkey(settings, connection, live, lines)
        finally:
            keeping.cancel()


def in_memory(settings: Settings, clock: Clock, tally: Tally) -> Vanishing:
    """Return all of it in the memory of this process."""
    hour = letter_limits.HOUR_S
    return Vanishing(
        live=MemoryLiveStore(clock, tally),
        lines=MemoryLines(),
        starts=MemoryStarts(clock),
        challenges=MemoryBriefMemory(clock, kept_s=CHALLENGE_S, most=MOST_CHALLENGES),
        setups=MemoryBriefMemory(clock, kept_s=SETUP_S, most=MOST_SETUPS),
        notices=MemoryBriefMemory(clock, kept_s=NOTICE_S, most=1),
        sign_in_failures=MemoryBriefCounts(
            clock,
            kept_s=sign_in_delay.REMEMBERED_S,
            key_s=sign_in_delay.KEY_LIFE_S,
            most=sign_in_delay.MOST_REMEMBERED,
        ),
        letters=MemoryBriefCounts(clock, kept_s=hour, key_s=hour, most=letter_limits.MOST_REMEMBERED),
        answers=MemoryBriefCounts(clock, kept_s=hour, key_s=hour, most=letter_limits.MOST_REMEMBERED),
        settling=MemorySettling(settings.settle_s),
        turns=OneProcessTurns(),
        lost=_never,
    )


def in_valkey(
    settings: Settings, connection: ValkeyConnection, live: ValkeyLiveStore, lines: ValkeyLines
) -> Vanishing:
    """Return all of it on one connection to the Valkey that several processes share."""
    secret = settings.secret.encode()
    hour = letter_limits.HOUR_S
    few = letter_limits.MOST_REMEMBERED
    return Vanishing(
        live=live,
        lines=lines,
        starts=ValkeyStarts(connection),
        challenges=ValkeyBriefMemory(
            connection, secret, "challenges", kept_s=CHALLENGE_S, most=MOST_CHALLENGES
        ),
        setups=ValkeyBriefMemory(connection, secret, "setups", kept_s=SETUP_S, most=MOST_SETUPS),
        notices=ValkeyBriefMemory(connection, secret, "notices", kept_s=NOTICE_S, most=1),
        sign_in_failures=ValkeyBriefCounts(
            connection,
            secret,
            "sign-in",
            kept_s=sign_in_delay.REMEMBERED_S,
            key_s=sign_in_delay.KEY_LIFE_S,
            most=sign_in_delay.MOST_REMEMBERED,
        ),
        letters=ValkeyBriefCounts(connection, secret, "letters", kept_s=hour, key_s=hour, most=few),
        answers=ValkeyBriefCounts(connection, secret, "answers", kept_s=hour, key_s=hour, most=few),
        settling=ValkeySettling(connection, settings.settle_s),
        turns=ValkeyTurns(connection),
        lost=live.lost,
    )


async def _never() -> None:
    """Wait for what does not happen: this process's memory lives as long as it does."""
    await asyncio.Event().wait()
