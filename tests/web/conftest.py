"""The service's pages without a server: the real app on a folder of its own, with cheap passwords and a hand clock."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from quart import Quart, Response

from chatservice.app import create_app
from chatservice.credentials import Argon2Passwords, TimeCodes
from chatservice.live.brief import MemoryBriefMemory
from chatservice.settings import Settings
from chatservice.usecases.by_heart import ByHeart
from chatservice.usecases.staff_desk import CHALLENGE_S, MOST_CHALLENGES, MOST_SETUPS, SETUP_S
from chatservice.web.parts import EXTENSION
from tests.live_builders import EVENING, HandClock
from tests.staff_builders import CHEAP, Person, StaffRoom, example_settings, prepare_records

ORIGIN = "http://localhost:8000"


@dataclass
class WebRoom:
    """A running app, and its staff room."""

    app: Quart
    staff: StaffRoom

    def browser(self) -> Any:
        """Return a browser with cookies of its own."""
        return self.app.test_client()

    async def sign_in(self, browser: Any, person: Person, **given: str) -> Response:
        """Send the sign-in form as a page of ours does."""
        fields = {
            "username": person.account.username,
            "password": person.password,
            "code": self.staff.code(person),
        }
        origin = self.app.extensions[EXTENSION].settings.public_origin
        return await browser.post("/mentor/logga-in", form=fields | given, headers={"Origin": origin})


@pytest.fixture
def open_web(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[WebRoom]]:
    """Return a function that starts the app with other settings."""

    @asynccontextmanager
    async def open_with(**changed: Any) -> AsyncGenerator[WebRoom]:
        # The app's own clock runs on from where the hand clock stands: what it erases by itself is what is old there.
        settings: Settings = replace(example_settings(tmp_path), **{"clock": EVENING} | changed)
        prepare_records(settings)
        app = create_app(settings)
        async with app.test_app():
            clock = HandClock()
            parts = app.extensions[EXTENSION]
            desk = replace(
                parts.staff,
                clock=clock,
                wall=clock,
                codes=TimeCodes((clock,)),
                challenges=MemoryBriefMemory(clock, kept_s=CHALLENGE_S, most=MOST_CHALLENGES),
                setups=MemoryBriefMemory(clock, kept_s=SETUP_S, most=MOST_SETUPS),
                passwords=Argon2Passwords(CHEAP),
                # The app's own watch forgets, a moment after it began, whoever has no socket open.
                by_heart=ByHeart(),
            )
            app.extensions[EXTENSION] = replace(parts, staff=desk, clock=clock)
            yield WebRoom(app, StaffRoom(desk, clock))

    return open_with


@pytest.fixture
async def web(open_web: Callable[..., AbstractAsyncContextManager[WebRoom]]) -> AsyncGenerator[WebRoom]:
    """Start the app in example mode."""
    async with open_web() as room:
        yield room
