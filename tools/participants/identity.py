"""Who somebody is: a key for one conversation (visitor) or for one browser (mentor), and the names made from it.

Steps 0 and 1 of the protocol. Next: certificate.py.
"""

from dataclasses import dataclass
from typing import Self

from tools.participants.encoding import from_base64url, to_base64url
from tools.participants.suite import (
    SECRET_BYTES,
    SUITE,
    PrivateKey,
    derived,
    hashed,
    new_private_key,
    public_key_bytes,
    signed,
)

VISITOR = "visitor"

_MENTOR_KEY_ID_BYTES = 16


@dataclass(frozen=True)
class ConversationIdentity:
    """The visitor's key for one conversation and no other."""

    signing: PrivateKey
    public_key: bytes
    conversation: str

    @classmethod
    def create(cls, signing: PrivateKey | None = None) -> Self:
        """Make an identity, from a fresh key unless one is given."""
        key = signing or new_private_key()
        public_key = public_key_bytes(key)
        return cls(key, public_key, conversation_of(public_key))


@dataclass(frozen=True)
class MentorIdentity:
    """The key of a mentor's browser."""

    signing: PrivateKey
    public_key: bytes
    key_id: str

    @classmethod
    def create(cls, signing: PrivateKey | None = None) -> Self:
        """Make an identity, from a fresh key unless one is given."""
        key = signing or new_private_key()
        public_key = public_key_bytes(key)
        return cls(key, public_key, key_id_of(public_key))


def conversation_of(public_key: bytes) -> str:
    """Name the conversation that a visitor's key opens."""
    return to_base64url(hashed(f"{SUITE} conversation", public_key))


def key_id_of(public_key: bytes) -> str:
    """Name a mentor's key."""
    return to_base64url(hashed(f"{SUITE} identity", public_key)[:_MENTOR_KEY_ID_BYTES])


def mentor_sender(key_id: str) -> str:
    """Give the sender name of a mentor."""
    return f"mentor:{key_id}"


def server_token(r: bytes) -> str:
    """Make the token that the server knows the visitor's browser by."""
    return to_base64url(derived(r, None, f"{SUITE} server-token"))


def ownership_proof(identity: ConversationIdentity, challenge: str) -> str:
    """Prove to the server that this end made the conversation."""
    conversation = from_base64url(identity.conversation, SECRET_BYTES)
    nonce = from_base64url(challenge, SECRET_BYTES)
    return to_base64url(signed(identity.signing, f"{SUITE} ownership", conversation, nonce))
