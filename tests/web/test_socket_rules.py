"""The two sockets of a running service against everything that is not the agreed conversation.

Each refusal has a defined code, and after all of them the same service still carries an ordinary visitor.
"""

import asyncio
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatservice.domain import sealing
from tests.live_builders import VisitorKeys
from tests.running_service import RunningService
from tests.staff_browser import StaffBrowser

WITHIN_S = 30


@pytest.fixture(scope="module")
def mentor(service: RunningService) -> StaffBrowser:
    """A mentor signed in, with a certificate for her browser's key."""
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("mentor", "mentor-regler"))
    browser.certify()
    return browser


@asynccontextmanager
async def visitor_socket(service: RunningService, **options: object) -> AsyncIterator[ClientConnection]:
    """Open the visitor's socket as a page of the site does."""
    options = {"origin": service.base_url, "compression": None, "open_timeout": WITHIN_S} | options
    async with connect(f"ws://127.0.0.1:{service.port}/chatt/ws/visitor", **options) as socket:  # type: ignore[arg-type]
        yield socket


@asynccontextmanager
async def mentor_socket(service: RunningService, mentor: StaffBrowser) -> AsyncIterator[ClientConnection]:
    """Open the mentor's socket with her cookie, join and go on duty."""
    async with connect(
        f"ws://127.0.0.1:{service.port}/chatt/ws/mentor",
        origin=service.base_url,  # type: ignore[arg-type]
        additional_headers={"Cookie": mentor.cookie},
        compression=None,
        open_timeout=WITHIN_S,
    ) as socket:
        await next_frame(socket, "welcome")
        await send(
            socket,
            type="join",
            version=sealing.SUITE,
            key=mentor.key_id,
            ticket=None,
            incarnation=None,
            after=0,
        )
        await next_frame(socket, "ready")
        await send(socket, type="duty", state="on")
        await next_frame(socket, "duty")
        yield socket


async def send(socket: ClientConnection, **frame: object) -> None:
    await socket.send(json.dumps(frame))


async def next_frame(socket: ClientConnection, kind: str) -> dict:
    """Return the next frame of a kind; others in between are passed over."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == kind:
                return frame


async def close_code(socket: ClientConnection) -> int:
    """Read until the server closes; return its code."""
    async with asyncio.timeout(WITHIN_S):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code


async def join(socket: ClientConnection, visitor: VisitorKeys, **changes: object) -> None:
    """Answer the welcome as a visitor's browser does, with changes."""
    welcome = await next_frame(socket, "welcome")
    claim = visitor.join(sealing.from_base64url(welcome["challenge"]))
    frame = {
        "type": "join",
        "version": sealing.SUITE,
        "conversation": claim.conversation,
        "key": claim.key,
        "token": claim.token,
        "proof": claim.proof,
        "ticket": None,
        "incarnation": None,
        "after": 0,
    }
    await send(socket, **(frame | changes))


async def begin(socket: ClientConnection, visitor: VisitorKeys) -> None:
    await join(socket, visitor)
    await next_frame(socket, "joined")


async def leave_by_beacon(
    service: RunningService, visitor: VisitorKeys, *, token: str, padding: int = 0
) -> None:
    """Say goodbye as a page that is being closed does."""
    body = json.dumps({"conversation": visitor.conversation_id, "token": token}).encode() + b" " * padding
    request = urllib.request.Request(
        f"{service.base_url}/chatt/lamna",
        data=body,
        headers={"Origin": service.base_url, "Content-Type": "text/plain;charset=UTF-8"},
    )
    answer = await asyncio.to_thread(urllib.request.urlopen, request)
    assert answer.status == 204


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
@pytest.mark.parametrize("who", ["visitor", "mentor"])
async def test_a_handshake_from_another_origin_is_refused(service, origin, who):
    with pytest.raises(InvalidStatus) as refusal:
        address = f"ws://127.0.0.1:{service.port}/chatt/ws/{who}"
        async with connect(address, origin=origin, compression=None, open_timeout=WITHIN_S):
            pass

    assert refusal.value.response.status_code == 403


async def test_the_mentors_socket_is_closed_to_whoever_is_not_signed_in(service):
    with pytest.raises(InvalidStatus) as refusal:
        address = f"ws://127.0.0.1:{service.port}/chatt/ws/mentor"
        async with connect(address, origin=service.base_url, compression=None, open_timeout=WITHIN_S):
            pass

    assert refusal.value.response.status_code == 401


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("hello", 4400),
        ("[]", 4400),
        ("[" * 60_000, 4400),
        ('{"type":"beat"}', 4400),
        ('{"type":"end"}', 4400),
        (b'{"type":"beat"}', 4400),
        ('{"type":"join"}', 4400),
        (" " * 65_537, 1009),
    ],
)
async def test_a_first_frame_that_is_no_join_closes_the_connection(service, sent, code):
    async with visitor_socket(service) as socket:
        await next_frame(socket, "welcome")
        await socket.send(sent)

        assert await close_code(socket) == code


