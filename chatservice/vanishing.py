"""Opens what must vanish, all of it together: conversations, queue and duty, the line, limits, half-done sign-ins.

Knows the two places where it can be: the memory of this process (`memory://`), or a Valkey that several processes
share. Put into the app by `app.py`; what each thing is stands in `ports/`.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chatservice.errors import StartError
from chatservice.live.brief import MemoryBriefCounts, MemoryBriefMemory, MemorySettling, OneProcessTurns
from chatservice.live.lines import MemoryLines
from chatservice.live.memory import MemoryLiveStore
from chatservice.live.starts import MemoryStarts
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
    """Everything that is never on a disk. `notices` holds that a letter waits to be announced, and nothing of it."""

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


def check_live_url(settings: Settings) -> None:
    """Raise `StartError` for a CHAT_LIVE_URL that names no place we know."""
    if settings.live_url != MEMORY_URL:
        raise StartError(f"CHAT_LIVE_URL är ”{settings.live_url}”: än så länge finns bara memory://.")


@asynccontextmanager
async def open_vanishing(settings: Settings, clock: Clock, tally: Tally) -> AsyncGenerator[Vanishing]:
    """Open it in the place that CHAT_LIVE_URL names."""
    yield in_memory(settings, clock, tally)


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
    )
