"""The line between mentors and coordinators on real sockets: who may open it, who is reached, and what is refused."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatservice.domain import sealing
from chatservice.web.line import page_of
from chatservice.web.session_watch import LOOK_EVERY_S, PAUSE_S
from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser
from tests.web.test_socket_rules import WITHIN_S, next_frame, send


def signed_in(service: RunningService, role: str, username: str) -> StaffBrowser:
    """Make an account and sign it in."""
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account(role, username))
    return browser


@pytest.fixture(scope="module")
def coordinator(service):
    return signed_in(service, "coordinator", "samordnare-linje")


@pytest.fixture(scope="module")
def mentors(service):
    return [signed_in(service, "mentor", f"mentor-linje-{number}") for number in range(2)]


def new_key() -> str:
    """Return a page key as a coordinator's browser makes it."""
    return sealing.to_base64url(sealing.public_bytes(ec.generate_private_key(ec.SECP256R1())))


def new_page() -> str:
    """Return a name as a mentor's page gives itself."""
    return sealing.to_base64url(secrets.token_bytes(16))


async def close_code(socket: ClientConnection) -> int:
    """Read until the server closes; return its code."""
    async with asyncio.timeout(WITHIN_S):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code


def opened(service: RunningService, path: str, cookie: str = "", origin: str | None = None):
    """Open a socket as a page of the service does."""
    return connect(
        f"ws://127.0.0.1:{service.port}/chatt/ws/{path}",
        origin=origin or service.base_url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie} if cookie else {},
        compression=None,
        open_timeout=WITHIN_S,
    )


@asynccontextmanager
async def coordinator_page(
    service: RunningService, browser: StaffBrowser, key: str, pages: tuple[str, ...] = ()
) -> AsyncIterator[ClientConnection]:
    """Open the coordinator's socket and join."""
    async with opened(service, "samordnare", browser.cookie) as socket:
        await next_frame(socket, "welcome")
        await send(socket, type="join", version=sealing.SUITE, key=key, pages=pages)
        yield socket


@asynccontextmanager
async def mentor_page(
    service: RunningService, browser: StaffBrowser, page: str | None
) -> AsyncIterator[ClientConnection]:
    """Open a mentor's socket, join, and name the page on the line."""
    async with opened(service, "mentor", browser.cookie) as socket:
        await next_frame(socket, "welcome")
        join = {"version": sealing.SUITE, "key": None, "ticket": None, "incarnation": None, "after": 0}
        await send(socket, type="join", **join)
        await next_frame(socket, "ready")
        if page is not None:
            await send(socket, type="line_here", page=page)
        yield socket


async def until_open(mentor: ClientConnection, *keys: str) -> None:
    """Return when a mentor has been told that these coordinators can be asked, and no other."""
    while (await next_frame(mentor, "line_open"))["keys"] != list(keys):
        pass


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_the_coordinators_socket_opens_for_no_other_site(service, coordinator, origin):
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(service, "samordnare", coordinator.cookie, origin):
            pass

    assert refusal.value.response.status_code == 403


async def test_the_coordinators_socket_opens_for_no_visitor_and_no_mentor(service, mentors):
    for cookie in ("", "staff=nobody", mentors[0].cookie):
        with pytest.raises(InvalidStatus) as refusal:
            async with opened(service, "samordnare", cookie):
                pass

        assert refusal.value.response.status_code == 401


async def test_a_coordinator_has_no_way_to_a_mentors_socket(service, coordinator):
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(service, "mentor", coordinator.cookie):
            pass

    assert refusal.value.response.status_code == 401


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "beat"}, 4400),
        ({"type": "join", "version": "stodchatt/2", "key": "B" + "A" * 86, "pages": []}, 4426),
        ({"type": "join", "version": "stodchatt/1", "key": "B" * 87, "pages": []}, 4400),
        ({"type": "join", "version": "stodchatt/1", "key": "short", "pages": []}, 4400),
        ({"type": "envelope"}, 4400),
    ],
)
async def test_what_is_no_join_closes_the_coordinators_socket(service, coordinator, frame, code):
    async with opened(service, "samordnare", coordinator.cookie) as socket:
        await next_frame(socket, "welcome")
        await send(socket, **frame)

        assert await close_code(socket) == code


async def test_a_second_join_and_frames_of_a_conversation_close_the_coordinators_socket(service, coordinator):
    for frame in (
        {"type": "join", "version": sealing.SUITE, "key": new_key(), "pages": []},
        {"type": "take"},
        {"type": "line", "page": new_page(), "number": 0, "body": "A" * 8001},
    ):
        async with coordinator_page(service, coordinator, new_key()) as socket:
            await next_frame(socket, "counts")
            await send(socket, **frame)

            assert await close_code(socket) == 4400


async def test_a_question_before_the_page_has_a_name_is_refused(service, mentors):
    async with mentor_page(service, mentors[0], None) as mentor:
        await send(mentor, type="line", page=new_page(), number=0, body="sealed")

        assert (await next_frame(mentor, "error"))["code"] == "out_of_turn"


async def test_a_mentor_cannot_take_the_name_of_another_mentors_page(service, mentors):
    page = new_page()
    async with mentor_page(service, mentors[0], page) as mentor:
        await send(mentor, type="beat")
        await next_frame(mentor, "beat")

        async with mentor_page(service, mentors[1], page) as thief:
            assert await close_code(thief) == 4403
        async with mentor_page(service, mentors[1], new_page()) as unsettled:
            await send(unsettled, type="line_here", page=new_page())
            assert await close_code(unsettled) == 4400


