"""What a seat is told: the pump reads the view and the log, and sends what is new since it looked last.

"The bell rings, the log answers": live delivery, coming back and handover all take this one path.
"""

from chatservice.domain.seat import Seat, Side
from chatservice.ports import Clock, LiveStore, Presence, View, now_ms
from chatservice.usecases.tickets import RENEW_AFTER_S, TicketBook
from chatservice.web.frames import Delivered, Peer, TicketFrame, envelope_frame
from chatservice.web.sockets import CloseCode, Closing, Socket

_AT_ONCE = 100


class Feed:
    """The news of one seat on one connection.

    `position` is the last entry of the log that the browser has. Entries of its own are sent only up to `have`, those
    it posted before this connection; what it posts now it knows already.
    """

    __slots__ = (
        "_clock", "_conversation", "_delivered", "_have", "_live", "_peer", "_position", "_socket", "_ticket_s",
        "_tickets", "_view", "seat",
    )  # fmt: skip

    def __init__(
        self, live: LiveStore, tickets: TicketBook, clock: Clock, socket: Socket, seat: Seat,
        *, position: int, have: int,
    ) -> None:  # fmt: skip
        self._live = live
        self._tickets = tickets
        self._clock = clock
        self._socket = socket
        self.seat = seat
        """Whose news this is."""
        self._view: View | None = None
        self._position = position
        self._have = have
        self._conversation: object = None
        self._ticket_s = 0.0
        self._peer: Presence | None = None
        self._delivered = 0

    def ticket_is_old(self) -> bool:
        """Say whether the browser should get a fresh ticket."""
        return self._clock.monotonic_s() - self._ticket_s > RENEW_AFTER_S

    async def send_news(self, view: View) -> None:
        """Send ticket, presence, receipts and envelopes that are new. Leaves when a newer tab has the seat."""
        if view is not self._view or self.ticket_is_old():
            await self._send_standing(view)
            self._view = view
        await self._send_envelopes()
        through = view.received.get(self.seat.sender, 0)
        if through > self._delivered:
            self._delivered = through
            await self._socket.send(Delivered(through))

    async def _send_standing(self, view: View) -> None:
        """Send what is neither an envelope nor a receipt."""
        side = self.seat.side
        if view.presence[side].connection != self._socket.name:
            raise Closing(CloseCode.REPLACED)
        if view.conversation is not self._conversation or self.ticket_is_old():
            self._conversation = view.conversation
            self._ticket_s = self._clock.monotonic_s()
            ticket = self._tickets.issue(view.conversation, side, now_ms=now_ms(self._clock))
            await self._socket.send(TicketFrame(ticket))
        await self._send_peer(view)

    async def _send_peer(self, view: View) -> None:
        peer = view.presence[self.seat.side.other]
        if view.conversation.mentor is None or peer is self._peer:
            return
        self._peer = peer
        present = peer.connection is not None
        visible = peer.pulse.visible or self.seat.side is Side.VISITOR
        since_s = int(self._clock.monotonic_s() - peer.changed_s)
        await self._socket.send(Peer(present, present and peer.pulse.typing, visible, since_s))

    async def _send_envelopes(self) -> None:
        while True:
            entries = await self._live.envelopes_after(
                self.seat.conversation_id, self._position, limit=_AT_ONCE
            )
            for envelope in entries:
                self._position = envelope.position
                if envelope.sender != self.seat.sender or envelope.sequence < self._have:
                    await self._socket.send(envelope_frame(envelope))
                    self._socket.meter.delivered += 1
            if len(entries) < _AT_ONCE:
                return