async def test_another_version_closes_with_its_own_code(service):
    async with visitor_socket(service) as socket:
        await join(socket, VisitorKeys(), version="stodchatt/2")

        assert await close_code(socket) == 4426


async def test_compression_is_never_agreed_to(service):
    async with visitor_socket(service, compression="deflate") as socket:
        assert socket.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.response.headers


async def test_nobody_begins_while_no_mentor_is_on_duty(service):
    async with visitor_socket(service) as socket:
        await join(socket, VisitorKeys())

        assert (await next_frame(socket, "error"))["code"] == "closed"
        assert await close_code(socket) == 4403


async def test_a_wrong_proof_or_token_is_refused(service, mentor):
    visitor = VisitorKeys()
    async with mentor_socket(service, mentor), visitor_socket(service) as first:
        await begin(first, visitor)
        stranger = sealing.to_base64url(secrets.token_bytes(32))
        proof = sealing.to_base64url(secrets.token_bytes(64))
        for change in ({"token": stranger}, {"proof": proof}, {"conversation": stranger}):
            async with visitor_socket(service) as socket:
                await join(socket, visitor, **change)
                assert (await next_frame(socket, "error"))["code"] == "not_owner"
                assert await close_code(socket) == 4403
        await send(first, type="leave")
        assert await close_code(first) == 1000


async def test_an_unknown_conversation_closes_with_its_own_code(service):
    async with visitor_socket(service) as socket:
        await join(socket, VisitorKeys(), incarnation="earlier", after=3)

        assert (await next_frame(socket, "error"))["code"] == "unknown_conversation"
        assert await close_code(socket) == 4404


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "post", "sequence": 1, "epoch": 0, "kind": "message", "body": "AAAA"}, "gap"),
        ({"type": "post", "sequence": 0, "epoch": 1, "kind": "message", "body": "AAAA"}, "wrong_epoch"),
        ({"type": "post", "sequence": 0, "epoch": 2, "kind": "grant", "body": "AAAA"}, "wrong_epoch"),
        ({"type": "decline", "epoch": 1, "reason": "certificate"}, "out_of_turn"),
        ({"type": "another"}, "out_of_turn"),
    ],
)
async def test_a_visitors_frame_out_of_turn_is_answered_and_the_connection_stays(
    service, mentor, frame, code
):
    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        await begin(socket, VisitorKeys())

        await send(socket, **frame)

        assert (await next_frame(socket, "error"))["code"] == code
        await send(socket, type="post", sequence=0, epoch=0, kind="message", body="AAAA")
        assert (await next_frame(socket, "posted"))["sequence"] == 0
        await send(socket, type="leave")
        assert (await next_frame(socket, "ended"))["by"] == "visitor"


async def test_the_same_number_with_other_bytes_is_a_conflict(service, mentor):
    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        await begin(socket, VisitorKeys())
        for body in ("AAAA", "AAAA", "BBBB"):
            await send(socket, type="post", sequence=0, epoch=0, kind="message", body=body)

        assert [(await next_frame(socket, "posted"))["sequence"] for _ in range(2)] == [0, 0]
        assert (await next_frame(socket, "error"))["code"] == "conflict"
        await send(socket, type="end")
        assert await close_code(socket) == 1000


@pytest.mark.parametrize("frame", [{"type": "take"}, {"type": "duty", "state": "on"}, {"type": "join"}])
async def test_a_visitor_who_sends_a_mentors_frame_is_cut_off(service, mentor, frame):
    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        visitor = VisitorKeys()
        await begin(socket, visitor)
        await send(socket, **frame)

        assert await close_code(socket) == 4400
        await leave_by_beacon(service, visitor, token=visitor.token)


