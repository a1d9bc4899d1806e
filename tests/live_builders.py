"""Builders for tests of conversations: a clock to move by hand, visitors with real keys, and drafts of envelopes."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.domain.conversation import Conversation
from chatservice.domain.envelope import Draft, KindName
from chatservice.domain.seat import Seat, visitor_seat
from chatservice.ports import Bell, LiveStore
from chatservice.usecases.visiting import VisitorJoin, hash_token

EVENING = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
KEY_ID = "kyWU4EjKszK6GIe19rYuuw"
OTHER_KEY_ID = "AAAA4EjKszK6GIe19rYuuw"


@dataclass
class HandClock:
    """A clock that moves only when told to."""

    at: datetime = EVENING
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.seconds

    def pass_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass
class VisitorKeys:
    """What a visitor's browser makes at the start."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    token: str = field(default_factory=lambda: sealing.to_base64url(secrets.token_bytes(32)))

    @property
    def public(self) -> bytes:
        return sealing.public_bytes(self.private)

    @property
    def conversation_id(self) -> str:
        return sealing.to_base64url(sealing.conversation_id(self.public))

    def join(self, challenge: bytes, *, ticket: str | None = None, returning: bool = False) -> VisitorJoin:
        """Return an honest claim to this conversation."""
        proof = sealing.sign(
            self.private, "stodchatt/1 ownership", sealing.from_base64url(self.conversation_id), challenge
        )
        return VisitorJoin(
            self.conversation_id,
            sealing.to_base64url(self.public),
            self.token,
            sealing.to_base64url(proof),
            ticket,
            returning,
        )


def waiting_conversation(name: str = "a", *, since_ms: int = 1) -> Conversation:
    """Return a conversation that waits; `name` stands for its id."""
    return Conversation(name, hash_token("token " + name), since_ms, "share")


def seat_in(name: str = "a") -> Seat:
    """Return the visitor's seat in `waiting_conversation(name)`."""
    return visitor_seat(name)


async def has_rung(live: LiveStore, bell: Bell) -> bool:
    """Say whether a bell has rung since it was last asked, once every ring that is under way has come."""
    if not live.answers_at_once:
        fence = live.listen("fence")  # rings when it is hung, behind everything that rang before
        await asyncio.wait_for(fence.wait(), 20)
        fence.close()
    waiting = asyncio.ensure_future(bell.wait())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rang = waiting.done()
    waiting.cancel()
    return rang


def draft(sequence: int, *, epoch: int = 0, kind: KindName = "message", body: str | None = None) -> Draft:
    """Return an envelope on its way in; its body is different for every number unless given."""
    return Draft(sequence, epoch, kind, body if body is not None else f"sealed {sequence}")
