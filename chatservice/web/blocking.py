"""Blocks against abuse, for a mentor's connection and for the coordinators' inbox.

Knows the frames and the form. Rules and keeping stand in usecases/blocking.py and live/blocks.py.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from quart import Blueprint
from quart.typing import ResponseReturnValue

from chatservice.domain.audit import Act
from chatservice.domain.certification import Role
from chatservice.domain.opening_words import clock_words, date_words
from chatservice.domain.seat import Seat
from chatservice.usecases import blocking
from chatservice.usecases.auditing import note
from chatservice.web import frames
from chatservice.web.access import signed_in_staff, staff_required
from chatservice.web.forms import BlockForm, read_form
from chatservice.web.office import done
from chatservice.web.parts import Parts, parts
from chatservice.web.sockets import Socket

blueprint = Blueprint("blocking", __name__)

LIFT_PATH = "/samordnare/hav-sparr"
INBOX_PATH = "/samordnare/inkorg/"


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block in the words of the inbox."""

    label: str
    since: str
    until: str


@blueprint.post(LIFT_PATH)
@staff_required(Role.COORDINATOR)
async def lift() -> ResponseReturnValue:
    """Lift a block; one that is over already is lifted too."""
    the, form, staff = parts(), await read_form(BlockForm), await signed_in_staff()
    await blocking.lift_block(the.live, the.records.audit_log, the.clock, form.label, by=staff.account_id)
    return done(INBOX_PATH, "sparr")


async def block_rows(the: Parts) -> list[BlockRow]:
    """Return the blocks that hold now, the oldest first."""
    zone = the.schedule.zone
    return [
        BlockRow(block.label, _instant_words(block.since, zone), _instant_words(block.until, zone))
        for block in await the.live.blocks.in_force()
    ]


def duration_words(block_s: float) -> tuple[int, str]:
    """Return a number and "hours" or "minutes", as a block's length is said."""
    if block_s >= 3600:
        return round(block_s / 3600), "hours"
    return max(1, round(block_s / 60)), "minutes"


class MentorBlocks:
    """What one mentor's connection may do about abuse."""

    def __init__(self, the: Parts, socket: Socket, account_id: int) -> None:
        self._the = the
        self._socket = socket
        self._account_id = account_id

    async def end_and_block(self, seat: Seat) -> None:
        """End her conversation, block its connection, and tell her the label."""
        block = await blocking.end_and_block(
            self._the.live, seat, account_id=self._account_id, block_s=self._the.settings.block_s
        )
        if block is not None:
            await self._note(Act.BLOCK_SET)
        await self._socket.send(frames.Blocked(block.label if block else None))

    async def undo(self, label: str) -> None:
        """Take her own block back. One that is over already is no mistake."""
        if await blocking.undo_block(self._the.live, label, account_id=self._account_id):
            await self._note(Act.BLOCK_LIFTED)
        await self._socket.send(frames.Unblocked(label))

    async def _note(self, act: Act) -> None:
        await note(self._the.records.audit_log, self._the.clock, self._account_id, act)


def _instant_words(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{date_words(local.date(), year=False)} kl. {clock_words(local)}"