async def test_a_closing_page_frees_the_place_and_a_wrong_token_frees_nothing(service, mentor):
    visitor = VisitorKeys()
    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        await begin(socket, visitor)

        await leave_by_beacon(service, visitor, token=VisitorKeys().token)
        with pytest.raises(urllib.error.HTTPError, match="413"):
            await leave_by_beacon(service, visitor, token=visitor.token, padding=400)
        await send(socket, type="beat")
        await next_frame(socket, "beat")
        await leave_by_beacon(service, visitor, token=visitor.token)

        assert (await next_frame(socket, "ended"))["by"] == "visitor"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "take"}, "nobody_waiting"),
        ({"type": "end"}, "out_of_turn"),
        ({"type": "post", "sequence": 0, "epoch": 1, "kind": "offer", "body": "AAAA"}, "out_of_turn"),
        ({"type": "received", "sender": "visitor", "through": 1}, "out_of_turn"),
        ({"type": "pulse", "typing": True, "visible": True}, "out_of_turn"),
    ],
)
async def test_a_mentors_frame_out_of_turn_is_answered_and_the_connection_stays(service, mentor, frame, code):
    async with mentor_socket(service, mentor) as socket:
        await send(socket, **frame)

        assert (await next_frame(socket, "error"))["code"] == code
        await send(socket, type="beat")
        await next_frame(socket, "beat")


async def test_a_connection_that_is_refused_again_and_again_is_closed(service, mentor):
    async with mentor_socket(service, mentor) as socket:
        for _ in range(25):
            await send(socket, type="end")

        assert await close_code(socket) == 4400


async def test_the_newest_tab_has_the_seat(service, mentor):
    visitor = VisitorKeys()
    async with mentor_socket(service, mentor), visitor_socket(service) as old, visitor_socket(service) as new:
        await begin(old, visitor)
        await begin(new, visitor)

        assert await close_code(old) == 4409
        await send(new, type="leave")
        assert (await next_frame(new, "ended"))["by"] == "visitor"


async def test_what_was_said_in_the_same_breath_as_the_end_still_reaches_the_mentor(service, mentor):
    async with mentor_socket(service, mentor) as hers, visitor_socket(service) as socket:
        await begin(socket, VisitorKeys())
        await send(hers, type="take")
        await next_frame(hers, "taken")
        last_words = {"type": "post", "sequence": 0, "epoch": 0, "kind": "message", "body": "AAAA"}
        for frame in (last_words, {"type": "end"}):
            socket.protocol.send_text(json.dumps(frame).encode())
        # In one piece, as a service reads it that stood still.
        socket.transport.write(b"".join(socket.protocol.data_to_send()))

        seen: list[str] = []
        async with asyncio.timeout(WITHIN_S):
            while "ended" not in seen:
                seen.append(json.loads(await hers.recv())["type"])

        assert "envelope" in seen


async def test_a_refused_envelope_is_named_by_its_number(service, mentor):
    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        await begin(socket, VisitorKeys())
        await send(socket, type="post", sequence=3, epoch=0, kind="message", body="AAAA")

        assert (await next_frame(socket, "error"))["detail"] == {"expected": 0, "sequence": 3}
        await send(socket, type="leave")
        await close_code(socket)


async def test_the_mentor_sees_that_the_visitor_types_or_turned_away_and_may_be_asked_to_go(service, mentor):
    async with mentor_socket(service, mentor) as hers, visitor_socket(service) as socket:
        await begin(socket, VisitorKeys())
        await send(hers, type="take")
        assert (await next_frame(hers, "peer"))["present"]

        began_s = time.monotonic()
        await send(socket, type="pulse", typing=True, visible=False)
        peer = await next_frame(hers, "peer")
        assert (peer["typing"], peer["visible"]) == (True, False)
        assert 0 <= peer["since_s"] <= time.monotonic() - began_s
        await send(hers, type="pulse", typing=True, visible=False)
        while not (seen := await next_frame(socket, "peer"))["typing"]:
            pass
        assert seen["visible"]

        await send(socket, type="another")
        assert (await next_frame(hers, "ended"))["by"] == "another"
        await send(hers, type="take")
        assert (await next_frame(hers, "error"))["code"] == "nobody_waiting"
        await send(socket, type="leave")
        await close_code(socket)


async def test_after_all_this_an_ordinary_visitor_gets_her_place(service, mentor):
    async with mentor_socket(service, mentor), visitor_socket(service) as socket:
        await begin(socket, VisitorKeys())

        phase = await next_frame(socket, "phase")

        assert (phase["phase"], phase["place"]) == ("waiting", 1)
        await send(socket, type="leave")
        await close_code(socket)


async def test_a_session_that_is_ended_ends_the_open_socket_too(service, mentor):
    browser = StaffBrowser(service.base_url)
    browser.sign_in(service.add_account("mentor", "mentor-slut"))
    browser.certify()
    async with mentor_socket(service, browser) as socket:
        browser.sign_out()

        async with asyncio.timeout(WITHIN_S):
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