async def test_a_question_reaches_the_coordinator_and_the_answer_only_who_asked(
    service, coordinator, mentors
):
    key, page, other_page = new_key(), new_page(), new_page()
    async with (
        coordinator_page(service, coordinator, key) as asked,
        mentor_page(service, mentors[0], page) as mentor,
        mentor_page(service, mentors[1], other_page) as other,
    ):
        await until_open(mentor, key)
        to = page_of(key)
        await send(mentor, type="line", page=to, number=0, body="sealed-question")
        question = await next_frame(asked, "line")
        await send(asked, type="line_got", page=page, number=0)
        await send(asked, type="line", page=page, number=0, body="sealed-answer")

        assert question == {"type": "line", "page": page, "number": 0, "body": "sealed-question"}
        assert await next_frame(mentor, "line_got") == {"type": "line_got", "page": to, "number": 0}
        answer = await next_frame(mentor, "line")
        assert answer == {"type": "line", "page": to, "number": 0, "body": "sealed-answer"}

        # Mentors do not reach each other's pages, even by name.
        await send(other, type="line", page=page, number=0, body="sealed-lie")
        lost = await next_frame(other, "line_lost")
        assert lost == {"type": "line_lost", "page": page, "number": 0}
        await send(other, type="beat")
        async with asyncio.timeout(WITHIN_S):
            heard = [json.loads(await other.recv())]
            while heard[-1]["type"] != "beat":
                heard.append(json.loads(await other.recv()))
        assert [frame for frame in heard if frame["type"].startswith("line")] == []


async def test_who_is_there_is_told_to_mentors_and_what_a_gone_page_misses_is_told_lost(
    service, coordinator, mentors
):
    key, page = new_key(), new_page()
    async with mentor_page(service, mentors[0], page) as mentor:
        await until_open(mentor)
        async with coordinator_page(service, coordinator, key):
            await until_open(mentor, key)
        await until_open(mentor)

        await send(mentor, type="line", page=page_of(key), number=7, body="sealed")

        lost = await next_frame(mentor, "line_lost")
        assert lost == {"type": "line_lost", "page": page_of(key), "number": 7}
    async with coordinator_page(service, coordinator, key) as back:
        await next_frame(back, "counts")
        await send(back, type="beat")
        async with asyncio.timeout(WITHIN_S):
            assert json.loads(await back.recv()) == {"type": "beat"}


async def test_a_coordinator_is_told_when_a_mentors_page_goes_and_comes_back(service, coordinator, mentors):
    key, page = new_key(), new_page()
    async with coordinator_page(service, coordinator, key) as asked:
        async with mentor_page(service, mentors[0], page) as mentor:
            await until_open(mentor, key)
            await send(mentor, type="line", page=page_of(key), number=0, body="sealed")
            await next_frame(asked, "line")
        assert await next_frame(asked, "line_page") == {"type": "line_page", "page": page, "present": False}
        await send(asked, type="line", page=page, number=0, body="sealed")
        assert (await next_frame(asked, "line_lost"))["page"] == page

        async with mentor_page(service, mentors[0], page):
            told = await next_frame(asked, "line_page")
            assert told == {"type": "line_page", "page": page, "present": True}
            async with coordinator_page(service, coordinator, key, (page, new_page())) as newer:
                assert (await next_frame(newer, "line_page"))["present"] is True
                assert (await next_frame(newer, "line_page"))["present"] is False
                assert await close_code(asked) == 4409


async def test_who_writes_faster_than_anybody_types_is_told_that_it_is_lost(service, coordinator, mentors):
    key = new_key()
    async with (
        coordinator_page(service, coordinator, key) as asked,
        mentor_page(service, mentors[0], new_page()) as mentor,
    ):
        await until_open(mentor, key)
        for number in range(60):
            await send(mentor, type="line", page=page_of(key), number=number, body="sealed")

        first_lost = (await next_frame(mentor, "line_lost"))["number"]
        read = [(await next_frame(asked, "line"))["number"] for _ in range(first_lost)]
        assert read == list(range(first_lost))
        assert first_lost >= 40


async def test_an_ended_session_closes_the_coordinators_socket_within_five_seconds(service):
    leaving = signed_in(service, "coordinator", "samordnare-slutar")
    async with coordinator_page(service, leaving, new_key()) as socket:
        await next_frame(socket, "counts")
        leaving.sign_out()

        assert await close_code(socket) == 4401
    # Five seconds of the service's: how long a busy machine takes to tell of it is not counted.
    assert LOOK_EVERY_S + PAUSE_S < 5


async def test_the_counts_follow_what_happens(service, coordinator):
    mentor = signed_in(service, "mentor", "mentor-raknas")
    mentor.certify()
    async with coordinator_page(service, coordinator, new_key()) as socket:
        before = await next_frame(socket, "counts")
        async with opened(service, "mentor", mentor.cookie) as seat:
            await next_frame(seat, "welcome")
            join = {"version": sealing.SUITE, "key": mentor.key_id, "ticket": None}
            await send(seat, type="join", incarnation=None, after=0, **join)
            await send(seat, type="duty", state="on")

            while (await next_frame(socket, "counts"))["on_duty"] != before["on_duty"] + 1:
                pass


async def test_nothing_of_the_line_is_in_the_log(service):
    assert "sealed" not in service.log
    assert "line" not in service.log
