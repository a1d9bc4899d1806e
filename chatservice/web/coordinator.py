"""The coordinator's first page and its socket: counts, what there is to do, and mentors' questions.

No conversation can be seen from here, because there is no way to one: a mentor's question holds what she typed and is
sealed to this page (`line.py`).
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from quart import Blueprint
from quart.typing import ResponseReturnValue

from chatservice import theming
from chatservice.domain.certification import Role
from chatservice.domain.opening_words import Translate, clock_words, headline_words
from chatservice.domain.sealing import SUITE
from chatservice.errors import MalformedError
from chatservice.ports import now_ms
from chatservice.usecases.clearing import ending_soon_count
from chatservice.usecases.office_tasks import office_tasks
from chatservice.usecases.opening import OpeningStatus
from chatservice.web import frames
from chatservice.web.access import StaffIdentity, staff_on_socket, staff_required
from chatservice.web.coordinator_frames import CoordinatorJoin, read_coordinator_frame
from chatservice.web.handshakes import require_origin, run_socket
from chatservice.web.hours import state_values
from chatservice.web.languages import N_, current_language
from chatservice.web.line import CoordinatorLine
from chatservice.web.line_frames import Counts
from chatservice.web.office import office_page
from chatservice.web.parts import Parts, parts
from chatservice.web.rota_words import rota_desk
from chatservice.web.sockets import CloseCode, Socket
from chatservice.web.status import detail_words

blueprint = Blueprint("coordinator", __name__)
_TELL_WAITS_EVERY_S: Final = 15.0


@blueprint.get("/samordnare/")
@staff_required(Role.COORDINATOR)
async def overview() -> ResponseReturnValue:
    """Show the counts and what waits for the coordinator."""
    the = parts()
    status = await the.opening_status()
    return await office_page(
        "coordinator.html",
        room="/samordnare/",
        counts=await _counts(the),
        opening=_opening_words(status, partial(theming.translate, language=current_language())),
        opening_reason=status.reason,
        can_stop=status.reason not in {"schedule", "override"},
        is_stopped=any(state.kind == "stopped" for state in await the.hours.states()),
        tasks=await office_tasks(
            the.records,
            the.live,
            await rota_desk(the),
            ending=await ending_soon_count(the.staff, the.terms),
        ),
        **await state_values(the),
    )


async def _counts(the: Parts) -> Counts:
    live = the.live
    queue = await live.queue_view(limit=1)
    longest_wait_s = max(0, now_ms(the.clock) - queue.since_ms[0]) // 1000 if queue.since_ms else 0
    return Counts(
        queue.count,
        longest_wait_s,
        await live.talking_count(),
        await live.duty_count(),
        await live.paused_count(),
    )


def _opening_words(status: OpeningStatus, translate: Translate) -> str:
    """Say whether somebody can come to the chat, until when, or why not."""
    if status.open and status.closes is not None and status.closes - status.at < timedelta(days=1):
        return translate(N_("Chatten är öppen till kl. %(time)s.")) % {"time": clock_words(status.closes)}
    if status.open:
        return translate(N_("Chatten är öppen."))
    headline = headline_words(is_open=False, closes_soon=status.reason == "last_entry", translate=translate)
    detail = detail_words(status, translate).removesuffix(".")
    return f"{headline}. {detail}." if detail else f"{headline}."


@blueprint.websocket("/chatt/ws/samordnare")
async def coordinator_socket() -> None:
    """Carry the counts and the line to the mentors."""
    the = parts()
    require_origin(the)
    staff = await staff_on_socket(Role.COORDINATOR)
    await run_socket(the, lambda socket: _CoordinatorConnection(the, socket, staff))


class _CoordinatorConnection:
    """One page of a coordinator's, from welcome to close; see `attendance.Talk`."""

    def __init__(self, the: Parts, socket: Socket, staff: StaffIdentity) -> None:
        self._the = the
        self._socket = socket
        self._staff = staff
        self._line = CoordinatorLine(the.lines, the.clock, socket, staff.account_id)
        self._told: Counts | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._wake: Callable[[], None] | None = None
        self._forget_session: Callable[[], None] | None = None

    async def begin(self) -> None:
        """Welcome her, and open the line to the mentors."""
        the, socket = self._the, self._socket
        await socket.send(frames.Welcome(SUITE, the.live.incarnation))
        first = read_coordinator_frame(await socket.receive_first())
        if not isinstance(first, CoordinatorJoin):
            raise MalformedError
        frames.require_version(first.version)
        await self._line.arrive(first.key, first.pages)

    def follow(self, wake: Callable[[], None], close: Callable[[int], None]) -> None:
        """Wake `tell` for news of the house and of the line, and now and then; close when her session has ended."""
        the = self._the
        self._wake = wake
        the.house.follow(the.live, wake)
        self._line.follow(wake)
        self._forget_session = the.session_watch.call(
            self._staff.session_id, lambda: close(CloseCode.SIGNED_OUT)
        )

    async def leave(self) -> None:
        """Leave the line and the house."""
        if self._wake is not None:
            self._the.house.unfollow(self._wake)
        if self._timer is not None:
            self._timer.cancel()
        if self._forget_session is not None:
            self._forget_session()
            self._forget_session = None
        await self._line.leave()

    async def tell(self) -> None:
        """Tell the counts, when they have changed, and what the mentors say."""
        counts = await _counts(self._the)
        if counts != self._told:
            self._told = counts
            await self._socket.send(counts)
        await self._line.tell()
        if self._timer is not None:
            self._timer.cancel()
        if self._wake is not None:
            self._timer = asyncio.get_running_loop().call_later(_TELL_WAITS_EVERY_S, self._wake)

    async def hear(self, data: str | bytes) -> None:
        """Take one frame of hers. Raises `MalformedError`."""
        frame = read_coordinator_frame(data)
        match frame:
            case frames.Beat():
                await self._socket.send(frames.Beat())
            case CoordinatorJoin():
                raise MalformedError("a second join")
            case _:
                await self._line.hear(frame)
