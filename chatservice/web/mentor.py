"""The mentor's dashboard and her socket.

Knows the mentor's frames and which use case each belongs to. Who she is comes from the session, checked at the
handshake and again while the socket is open, never from a frame.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from quart import Blueprint, render_template

from chatservice.domain.certification import Role
from chatservice.domain.certification_items import ending_soon
from chatservice.domain.conversation import Conversation, EndedBy
from chatservice.domain.duty import DutyState
from chatservice.domain.sealing import SUITE
from chatservice.domain.seat import Seat, key_of, seat_of_mentor
from chatservice.errors import MalformedError, OutOfTurnError, RecordsAwayError, RefusedError
from chatservice.ports import Bell, Colleague, Pulse, View, seat_topic
from chatservice.usecases import clearing, conversing, mentoring
from chatservice.usecases.quarantine import days_of
from chatservice.web import frames
from chatservice.web.access import StaffIdentity, signed_in_staff, staff_on_socket, staff_required
from chatservice.web.blocking import MentorBlocks, duration_words
from chatservice.web.colleagues import ColleagueNews
from chatservice.web.feed import Feed
from chatservice.web.handshakes import require_origin, run_socket
from chatservice.web.line import MentorLine
from chatservice.web.line_frames import Line, LineGot, LineHere
from chatservice.web.office import ROOMS
from chatservice.web.parts import Parts, parts
from chatservice.web.shifts import next_shift_words
from chatservice.web.sockets import CloseCode, Closing, Socket

blueprint = Blueprint("mentor", __name__)

MENTOR_SOCKET: Final = "/chatt/ws/mentor"

_OFTEN = (frames.MentorPost, frames.Received, frames.PulseFrame, frames.Beat)


@blueprint.get("/mentor/")
@staff_required(Role.MENTOR)
async def dashboard() -> str:
    """Show the dashboard; everything on it comes through the socket."""
    the, staff = parts(), await signed_in_staff()
    quarantines = await days_of(the.records, staff.account_id, the.staff.clock, the.terms.zone)
    standing = await clearing.standing_of(the.staff, the.terms, staff.account_id)
    return await render_template(
        "mentor.html",
        alias=staff.alias,
        phrases=the.phrases,
        referral_cards=the.referral_cards,
        block_lasts=duration_words(the.settings.block_s),
        rooms=ROOMS[Role.MENTOR],
        next_shift=await next_shift_words(staff.account_id),
        quarantine=quarantines[0] if quarantines else None,
        ending=[(item.kind.value, item.valid_until) for item in ending_soon(standing)],
    )


@blueprint.websocket(MENTOR_SOCKET)
async def mentor_socket() -> None:
    """Carry one mentor's evening."""
    the = parts()
    require_origin(the)
    staff = await staff_on_socket(Role.MENTOR)
    await run_socket(the, lambda socket: MentorConnection(the, socket, staff))


