"""The visitor's socket, and the beacon of a page that closes.

Knows the visitor's frames and which use case each belongs to. Does not know rules: those are in `domain/`.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import Final

import msgspec
from quart import Blueprint, Response, request, websocket

from chatservice.domain.conversation import EndedBy
from chatservice.domain.sealing import SUITE, to_base64url
from chatservice.domain.seat import key_of
from chatservice.domain.work import ROUNDS, Task
from chatservice.errors import (
    EndedError,
    MalformedError,
    RefusedError,
    UnknownConversationError,
)
from chatservice.ports import Bell, Origin, Pulse, View, seat_topic
from chatservice.usecases import blocking, conversing, starting, visiting, waiting
from chatservice.web import frames
from chatservice.web.connection_address import address_of
from chatservice.web.feed import Feed
from chatservice.web.forms import bound_body
from chatservice.web.handshakes import require_origin, run_socket
from chatservice.web.parts import Parts, parts
from chatservice.web.sockets import CloseCode, Closing, Socket

blueprint = Blueprint("visitor", __name__)

VISITOR_SOCKET: Final = "/chatt/ws/visitor"

_LARGEST_BEACON_BYTES = 400
WORK_S = 60.0


@blueprint.websocket(VISITOR_SOCKET)
async def visitor_socket() -> None:
    """Carry one visitor's conversation."""
    the = parts()
    require_origin(the)
    # Read here, hashed at once, and dropped.
    origin = await the.live.blocks.origin_of(address_of(websocket, the.settings.proxy_hops))
    await run_socket(the, lambda socket: VisitorConnection(the, socket, origin))


