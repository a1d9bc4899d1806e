"""The coordinator's first page and its socket: counts, browser keys that wait to be signed, and mentors' questions.

No conversation can be seen from here, because there is no way to one: a mentor's question holds what she typed and is
sealed to this page (`line.py`).
"""

import asyncio
from dataclasses import dataclass

from quart import Blueprint, abort
from quart.typing import ResponseReturnValue

from chatservice.domain.certification import Role
from chatservice.domain.sealing import SUITE
from chatservice.errors import MalformedError
from chatservice.ports import QUEUE_TOPIC
from chatservice.usecases.certifying import fingerprint
from chatservice.web import frames
from chatservice.web.access import StaffIdentity, current_staff, staff_required
from chatservice.web.coordinator_frames import CoordinatorJoin, read_coordinator_frame
from chatservice.web.line import CoordinatorLine
from chatservice.web.line_frames import Counts
from chatservice.web.office import office_page
from chatservice.web.parts import Parts, parts
from chatservice.web.sockets import Socket, close_when_signed_out, require_origin, run_socket

blueprint = Blueprint("coordinator", __name__)


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """A browser key that waits to be signed, in the words of the page."""

    alias: str
    key_id: str
    fingerprint: str


@blueprint.get("/samordnare/")
@staff_required(Role.COORDINATOR)
async def overview() -> ResponseReturnValue:
    """Show the counts and what waits for the coordinator."""
    the = parts()
    aliases = {account.id: account.alias for account in await the.records.accounts.everybody()}
    waiting_keys = [
        WaitingKey(aliases[request.account_id], request.key_id, fingerprint(request.key_id))
        for request in await the.records.certificates.requests()
    ]
    return await office_page(
        "coordinator.html",
        room="/samordnare/",
        on_duty=await the.live.duty_count(),
        waiting=await the.live.waiting_count(),
        waiting_keys=waiting_keys,
    )


@blueprint.websocket("/chatt/ws/samordnare")
async def coordinator_socket() -> None:
    """Carry the counts and the line to the mentors."""
    the = parts()
    require_origin(the)
    staff = await current_staff()
    if staff is None or staff.role is not Role.COORDINATOR:
        abort(401)
    await run_socket(the, lambda socket: _CoordinatorConnection(the, socket, staff).serve())


class _CoordinatorConnection:
    """One page of a coordinator's, from welcome to close."""

    def __init__(self, the: Parts, socket: Socket, staff: StaffIdentity) -> None:
        self._the = the
        self._socket = socket
        self._staff = staff
        self._line = CoordinatorLine(the.lines, the.clock, socket, staff.account_id)

    async def serve(self) -> None:
        """Welcome, join, then listen and tell until the page or the session is gone."""
        the, socket = self._the, self._socket
        await socket.send(frames.Welcome(SUITE, the.live.incarnation))
        first = read_coordinator_frame(await socket.receive_first())
        if not isinstance(first, CoordinatorJoin):
            raise MalformedError
        frames.require_version(first.version)
        try:
            await self._line.arrive(first.key, first.pages)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell_counts())
                tasks.create_task(self._line.tell())
                tasks.create_task(self._listen())
                tasks.create_task(close_when_signed_out(the.session_watch, self._staff.session_id))
        finally:
            await self._line.leave()

    async def _tell_counts(self) -> None:
        live = self._the.live
        bell, told = live.listen(QUEUE_TOPIC), None
        try:
            while True:
                counts = Counts(await live.duty_count(), await live.waiting_count())
                if counts != told:
                    told = counts
                    await self._socket.send(counts)
                await bell.wait()
        finally:
            bell.close()

    async def _listen(self) -> None:
        while True:
            frame = read_coordinator_frame(await self._socket.receive())
            match frame:
                case frames.Beat():
                    await self._socket.send(frames.Beat())
                case CoordinatorJoin():
                    raise MalformedError("a second join")
                case _:
                    await self._line.hear(frame)
