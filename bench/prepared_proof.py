"""A visitor's proof, prepared before its challenge is known: what is left to do then is two multiplications.

ECDSA signs with a number that may be chosen beforehand (FIPS 186-5, 6.4.1), so that a client with thousands of
visitors is not the slower end. For measurements only: a real client never keeps such a number.
"""

import hashlib

from tools.participants.encoding import framed, from_base64url, to_base64url
from tools.participants.identity import ConversationIdentity
from tools.participants.suite import SECRET_BYTES, SUITE, new_private_key

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256. Source: SP 800-186, 3.2.1.3."""


class PreparedProof:
    """The proof of one conversation, for one challenge."""

    def __init__(self, identity: ConversationIdentity) -> None:
        secret = new_private_key()
        one_time = secret.private_numbers().private_value
        self._r = secret.public_key().public_numbers().x % ORDER
        self._inverse = pow(one_time, -1, ORDER)
        self._half = self._r * identity.signing.private_numbers().private_value % ORDER
        conversation = from_base64url(identity.conversation, SECRET_BYTES)
        # What is signed ends with the challenge; everything before it is the same each time.
        whole = framed(f"{SUITE} ownership", conversation, bytes(SECRET_BYTES))
        self._begun = hashlib.sha256(whole[:-SECRET_BYTES])

    def answer(self, challenge: bytes) -> str:
        """Return the proof as it stands in a `join`."""
        digest = self._begun.copy()
        digest.update(challenge)
        hashed = int.from_bytes(digest.digest(), "big")
        s = self._inverse * (hashed + self._half) % ORDER
        return to_base64url(self._r.to_bytes(32, "big") + s.to_bytes(32, "big"))
