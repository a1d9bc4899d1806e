"""The frames of the two sockets: what comes in, decoded with strict limits, and what goes out.

Written from docs/protocol.md; every valid and invalid example in tests/fixtures/frames/ is run through here and
through theme/static/js/transport/frames.js. Knows no rule of the conversation: that is `usecases/`.
"""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from chatservice.domain.conversation import EndedBy, Phase
from chatservice.domain.duty import DutyState
from chatservice.domain.envelope import Draft, Envelope, KindName
from chatservice.domain.sealing import SUITE
from chatservice.domain.statistics import Outcome
from chatservice.errors import MalformedError, WrongVersionError
from chatservice.web.line_frames import Line, LineGot, LineHere, LineNewsFrame

T = TypeVar("T")

LARGEST_FRAME_BYTES = 65_536
_LARGEST_BODY = 24_000
_LARGEST_COUNT = 2**53 - 1

Count = Annotated[int, Meta(ge=0, le=_LARGEST_COUNT)]
Epoch = Annotated[int, Meta(ge=0, le=2**32 - 1)]
NextEpoch = Annotated[int, Meta(ge=1, le=2**32 - 1)]
ThirtyTwoBytes = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
PublicKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{87}\Z")]
Signature = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{86}\Z")]
KeyId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")]
SenderName = Annotated[str, Meta(pattern=r"^(visitor|mentor:[A-Za-z0-9_-]{22})\Z")]
Ticket = Annotated[str, Meta(min_length=1, max_length=2048, pattern=r"^[A-Za-z0-9._-]+\Z")]
Incarnation = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
BlockLabel = Annotated[str, Meta(pattern=r"^[A-Z2-9]{4}\Z")]
Body = Annotated[str, Meta(min_length=1, max_length=_LARGEST_BODY)]


class _Frame(Struct, forbid_unknown_fields=True, tag_field="type", gc=False):
    """What all frames share."""


# -- from both


class Received(_Frame, tag="received"):
    """The browser has a sender's envelopes below `through`."""

    sender: SenderName
    through: Count


class End(_Frame, tag="end"):
    """Ends the conversation for both."""


class Beat(_Frame, tag="beat"):
    """A sign of life; answered in kind."""


class PulseFrame(_Frame, tag="pulse"):
    """Typing right now, and the page in front; sent again every third second while typing."""

    typing: bool
    visible: bool


# -- from the visitor


class VisitorJoin(_Frame, tag="join"):
    """The visitor's first frame."""

    version: Annotated[str, Meta(min_length=1, max_length=32)]
    conversation: ThirtyTwoBytes
    key: PublicKey
    token: ThirtyTwoBytes
    proof: Signature
    ticket: Ticket | None
    incarnation: Incarnation | None
    after: Count


class VisitorPost(_Frame, tag="post"):
    """A sealed envelope of the visitor's."""

    sequence: Count
    epoch: Epoch
    kind: Literal["message", "grant"]
    body: Body


class Decline(_Frame, tag="decline"):
    """Refuses the present offer."""

    epoch: NextEpoch
    reason: Literal["certificate", "visitor"]


class Another(_Frame, tag="another"):
    """Asks for another mentor."""


class Consent(_Frame, tag="consent"):
    """Agrees that the present mentor hands over to the colleague with this key."""

    mentor: KeyId


class Leave(_Frame, tag="leave"):
    """Leaves the queue."""


class WorkDone(_Frame, tag="work"):
    """The number that the server asked a newcomer to find."""

    number: Annotated[int, Meta(ge=0, le=2**32 - 1)]


# -- from the mentor


class MentorJoin(_Frame, tag="join"):
    """The mentor's first frame; her account comes from the session, never from here."""

    version: Annotated[str, Meta(min_length=1, max_length=32)]
    key: KeyId | None
    ticket: Ticket | None
    incarnation: Incarnation | None
    after: Count


class MentorPost(_Frame, tag="post"):
    """A sealed envelope of the mentor's."""

    sequence: Count
    epoch: NextEpoch
    kind: Literal["message", "offer"]
    body: Body


