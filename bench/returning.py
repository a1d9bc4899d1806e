"""Participants who come back after a server has ended without a word, all at once, from one process.

Each opens her socket again (the mentor with her session's cookie), waits for `welcome`, joins with her ticket (the
visitor with a proof over the new challenge), posts what the service has forgotten, and is back when the service says
that she is let in, together when it says that both talk. What can be made beforehand is: see prepared_proof.py.
Users of a peer sign in anew and are back when they have a name again: XMPP brings no conversation back.
"""

import base64
import json
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.bare_socket import ADDRESS, CLOSE, frame_of, handshake, split_frame
from bench.pairs import End, Pair
from bench.peer import HEADERS, STEPS
from bench.prepared_proof import PreparedProof
from tools.participants.encoding import from_base64url, to_base64url, write_json
from tools.participants.mentor import Mentor
from tools.participants.suite import SECRET_BYTES
from tools.participants.visitor import Visitor

SELECT_S = 0.5


@dataclass
class OnTheWay:
    """Somebody on the way back, whatever is said there."""

    request: bytes
    port: int
    line: socket.socket = field(default_factory=socket.socket)
    received: bytearray = field(default_factory=bytearray)
    stage: str = "away"
    in_s: float = 0.0
    together_s: float = 0.0

    def open(self) -> socket.socket:
        """Begin to connect."""
        self.line = socket.socket()
        self.line.setblocking(False)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.connect_ex((ADDRESS, self.port))
        self.received.clear()
        self.stage = "connecting"
        self.in_s = self.together_s = 0.0
        return self.line

    def connected(self) -> None:
        """Send the handshake."""
        self.line.sendall(self.request)
        self.stage = "handshake"

    def read(self) -> None:
        """Take what has come. Raises RuntimeError when the service refuses or hangs up."""
        part = self.line.recv(65_536)
        if not part:
            raise RuntimeError(f"hung up during {self.stage}")
        self.received += part
        if self.stage == "handshake":
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            if bytes(self.received[9:12]) != b"101":
                raise RuntimeError(f"refused: {bytes(self.received[:40])!r}")
            del self.received[: end + 4]
            self.stage = "welcome"
            self._opened()
        while (frame := split_frame(self.received)) is not None:
            kind, payload, taken = frame
            del self.received[:taken]
            if kind == CLOSE:
                raise RuntimeError(f"closed during {self.stage}: {payload!r}")
            self._hear(payload)

    def _opened(self) -> None:
        """Say what is to be said first, if anything."""

    def _hear(self, payload: bytes) -> None:
        raise NotImplementedError


@dataclass
class Returning(OnTheWay):
    """One participant of ours."""

    join: tuple[str, str] = ("", "")
    """The frame before and after the proof; a mentor's has no second half."""
    let_in: bytes = b""
    posts: bytes = b""
    proof: PreparedProof | None = None

    def _hear(self, payload: bytes) -> None:
        if self.stage == "welcome":
            self._join(payload)
        elif payload.startswith(b'{"type":"error"'):
            raise RuntimeError(f"refused: {payload.decode()}")
        elif self.stage == "joining" and payload.startswith(self.let_in):
            self.in_s = time.monotonic()
            self.stage = "in"
            self.line.sendall(self.posts)
        elif self.stage == "in" and payload.startswith(b'{"type":"phase"') and b'"talking"' in payload:
            self.together_s = time.monotonic()
            self.stage = "together"

    def _join(self, welcome: bytes) -> None:
        before, after = self.join
        if self.proof is not None:
            challenge = json.loads(welcome)["challenge"]
            before += self.proof.answer(from_base64url(challenge, SECRET_BYTES))
        self.line.sendall(frame_of((before + after).encode()))
        self.stage = "joining"


