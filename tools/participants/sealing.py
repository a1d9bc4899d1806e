"""The sealed conversation in Python, whole: `stodchatt/1` once more, with `cryptography`.

Written from docs/protocol.md alone; the browser's half is theme/static/js/crypto/, and tests/fixtures/vectors/ holds
both to the same bytes. This file only gathers the parts, in the order of the protocol, for whoever wants them at once.
"""

from tools.participants.certificate import (
    LONGEST_ALIAS,
    CertificateFacts,
    make_certificate,
    verify_certificate,
)
from tools.participants.errors import CertificateError, GrantError, MessageError, OfferError, SealingError
from tools.participants.grant import grant_context, make_grant, make_offer, open_grant, verify_offer
from tools.participants.identity import (
    VISITOR,
    ConversationIdentity,
    MentorIdentity,
    conversation_of,
    key_id_of,
    mentor_sender,
    ownership_proof,
    server_token,
)
from tools.participants.messages import (
    LONGEST_TEXT,
    MessageKeys,
    envelope_context,
    message_secret,
    new_root,
    open_state,
    pad,
    seal_state,
    unpad,
)
from tools.participants.suite import (
    NONCE_BYTES,
    PUBLIC_KEY_BYTES,
    SECRET_BYTES,
    SIGNATURE_BYTES,
    SUITE,
    PrivateKey,
    derived,
    hashed,
    is_signed,
    new_private_key,
    public_key_bytes,
    signed,
)

__all__ = [
    "LONGEST_ALIAS",
    "LONGEST_TEXT",
    "NONCE_BYTES",
    "PUBLIC_KEY_BYTES",
    "SECRET_BYTES",
    "SIGNATURE_BYTES",
    "SUITE",
    "VISITOR",
    "CertificateError",
    "CertificateFacts",
    "ConversationIdentity",
    "GrantError",
    "MentorIdentity",
    "MessageError",
    "MessageKeys",
    "OfferError",
    "PrivateKey",
    "SealingError",
    "conversation_of",
    "derived",
    "envelope_context",
    "grant_context",
    "hashed",
    "is_signed",
    "key_id_of",
    "make_certificate",
    "make_grant",
    "make_offer",
    "mentor_sender",
    "message_secret",
    "new_private_key",
    "new_root",
    "open_grant",
    "open_state",
    "ownership_proof",
    "pad",
    "public_key_bytes",
    "seal_state",
    "server_token",
    "signed",
    "unpad",
    "verify_certificate",
    "verify_offer",
]