class MentorConnection:
    """One mentor's connection from welcome to close (see `attendance.Talk`); `_feed` while she has a conversation."""

    __slots__ = (
        "_bell", "_blocks", "_colleagues", "_feed", "_forget_session", "_is_house_due", "_is_line_due", "_is_taking",
        "_key_id", "_line", "_socket", "_staff", "_the", "_told_duty", "_told_phase", "_told_queue", "_told_view",
        "_wake",
    )  # fmt: skip

    def __init__(self, the: Parts, socket: Socket, staff: StaffIdentity) -> None:
        self._the = the
        self._socket = socket
        self._staff = staff
        self._key_id: str | None = None
        self._feed: Feed | None = None
        self._is_taking = False
        self._is_house_due = True
        self._is_line_due = True
        self._wake: Callable[[], None] | None = None
        self._forget_session: Callable[[], None] | None = None
        self._bell: Bell = the.live.listen()
        self._line = MentorLine(the.lines, the.clock, socket, staff.account_id)
        self._told_view: View | None = None
        self._told_phase: frames.MentorPhase | None = None
        self._told_queue: frames.QueueFrame | None = None
        self._told_duty = DutyState.OFF
        self._blocks = MentorBlocks(the, socket, staff.account_id)
        self._colleagues = ColleagueNews(the.live, socket, staff.account_id)

    async def begin(self) -> None:
        """Welcome her, and give her the seat that she has left, if there is one."""
        the, socket = self._the, self._socket
        await socket.send(frames.Welcome(SUITE, the.live.incarnation))
        first = frames.read_mentor_frame(await socket.receive_first())
        if not isinstance(first, frames.MentorJoin):
            raise MalformedError
        frames.require_version(first.version)
        self._key_id = first.key
        colleague = Colleague(first.key, self._staff.alias) if first.key else None
        await the.live.mentor_arrives(self._staff.account_id, socket.name, colleague)
        await self._join(first)

    def follow(self, wake: Callable[[], None], close: Callable[[int], None]) -> None:
        """Wake `tell` for news of her conversation, of the house and of the line; close when her session has ended."""
        the = self._the
        self._wake = wake
        self._bell.call(wake)
        the.house.follow(the.live, self._wake_for_house)
        self._line.follow(self._wake_for_line)
        self._forget_session = the.session_watch.call(
            self._staff.session_id, lambda: close(CloseCode.SIGNED_OUT)
        )

    async def leave(self) -> None:
        """Leave her seat and the house, unless a newer connection has taken her place."""
        the = self._the
        self._bell.close()
        the.house.unfollow(self._wake_for_house)
        if self._forget_session is not None:
            self._forget_session()
            self._forget_session = None
        await self._line.leave()
        if self._feed is not None:
            await the.live.depart(self._feed.seat, self._socket.name)
        await the.live.mentor_departs(self._staff.account_id, self._socket.name)

    def _wake_for_house(self) -> None:
        self._is_house_due = True
        if self._wake is not None:
            self._wake()

    def _wake_for_line(self) -> None:
        self._is_line_due = True
        if self._wake is not None:
            self._wake()

    async def _join(self, first: frames.MentorJoin) -> None:
        seat = await self._own_seat(first.ticket)
        if seat is None:
            state, missing = await self._known_duty()
        else:
            # A conversation goes on whatever is missing; whether she may take the next is looked at soon, and then.
            state, missing = await self._the.live.duty_of(self._staff.account_id), ()
            self._the.returns.set()
        self._told_duty = state
        conversation_id = seat.conversation_id if seat else None
        since_s = await self._the.live.on_duty_s(self._staff.account_id)
        await self._socket.send(frames.Ready(self._staff.alias, state, missing, since_s, conversation_id))
        if conversation_id is not None:
            position = first.after if first.incarnation == self._the.live.incarnation else 0
            await self._sit_down(conversation_id, position)

    async def _sit_down(self, conversation_id: str, position: int) -> None:
        """Take the seat on this connection and tell the page about it."""
        live = self._the.live
        conversation = await live.find(conversation_id)
        if conversation is None or conversation.mentor is None:
            return
        seat = seat_of_mentor(conversation_id, conversation.mentor)
        have = await live.have(seat)
        await live.arrive(seat, self._socket.name)
        since_s = await live.taken_s(conversation_id)
        await self._socket.send(frames.Taken(conversation_id, conversation.mentor.epoch, have, since_s))
        self._told_phase = self._told_view = None
        self._is_house_due = True
        self._bell.follow(seat_topic(conversation_id, seat.side))
        self._feed = Feed(
            live,
            self._the.tickets,
            self._the.clock,
            self._socket,
            seat,
            position=position,
            have=have,
        )
        self._bell.ring()

    async def _duty(self) -> tuple[DutyState, tuple[str, ...]]:
        """Return her duty state and what is missing; somebody no longer cleared is not on duty."""
        # Whoever asks the records must be in a task, and this may be told without one (attendance.py).
        await asyncio.sleep(0)
        the, account_id = self._the, self._staff.account_id
        missing = await clearing.missing_for_duty(the.staff, the.terms, account_id, self._key_id)
        state = await the.live.duty_of(account_id)
        if missing and state is DutyState.ON:
            await mentoring.set_duty(the.live, account_id, DutyState.OFF, missing=())
            state = DutyState.OFF
        return state, missing

    async def _known_duty(self) -> tuple[DutyState, tuple[str, ...]]:
        """Return the same; records that are away keep nobody from her conversation, and let nobody take the next."""
        try:
            return await self._duty()
        except RecordsAwayError:
            return await self._the.live.duty_of(self._staff.account_id), ()

    # -- telling

    async def tell(self) -> None:
        """Tell what is new in her conversation, and in the house and on the line when they have rung."""
        if self._is_house_due:
            self._is_house_due = False
            if await self._the.live.mentor_connection(self._staff.account_id) != self._socket.name:
                raise Closing(CloseCode.REPLACED)
            await self._tell_conversation()
            await self._tell_handover()
            await self._tell_duty()
            await self._tell_queue()
        else:
            await self._tell_conversation()
        if self._is_line_due:
            self._is_line_due = False
            await self._line.tell()

    async def _tell_conversation(self) -> None:
        feed = self._feed
        if feed is None:
            return
        view = await self._the.live.view(feed.seat.conversation_id)
        if view is None:
            by = await self._the.live.ended_by(feed.seat.conversation_id)
            await self._stand_up(feed, by or EndedBy.SILENCE)
            return
        if view is not self._told_view:
            mentor = view.conversation.mentor
            if mentor is None or mentor.sender != feed.seat.sender:
                await self._stand_up(feed, self._why_gone(view.conversation))
                return
            await self._tell_phase(view)
            self._told_view = view
        await feed.send_news(view)

    def _why_gone(self, conversation: Conversation) -> EndedBy:
        if conversation.mentor is not None:
            return EndedBy.HANDOVER
        return EndedBy.ANOTHER if self._key_id in conversation.avoids else EndedBy.DECLINED

    async def _stand_up(self, feed: Feed, by: EndedBy) -> None:
        self._feed = self._told_view = None
        self._bell.unfollow(seat_topic(feed.seat.conversation_id, feed.seat.side))
        await self._socket.send(frames.Ended(by))
        self._wake_for_house()

    async def _tell_phase(self, view: View) -> None:
        conversation = view.conversation
        news = frames.MentorPhase(
            view.phase, key_of(conversation.mentor), conversation.epoch, key_of(conversation.next)
        )
        if news != self._told_phase:
            self._told_phase = news
            await self._socket.send(news)

    async def _tell_handover(self) -> None:
        """Tell who could take over, or what she is asked to take over; sit down when that has been granted."""
        if self._feed is not None:
            await self._colleagues.tell_free()
            return
        conversation_id = await self._colleagues.tell_question()
        if conversation_id is None and not self._is_taking and (seat := await self._own_seat(None)):
            # After a restart her page may be here before the visitor's ticket has brought the conversation back.
            conversation_id = seat.conversation_id
        if conversation_id is not None:
            await self._sit_down(conversation_id, 0)

    async def _own_seat(self, ticket: str | None) -> Seat | None:
        the = self._the
        return await mentoring.return_to_seat(
            the.live,
            the.tickets,
            the.clock,
            account_id=self._staff.account_id,
            key_id=self._key_id,
            ticket=ticket,
        )

    async def _tell_duty(self) -> None:
        """Tell when her duty changed by another hand than hers: somebody no longer cleared is taken off duty."""
        if await self._the.live.duty_of(self._staff.account_id) is not self._told_duty:
            self._told_duty, missing = await self._known_duty()
            await self._send_duty(self._told_duty, missing)

    async def _tell_queue(self) -> None:
        news = await self._the.house.queue(self._the.live, self._the.clock)
        if news != self._told_queue:
            self._told_queue = news
            await self._socket.send(news)

    # -- listening

    async def hear(self, data: str | bytes) -> None:
        """Take one frame of hers; what is refused is answered."""
        frame = frames.read_mentor_frame(data)
        if not isinstance(frame, _OFTEN):
            # The records are asked, which only a task may do; and what she said before her end is told by then.
            await asyncio.sleep(0)
        try:
            await self._handle(frame)
        except RefusedError as error:
            await self._socket.refuse(error, frames.sequence_of(frame))

    async def _handle(self, frame: frames.MentorFrame) -> None:
        live = self._the.live
        match frame:
            case frames.MentorPost():
                await conversing.post_envelope(live, self._speaking(), frames.draft_of(frame))
                await self._socket.send(frames.Posted(frame.sequence))
            case frames.Received():
                await conversing.note_received(
                    live, self._seated().seat, sender=frame.sender, through=frame.through
                )
            case frames.PulseFrame():
                await conversing.send_pulse(live, self._seated().seat, Pulse(frame.typing, frame.visible))
            case frames.Beat():
                await self._socket.send(frames.Beat())
                if self._feed is not None and self._feed.ticket_is_old():
                    self._bell.ring()
            case frames.Take():
                await self._take()
            case frames.OutcomeFrame():
                await mentoring.note_outcome(live, self._the.tally, self._staff.account_id, frame.ticks)
            case frames.TurnDown():
                await mentoring.turn_down(live, self._staff.account_id)
            case frames.SetDuty():
                await self._set_duty(frame.state)
            case frames.End():
                await conversing.end(live, self._seated().seat)
            case frames.BlockFrame():
                await self._blocks.end_and_block(self._seated().seat)
            case frames.Unblock():
                await self._blocks.undo(frame.label)
            case Line() | LineGot() | LineHere():
                await self._line.hear(frame)
            case frames.MentorJoin():
                raise MalformedError("a second join")

    def _seated(self) -> Feed:
        if self._feed is None:
            raise OutOfTurnError
        return self._feed

    def _speaking(self) -> Seat:
        """Return the seat she posts from: her own, or the one she is asked to take."""
        if self._feed is None and self._colleagues.seat is not None:
            return self._colleagues.seat
        return self._seated().seat

    async def _take(self) -> None:
        _, missing = await self._duty()
        the = self._the
        self._is_taking = True
        try:
            conversation = await mentoring.take_next(
                the.live,
                the.settling,
                account_id=self._staff.account_id,
                key_id=self._key_id,
                missing=missing,
            )
            await self._sit_down(conversation.id, 0)
        finally:
            self._is_taking = False

    async def _set_duty(self, state: DutyState) -> None:
        _, missing = await self._duty()
        if state is not DutyState.ON or not missing:
            self._told_duty = state  # by this very answer; the bell that rings for it need not say it again
        await mentoring.set_duty(self._the.live, self._staff.account_id, state, missing=missing)
        await self._send_duty(state, missing)

    async def _send_duty(self, state: DutyState, missing: tuple[str, ...]) -> None:
        since_s = await self._the.live.on_duty_s(self._staff.account_id)
        await self._socket.send(frames.Duty(state, missing, since_s))