class _Beacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a closing page says: which conversation, and the token that proves it may end it."""

    conversation: frames.ThirtyTwoBytes
    token: frames.ThirtyTwoBytes


@blueprint.post("/chatt/lamna")
async def leave_at_once() -> Response:
    """End a conversation from a page that is being left. The answer is the same whatever was known."""
    bound_body(_LARGEST_BEACON_BYTES)
    # A malformed beacon learns as little as a wrong one.
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        beacon = msgspec.json.decode(await request.get_data(), type=_Beacon)
        await visiting.leave_at_once(parts().live, conversation_id=beacon.conversation, token=beacon.token)
    return Response(status=204)


class VisitorConnection:
    """One visitor's connection from welcome to close; see `attendance.Talk`."""

    __slots__ = ("_bell", "_feed", "_origin", "_socket", "_the", "_told", "_told_view")

    def __init__(self, the: Parts, socket: Socket, origin: Origin) -> None:
        self._the = the
        self._socket = socket
        self._origin = origin
        self._feed: Feed | None = None
        self._bell: Bell | None = None
        self._told: frames.VisitorPhase | None = None
        self._told_view: View | None = None

    async def begin(self) -> None:
        """Welcome, and give her the seat."""
        the, socket = self._the, self._socket
        challenge = secrets.token_bytes(32)
        await socket.send(frames.Welcome(SUITE, the.live.incarnation, to_base64url(challenge)))
        first = frames.read_visitor_frame(await socket.receive_first())
        if not isinstance(first, frames.VisitorJoin):
            raise MalformedError
        frames.require_version(first.version)
        joined = await self._join(first, challenge)
        seat = joined.seat
        await the.live.blocks.note(seat.conversation_id, self._origin)
        have = await the.live.have(seat)
        position = first.after if first.incarnation == the.live.incarnation else 0
        await socket.send(
            frames.Joined(
                seat.conversation_id, joined.conversation.share, have, joined.conversation.epoch, joined.new
            )
        )
        self._feed = Feed(the.live, the.tickets, the.clock, socket, seat, position=position, have=have)
        self._bell = the.live.listen(seat_topic(seat.conversation_id, seat.side))
        try:
            await the.live.arrive(seat, socket.name)
        except UnknownConversationError:
            # Ended between joining and arriving: say so like any other end.
            raise Closing(await self._say_ended(seat.conversation_id)) from None

    def follow(self, wake: Callable[[], None], close: Callable[[int], None]) -> None:
        """Let the bell of her seat wake `tell`."""
        self._seated()[1].call(wake)

    async def leave(self) -> None:
        """Leave the seat, unless a newer connection has it."""
        if self._bell is not None and self._feed is not None:
            self._bell.close()
            await self._the.live.depart(self._feed.seat, self._socket.name)

    def _seated(self) -> tuple[Feed, Bell]:
        if self._feed is None or self._bell is None:
            raise UnknownConversationError
        return self._feed, self._bell

    async def _admit(self) -> None:
        the = self._the
        await the.admit()
        await blocking.admit_origin(the.live, self._origin)
        task = await starting.work_before_starting(
            the.live,
            the.starts,
            self._origin,
            free=the.settings.free_starts,
            queue_cap=the.settings.queue_cap,
        )
        if task is not None:
            await self._let_work(task)

    async def _let_work(self, task: Task) -> None:
        """Ask for the number and return when it has come. The task is this connection's own, and is asked once."""
        await self._socket.send(
            frames.WorkAsked(to_base64url(task.salt), to_base64url(task.target), task.ceiling, ROUNDS)
        )
        until_s = self._the.clock.monotonic_s() + WORK_S
        while True:
            left_s = until_s - self._the.clock.monotonic_s()
            match frames.read_visitor_frame(await self._socket.receive_first(left_s)):
                case frames.WorkDone(number) if task.is_solved_by(number):
                    return
                case frames.Beat():
                    await self._socket.send(frames.Beat())
                case frames.PulseFrame():
                    continue
                case frames.Leave() | frames.End():
                    raise Closing(CloseCode.ENDED)
                case _:
                    raise MalformedError("no answer to the task")

    async def _join(self, first: frames.VisitorJoin, challenge: bytes) -> visiting.VisitorJoined:
        the = self._the
        try:
            return await visiting.join(
                the.live,
                the.tickets,
                the.clock,
                the.settling,
                visiting.VisitorJoin(
                    first.conversation,
                    first.key,
                    first.token,
                    first.proof,
                    first.ticket,
                    returning=first.incarnation is not None,
                ),
                challenge=challenge,
                admit=self._admit,
                queue_cap=the.settings.queue_cap,
            )
        except EndedError as error:
            await self._socket.send(frames.Ended(EndedBy(error.by)))
            raise Closing(CloseCode.ENDED) from None
        except RefusedError as error:
            await self._socket.refuse(error)
            unknown = isinstance(error, UnknownConversationError)
            raise Closing(CloseCode.UNKNOWN if unknown else CloseCode.REFUSED) from None

    async def tell(self) -> None:
        """Tell what is new in her conversation, or that it is over."""
        live, feed = self._the.live, self._seated()[0]
        conversation_id = feed.seat.conversation_id
        view = await live.view(conversation_id)
        if view is None:
            raise Closing(await self._say_ended(conversation_id))
        if view is not self._told_view:
            await self._tell_phase(view)
            self._told_view = view
        await feed.send_news(view)

    async def _tell_phase(self, view: View) -> None:
        conversation = view.conversation
        wait_min = await waiting.usual_wait(self._the.live, view.place)
        news = frames.VisitorPhase(
            view.phase,
            view.place,
            key_of(conversation.mentor),
            conversation.epoch,
            key_of(conversation.next),
            wait_min,
        )
        if news != self._told:
            self._told = news
            await self._socket.send(news)

    async def hear(self, data: str | bytes) -> None:
        """Take one frame of hers; what is refused is answered."""
        frame = frames.read_visitor_frame(data)
        try:
            await self._handle(frame)
        except RefusedError as error:
            await self._socket.refuse(error, frames.sequence_of(frame))

    async def _handle(self, frame: frames.VisitorFrame) -> None:
        feed, bell = self._seated()
        live, seat = self._the.live, feed.seat
        match frame:
            case frames.VisitorPost():
                await conversing.post_envelope(live, seat, frames.draft_of(frame))
                await self._socket.send(frames.Posted(frame.sequence))
            case frames.Received():
                await conversing.note_received(live, seat, sender=frame.sender, through=frame.through)
            case frames.Beat():
                await self._socket.send(frames.Beat())
                if feed.ticket_is_old():
                    bell.ring()
            case frames.Decline():
                await visiting.decline(live, seat, epoch=frame.epoch)
            case frames.PulseFrame():
                await conversing.send_pulse(live, seat, Pulse(frame.typing, frame.visible))
            case frames.Another():
                await visiting.ask_for_another(live, seat)
            case frames.Consent():
                await visiting.agree_to_handover(live, seat, key_id=frame.mentor)
            case frames.Leave():
                await visiting.leave(live, seat)
            case frames.End():
                # What she said in the same breath is told at the end of this turn; afterwards nothing of it is left.
                await asyncio.sleep(0)
                await conversing.end(live, seat)
            case frames.VisitorJoin() | frames.WorkDone():
                raise MalformedError("already seated")

    async def _say_ended(self, conversation_id: str) -> int:
        by = await self._the.live.ended_by(conversation_id)
        await self._socket.send(frames.Ended(by or EndedBy.SILENCE))
        return CloseCode.ENDED
