"""Tickets: what the server says about a conversation, signed, kept by the browsers while the server forgets.

A ticket brings a conversation back after a crash without trusting anybody's word. It holds no text, no name and no
key that opens anything; the visitor's names the mentor's key, the mentor's also her own account. It is valid for
half an hour and renewed while the page is open, so that an old one cannot buy a place in a later queue.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from chatservice.domain.conversation import Conversation
from chatservice.domain.seat import MentorSeat, Side
from chatservice.errors import TicketError

LIFE_S: Final = 30 * 60
RENEW_AFTER_S: Final = 10 * 60
_LONGEST: Final = 2048
_PURPOSE: Final = b"stodchatt/1 ticket"


@dataclass(frozen=True, slots=True)
class TicketBook:
    """Signs and reads tickets. `secret` outlives the process and is at least 16 bytes."""

    secret: bytes

    def issue(self, conversation: Conversation, side: Side, *, now_ms: int) -> str:
        """Return the ticket of one seat; only the mentor's names her account."""
        mentor = conversation.mentor
        claims: dict[str, object] = {
            "conversation": conversation.id,
            "token_hash": conversation.token_hash.hex(),
            "since_ms": conversation.since_ms,
            "epoch": conversation.epoch,
            "issued_ms": now_ms,
            "side": side.value,
            "avoids": sorted(conversation.avoids),
        }
        if mentor is not None:
            claims["mentor"] = {"key_id": mentor.key_id, "epoch": mentor.epoch}
            if side is Side.MENTOR:
                claims["account_id"] = mentor.account_id
        body = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=")
        return f"{body.decode()}.{self._seal(body)}"

    def read(self, ticket: str, side: Side, *, now_ms: int) -> Conversation:
        """Return the conversation a ticket speaks of. Raises `TicketError` for anything we did not sign for this seat.

        The conversation gets a new share: the old one went with the process that held it.
        """
        body, _, seal = ticket.partition(".")
        if len(ticket) > _LONGEST or not ticket.isascii():
            raise TicketError
        if not hmac.compare_digest(seal, self._seal(body.encode())):
            raise TicketError
        # We signed it, so it is ours to the last character.
        claims = cast(
            "dict[str, Any]", msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        )
        age_s = (now_ms - claims["issued_ms"]) / 1000
        if claims["side"] != side.value or abs(age_s) > LIFE_S:
            raise TicketError
        seated = claims.get("mentor")
        return Conversation(
            id=claims["conversation"],
            token_hash=bytes.fromhex(claims["token_hash"]),
            since_ms=claims["since_ms"],
            share=new_share(),
            epoch=claims["epoch"],
            mentor=seated and MentorSeat(claims.get("account_id"), seated["key_id"], seated["epoch"]),
            avoids=frozenset(claims.get("avoids", ())),
        )

    def _seal(self, body: bytes) -> str:
        return hmac.digest(self.secret, _PURPOSE + b"\0" + body, "sha256").hex()


def new_share() -> str:
    """Return a fresh server's half of the reload key: 32 random bytes, base64url."""
    return secrets.token_urlsafe(32)
