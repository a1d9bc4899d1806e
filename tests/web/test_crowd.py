"""A crowd of scripts before a running service, and one person among them: who is let in, and who is asked for work.

The scripts speak the protocol without fault and solve nothing; the person solves what her browser is asked.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import ClientConnection

from tests.live_builders import VisitorKeys
from tests.running_service import RunningService, example_pin
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import (
    WITHIN_S,
    close_code,
    join,
    mentor_socket,
    next_frame,
    send,
    visitor_socket,
)
from tools.participants.service import Service
from tools.participants.visitor import Visitor
from tools.participants.work import solved

FREE = 3
CAP = 6
SCRIPTS = 40


@pytest.fixture(scope="module")
def service(make_service) -> RunningService:
    """Start it with a short queue."""
    return make_service(free_starts=FREE, queue_cap=CAP)


@pytest.fixture(scope="module")
def mentor(service) -> StaffBrowser:
    """Sign a mentor in."""
    return signed_in(service)


def signed_in(service: RunningService) -> StaffBrowser:
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("mentor", "mentor-trangsel"))
    browser.certify()
    return browser


@pytest.fixture
async def evening(service, mentor):
    """Put a mentor on duty; give a function that opens a script's socket, which stays open until the test is over."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(mentor_socket(service, mentor))

        async def knock() -> tuple[ClientConnection, VisitorKeys]:
            socket, visitor = await stack.enter_async_context(visitor_socket(service)), VisitorKeys()
            await join(socket, visitor)
            return socket, visitor

        yield stack, knock


async def take_what_is_free(knock: Callable[[], Awaitable[tuple[ClientConnection, VisitorKeys]]]) -> None:
    """Let as many come as are asked for nothing, and wait until each has her answer."""
    for _ in range(FREE):
        socket, _ = await knock()
        async with asyncio.timeout(WITHIN_S):
            while json.loads(await socket.recv())["type"] not in {"joined", "work"}:
                pass


async def test_scripts_that_solve_nothing_take_no_more_than_the_free_places_and_a_person_is_let_in(
    service, project, example_home, evening
):
    stack, knock = evening
    free = []
    for place in range(1, FREE + 1):
        free.append(await knock())
        assert (await next_frame(free[-1][0], "phase"))["place"] == place

    scripts = [socket for socket, _ in await asyncio.gather(*(knock() for _ in range(SCRIPTS)))]
    tasks = await asyncio.gather(*(next_frame(script, "work") for script in scripts))
    assert len({task["target"] for task in tasks}) == SCRIPTS

    person = Visitor(Service(service.base_url), pins=[example_pin(project, example_home)])
    await stack.enter_async_context(person)
    await person.until_waiting()
    assert person.place == FREE + 1
    assert person.errors == []

    for script in scripts[:3]:
        await send(script, type="work", number=2**32 - 1)
        assert await close_code(script) == 4400
    await send(scripts[3], type="post", sequence=0, epoch=0, kind="message", body="AAAA")
    assert await close_code(scripts[3]) == 4400
    await send(scripts[4], type="leave")
    assert await close_code(scripts[4]) == 1000
    await send(scripts[5], type="pulse", typing=True, visible=False)
    await send(scripts[5], type="beat")
    assert (await next_frame(scripts[5], "beat"))["type"] == "beat"

    for socket, _ in free:
        await send(socket, type="leave")
        assert await close_code(socket) == 1000
    await person.until(lambda: person.place == 1)
    await person.leave()


async def test_an_answer_is_worth_nothing_on_another_connection_and_nothing_the_second_time(service, evening):
    _, knock = evening
    await take_what_is_free(knock)
    first, second, third = [(await knock())[0] for _ in range(3)]
    task = await next_frame(first, "work")
    number = solved(task)

    assert (await next_frame(second, "work"))["target"] != task["target"]
    await send(second, type="work", number=number)
    assert await close_code(second) == 4400
    await send(first, type="work", number=number)
    assert (await next_frame(first, "joined"))["new"]
    await send(first, type="work", number=number)
    assert await close_code(first) == 4400
    await send(third, type="work", number=solved(await next_frame(third, "work")))
    assert (await next_frame(third, "joined"))["new"]


async def test_who_comes_back_is_asked_for_nothing(service, evening):
    _, knock = evening
    await take_what_is_free(knock)
    socket, visitor = await knock()
    await send(socket, type="work", number=solved(await next_frame(socket, "work")))
    await next_frame(socket, "joined")

    async with visitor_socket(service) as again:
        await join(again, visitor)
        assert not (await next_frame(again, "joined"))["new"]


async def test_one_home_works_for_its_many_beginnings_and_its_neighbour_is_let_in(make_service):
    service = make_service(proxy_hops=1)

    async def begins(stack: AsyncExitStack, address: str) -> str:
        socket = await stack.enter_async_context(
            visitor_socket(service, additional_headers={"X-Forwarded-For": address})
        )
        await join(socket, VisitorKeys())
        while (frame := await socket.recv()) and '"welcome"' in str(frame):
            pass
        return "work" if '"work"' in str(frame) else "joined"

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(mentor_socket(service, signed_in(service)))
        told = [await begins(stack, "198.51.100.7") for _ in range(12)]

        assert told == ["joined"] * 10 + ["work"] * 2
        assert await begins(stack, "198.51.100.8") == "joined"