class SetDuty(_Frame, tag="duty"):
    """Goes on duty, pauses, or ends it."""

    state: DutyState


class OutcomeFrame(_Frame, tag="outcome"):
    """How the latest conversation went, by ticks."""

    ticks: Annotated[tuple[Outcome, ...], Meta(min_length=1, max_length=len(Outcome))]


class Take(_Frame, tag="take"):
    """Takes whoever has waited longest."""


class BlockFrame(_Frame, tag="block"):
    """Ends the conversation for both, and lets no new one begin from the visitor's connection for a while."""


class Unblock(_Frame, tag="unblock"):
    """Takes back a block that this mentor set."""

    label: BlockLabel


class TurnDown(_Frame, tag="turn_down"):
    """Says no to a conversation that a colleague wants to hand over."""


VisitorFrame = (
    VisitorJoin | WorkDone | VisitorPost | Received | PulseFrame | Decline | Another | Consent
    | Leave | End | Beat
)  # fmt: skip
MentorFrame = (
    MentorJoin | MentorPost | SetDuty | Take | TurnDown | OutcomeFrame | Received | PulseFrame | End
    | BlockFrame | Unblock | Line | LineGot | LineHere | Beat
)  # fmt: skip

# -- to the browsers


class Welcome(_Frame, tag="welcome", omit_defaults=True):
    """The server's first frame; only the visitor gets a challenge."""

    version: str
    incarnation: str
    challenge: str | None = None


class Joined(_Frame, tag="joined"):
    """The visitor has her seat."""

    conversation: str
    share: str
    have: int
    epoch: int
    new: bool


class WorkAsked(_Frame, tag="work"):
    """A newcomer's browser finds the number before it gets its seat: domain/work.py."""

    salt: str
    target: str
    ceiling: int
    rounds: int


class VisitorPhase(_Frame, tag="phase"):
    """Where the conversation is, as the visitor sees it; `wait_min` is the usual wait in minutes, if known."""

    phase: Phase
    place: int | None
    mentor: str | None
    epoch: int
    next: str | None
    wait_min: tuple[int, int] | None


class MentorPhase(_Frame, tag="phase"):
    """Where the conversation is, as the mentor sees it."""

    phase: Phase
    mentor: str | None
    epoch: int
    next: str | None


class TicketFrame(_Frame, tag="ticket"):
    """The newest ticket; the page keeps it."""

    ticket: str


class EnvelopeFrame(_Frame, tag="envelope"):
    """The log's next entry."""

    position: int
    sender: str
    sequence: int
    epoch: int
    kind: KindName
    body: str


class Posted(_Frame, tag="posted"):
    """The server has an envelope."""

    sequence: int


class Delivered(_Frame, tag="delivered"):
    """The other browser has this sender's envelopes below `through`."""

    through: int


class Peer(_Frame, tag="peer"):
    """Whether the other side is there, types, and has the page in front; `since_s` is how long it has been so.

    A visitor is never told whether the mentor looks at the page: her `visible` is always true.
    """

    present: bool
    typing: bool
    visible: bool
    since_s: int


class Ended(_Frame, tag="ended"):
    """The conversation is over and erased here."""

    by: EndedBy


class ErrorFrame(_Frame, tag="error"):
    """Something was refused."""

    code: str
    detail: dict[str, object]


class Restarting(_Frame, tag="restarting"):
    """A planned restart; come back with jitter."""


class Ready(_Frame, tag="ready"):
    """The mentor's place in the house; `since_s` is how long she has been on duty without a pause."""

    account_alias: str
    state: DutyState
    missing: tuple[str, ...]
    since_s: int
    conversation: str | None


class Duty(_Frame, tag="duty"):
    """The mentor's duty as the server has it, and for how long it has been so without a pause."""

    state: DutyState
    missing: tuple[str, ...]
    since_s: int


class QueueFrame(_Frame, tag="queue"):
    """How many wait, and for how long (whole seconds, oldest first, at most 50)."""

    waiting: tuple[int, ...]
    count: int