@dataclass
class SigningIn(OnTheWay):
    """One anonymous user of a peer."""

    steps: int = 0
    heard: str = ""

    def _opened(self) -> None:
        self.steps, self.heard = 0, ""
        self._say()

    def _say(self) -> None:
        self.line.sendall(frame_of(STEPS[self.steps][0].encode()))
        self.stage = "joining"

    def _hear(self, payload: bytes) -> None:
        self.heard += payload.decode()
        if self.stage != "joining" or STEPS[self.steps][1] not in self.heard:
            return
        self.steps, self.heard = self.steps + 1, ""
        if self.steps < len(STEPS):
            self._say()
        else:
            self.stage = "together"
            self.in_s = self.together_s = time.monotonic()


def prepare_peer(count: int, port: int) -> list[SigningIn]:
    """Make so many users ready to sign in."""
    return [SigningIn(handshake(port, "/xmpp-websocket", HEADERS), port) for _ in range(count)]


def prepare(pair: Pair, port: int) -> tuple[Returning, Returning]:
    """Make both ends of a pair ready to come back."""
    return _visitor(pair.visitor.who, port), _mentor(pair.mentor.who, port, pair.cookie)


def has_ticket(end: End[Visitor] | End[Mentor]) -> bool:
    """Say whether an end holds a ticket that speaks of the present epoch."""
    ticket = end.who.seat.ticket
    if ticket is None:
        return False
    body = ticket.partition(".")[0]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims["epoch"] == end.who.seat.epoch


def come_back(everybody: Sequence[OnTheWay], *, at_once: int, within_s: float) -> float:
    """Let all come back, so many at a time on their way; return when (monotonic) the last two were together.

    Raises RuntimeError when somebody is refused or time is up.
    """
    until_s = time.monotonic() + within_s
    coming = list(reversed(everybody))
    under_way, together = 0, 0
    with selectors.DefaultSelector() as waiting:
        while together < len(everybody):
            while coming and under_way < at_once:
                one = coming.pop()
                waiting.register(one.open(), selectors.EVENT_WRITE, one)
                under_way += 1
            for key, _ in waiting.select(SELECT_S):
                one = key.data
                if one.stage == "connecting":
                    one.connected()
                    waiting.modify(one.line, selectors.EVENT_READ, one)
                    continue
                before = one.stage
                one.read()
                under_way -= before in ("handshake", "welcome", "joining") and one.stage in ("in", "together")
                together += before != "together" and one.stage == "together"
            if time.monotonic() > until_s:
                raise RuntimeError(f"{len(everybody) - together} are not back after {within_s} s")
    return max(one.together_s for one in everybody)


def leave(everybody: Sequence[OnTheWay]) -> None:
    """Hang up everywhere."""
    for one in everybody:
        one.line.close()


def _visitor(visitor: Visitor, port: int) -> Returning:
    frame = visitor.join({"incarnation": "", "challenge": to_base64url(bytes(SECRET_BYTES))}) | {"proof": "@"}
    before, _, after = write_json(frame).partition("@")
    return Returning(
        handshake(port, "/chatt/ws/visitor", {"Origin": f"http://{ADDRESS}:{port}"}),
        port,
        join=(before, after),
        let_in=b'{"type":"joined"',
        posts=_posts(visitor),
        proof=PreparedProof(visitor.identity),
    )


def _mentor(mentor: Mentor, port: int, cookie: str) -> Returning:
    return Returning(
        handshake(port, "/chatt/ws/mentor", {"Origin": f"http://{ADDRESS}:{port}", "Cookie": cookie}),
        port,
        join=(write_json(mentor.join({"incarnation": ""})), ""),
        let_in=b'{"type":"taken"',
        posts=_posts(mentor),
    )


def _posts(who: Visitor | Mentor) -> bytes:
    """Return the frames that bring back what the service has forgotten."""
    who.seat.lost()
    who.seat.joined("another life", 0)
    frames = b""
    while (frame := who.seat.next_frame()) is not None:
        frames += frame_of(write_json(frame).encode())
    return frames
