"""What a view or a socket may ask for, put together once in `app.py`."""

import asyncio
from dataclasses import dataclass, field
from typing import cast

from quart import current_app

from chatservice.agreements import Agreement
from chatservice.catalogue import PhraseGroup, ReferralCard
from chatservice.domain.opening_hours import Schedule
from chatservice.domain.statistics import OPENED
from chatservice.meter import Meter
from chatservice.organisation import HelpNumber, Organisation
from chatservice.ports import Clock, Lines, LiveStore, Records, Settling, Starts, Tally
from chatservice.settings import Settings
from chatservice.usecases.accounts import StaffDesk
from chatservice.usecases.clearing import Terms
from chatservice.usecases.feedback import FeedbackDesk
from chatservice.usecases.hours import HoursDesk
from chatservice.usecases.letters import Inbox
from chatservice.usecases.opening import OpeningStatus, admit, opening_status
from chatservice.usecases.tickets import TicketBook
from chatservice.web.house import House
from chatservice.web.letter_limits import LetterLimits
from chatservice.web.open_sockets import OpenSockets
from chatservice.web.session_watch import SessionWatch
from chatservice.web.sign_in_delay import SignInDelays

EXTENSION = "chat"


@dataclass(frozen=True, slots=True)
class Parts:
    """The service's parts. `draining` is set when a planned restart begins; without an inbox key there is no inbox.

    `returns` is set when a mentor has come back to her seat unlooked at (keepers.py).

    `schedule` is the published week of the data files; `hours` knows the days that coordinators have changed too.
    """

    settings: Settings
    clock: Clock
    records: Records
    staff: StaffDesk
    live: LiveStore
    tally: Tally
    lines: Lines
    starts: Starts
    organisation: Organisation
    schedule: Schedule
    hours: HoursDesk
    help_numbers: tuple[HelpNumber, ...]
    phrases: tuple[PhraseGroup, ...]
    referral_cards: tuple[ReferralCard, ...]
    agreements: tuple[Agreement, ...]
    terms: Terms
    tickets: TicketBook
    settling: Settling
    sign_in_delays: SignInDelays
    letter_limits: LetterLimits
    answer_limits: LetterLimits
    draining: asyncio.Event
    session_watch: SessionWatch
    inbox: Inbox | None
    feedback: FeedbackDesk
    meter: Meter = field(default_factory=Meter)
    open_sockets: OpenSockets = field(default_factory=OpenSockets)
    house: House = field(default_factory=House)
    returns: asyncio.Event = field(default_factory=asyncio.Event)

    async def opening_status(self) -> OpeningStatus:
        """Answer whether the chat is open now; everybody asks here."""
        return await opening_status(
            hours=await self.hours.now(),
            live=self.live,
            clock=self.clock,
            queue_cap=self.settings.queue_cap,
        )

    async def admit(self) -> None:
        """Let a new conversation begin. Raises `ClosedError` or `FullError`."""
        self.tally.count(OPENED)
        admit(await self.opening_status())


def parts() -> Parts:
    """Return the parts of the running app."""
    return cast("Parts", current_app.extensions[EXTENSION])