class Taken(_Frame, tag="taken"):
    """A conversation is this mentor's; `epoch` is the one to offer for, `since_s` how long ago it was first taken."""

    conversation: str
    epoch: int
    have: int
    since_s: int


class ColleagueEntry(Struct, gc=False):
    """A colleague who could take over now."""

    key: str
    alias: str


class Colleagues(_Frame, tag="colleagues"):
    """The colleagues who could take over now; told to a mentor who has a conversation."""

    colleagues: tuple[ColleagueEntry, ...]


class Asked(_Frame, tag="asked"):
    """A colleague wants to hand a conversation over, and its visitor agrees; `epoch` is the one to offer for."""

    conversation: str
    epoch: int
    by: str


class Unasked(_Frame, tag="unasked"):
    """The conversation stays where it is."""

    conversation: str


class Blocked(_Frame, tag="blocked"):
    """The conversation is over; `label` names the block, None when the connection could not be blocked."""

    label: str | None


class Unblocked(_Frame, tag="unblocked"):
    """The block is lifted, or was over already."""

    label: str


OutgoingFrame = (
    Welcome
    | Joined
    | VisitorPhase
    | WorkAsked
    | MentorPhase
    | TicketFrame
    | EnvelopeFrame
    | Posted
    | Delivered
    | Peer
    | Ended
    | ErrorFrame
    | Restarting
    | Ready
    | Duty
    | QueueFrame
    | Taken
    | Blocked
    | Unblocked
    | Colleagues
    | Asked
    | Unasked
    | LineNewsFrame
    | Beat
)

_visitor_decoder = msgspec.json.Decoder(VisitorFrame, strict=True)
_mentor_decoder = msgspec.json.Decoder(MentorFrame, strict=True)
_encoder = msgspec.json.Encoder()


def read_visitor_frame(data: str | bytes) -> VisitorFrame:
    """Decode what a visitor's browser sent. Raises `MalformedError`; the error never quotes the frame."""
    return read_frame(_visitor_decoder, data)


def read_mentor_frame(data: str | bytes) -> MentorFrame:
    """Decode what a mentor's browser sent. Raises `MalformedError`; the error never quotes the frame."""
    return read_frame(_mentor_decoder, data)


def require_version(version: str) -> None:
    """Raise `WrongVersionError` for another protocol than ours."""
    if version != SUITE:
        raise WrongVersionError


def draft_of(frame: VisitorPost | MentorPost) -> Draft:
    """Return the envelope that a `post` frame carries."""
    return Draft(frame.sequence, frame.epoch, frame.kind, frame.body)


def sequence_of(frame: VisitorFrame | MentorFrame) -> int | None:
    """Return the number of a posted envelope, so that a refusal can say which one it means."""
    return frame.sequence if isinstance(frame, (VisitorPost, MentorPost)) else None


def envelope_frame(envelope: Envelope) -> EnvelopeFrame:
    """Return the frame that carries an envelope to a browser."""
    return EnvelopeFrame(
        envelope.position,
        envelope.sender,
        envelope.sequence,
        envelope.epoch,
        envelope.kind,
        envelope.body,
    )


encode_frame: Callable[[OutgoingFrame], bytes] = _encoder.encode
"""Encodes a frame as the bytes of the JSON text that goes on the wire."""


def write_frame(frame: OutgoingFrame) -> str:
    """Encode a frame as the JSON text that goes on the wire."""
    return encode_frame(frame).decode()


def read_frame(decoder: msgspec.json.Decoder[T], data: str | bytes) -> T:
    """Decode what a browser sent. Raises `MalformedError`; the error never quotes the frame."""
    if isinstance(data, bytes) or len(data) > LARGEST_FRAME_BYTES:
        raise MalformedError("not a text frame")
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeEncodeError):
        # Without the cause: msgspec quotes what it read, and nothing a visitor wrote belongs in an error.
        raise MalformedError("not a frame of ours") from None
