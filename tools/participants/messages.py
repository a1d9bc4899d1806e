"""Messages, padded and sealed under a key for (epoch, sender), bound to their place; and the state of a reload.

Steps 5 and 9 of the protocol. Knows no order and no outbox.
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tools.participants.encoding import (
    EncodingError,
    exactly,
    framed,
    from_base64url,
    is_count,
    read_json,
    to_base64url,
    u32,
    u64,
    write_json,
)
from tools.participants.errors import MessageError, SealingError
from tools.participants.identity import VISITOR
from tools.participants.suite import NONCE_BYTES, SECRET_BYTES, SUITE, derived

LONGEST_TEXT = 4_000
LONGEST_ALIAS = 40

_PADDED_SIZES = (256, 1_024, 4_096, 16_384)
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_SENDER = re.compile(r"visitor|mentor:[A-Za-z0-9_-]{22}", re.ASCII)
# No user, no port, nothing but a page or a number to call: the link is what it looks like.
_LINK = re.compile(r"(?:https://[a-z0-9.-]{1,200}(?:/[\x21-\x7e]{0,200})?|tel:\+?[0-9-]{2,20})?", re.ASCII)

_Check = Callable[[object], bool]


def new_root() -> str:
    """Make the root of an epoch."""
    return to_base64url(os.urandom(SECRET_BYTES))


def pad(raw: bytes) -> bytes:
    """Pad to the smallest size that is larger: 0x80, then zeros; raise MessageError too_long."""
    for size in _PADDED_SIZES:
        if size > len(raw):
            return raw + b"\x80" + bytes(size - len(raw) - 1)
    raise MessageError("too_long")


def unpad(padded: bytes) -> bytes:
    """Take the padding off; raise MessageError malformed, also when ``pad`` would have chosen another size."""
    raw, mark = padded.rstrip(b"\0")[:-1], padded.rstrip(b"\0")[-1:]
    if mark != b"\x80" or next((size for size in _PADDED_SIZES if size > len(raw)), 0) != len(padded):
        raise MessageError("malformed")
    return raw


def message_secret(root: str, *, conversation: str, epoch: int, sender: str) -> bytes:
    """Derive the key of one sender in one epoch."""
    salt = from_base64url(conversation, SECRET_BYTES)
    return derived(from_base64url(root, SECRET_BYTES), salt, f"{SUITE} message", u32(epoch), sender)


def envelope_context(*, conversation: str, epoch: int, sender: str, sequence: int) -> bytes:
    """Give the place of a message, which is authenticated with it."""
    raw_conversation = from_base64url(conversation, SECRET_BYTES)
    return framed(f"{SUITE} envelope", raw_conversation, u32(epoch), sender, u64(sequence))


class MessageKeys:
    """The message keys of one conversation, made from the roots that this side holds."""

    def __init__(self, conversation: str) -> None:
        self._conversation = conversation
        self._roots: dict[int, str] = {}
        self._ciphers: dict[tuple[int, str], AESGCM] = {}

    def add_root(self, epoch: int, root: str) -> None:
        """Take in the root of an epoch; an epoch has one root for its whole life."""
        if self._roots.setdefault(epoch, root) != root:
            raise MessageError("other_root")

    def has(self, epoch: int) -> bool:
        """Tell whether messages of this epoch can be read."""
        return epoch in self._roots

    def forget(self) -> None:
        """Let go of every key."""
        self._roots.clear()
        self._ciphers.clear()

    def seal(self, content: Mapping[str, object], *, epoch: int, sender: str, sequence: int) -> str:
        """Seal a message for its place; raise MessageError no_key, malformed, too_long."""
        plaintext = pad(write_json(_checked_content(dict(content), sender)).encode())
        nonce = os.urandom(NONCE_BYTES)
        context = self._context(epoch, sender, sequence)
        return to_base64url(nonce + self._cipher(epoch, sender).encrypt(nonce, plaintext, context))

    def open(self, body: str, *, epoch: int, sender: str, sequence: int) -> dict[str, object]:
        """Open a message in its place; raise MessageError no_key, unreadable, malformed."""
        cipher = self._cipher(epoch, sender)
        try:
            raw = from_base64url(body)
            plaintext = cipher.decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._context(epoch, sender, sequence)
            )
        except EncodingError as error:
            raise MessageError("malformed") from error
        except (InvalidTag, ValueError) as error:
            raise MessageError("unreadable") from error
        try:
            return _checked_content(read_json(unpad(plaintext)), sender)
        except (EncodingError, MessageError) as error:
            raise MessageError("malformed") from error

    def _cipher(self, epoch: int, sender: str) -> AESGCM:
        cipher = self._ciphers.get((epoch, sender))
        if cipher is None:
            root = self._roots.get(epoch)
            if root is None:
                raise MessageError("no_key")
            secret = message_secret(root, conversation=self._conversation, epoch=epoch, sender=sender)
            cipher = self._ciphers[epoch, sender] = AESGCM(secret)
        return cipher

    def _context(self, epoch: int, sender: str, sequence: int) -> bytes:
        return envelope_context(
            conversation=self._conversation, epoch=epoch, sender=sender, sequence=sequence
        )


def _is_text(longest: int, shortest: int = 0) -> _Check:
    return lambda value: isinstance(value, str) and shortest <= len(value) <= longest


def _is_one_of(*words: str) -> _Check:
    return lambda value: value in words


def _are_counts(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    counts = cast("dict[str, object]", value)
    return all(_SENDER.fullmatch(sender) and is_count(count) for sender, count in counts.items())


_SHAPES: dict[str, dict[str, _Check]] = {
    "text": {"text": lambda value: isinstance(value, str)},
    "end": {"counts": _are_counts},
    "about": {
        "alias": _is_text(LONGEST_ALIAS),
        "when": _is_one_of("before", "during", "after", ""),
        "where": _is_one_of("home", "area", "veteran", ""),
    },
    "retract": {"sequence": is_count},
    "card": {
        "title": _is_text(100, 1),
        "text": _is_text(500),
        "link": lambda value: isinstance(value, str) and _LINK.fullmatch(value) is not None,
    },
    "handover": {
        "key": lambda value: isinstance(value, str) and _KEY_ID.fullmatch(value) is not None,
        "alias": _is_text(100, 1),
    },
    "answer": {"answer": _is_one_of("all", "new", "no")},
}
"""What each content has besides `type` and `seen`."""

_VISITORS_ONLY = frozenset({"about", "answer"})
_MENTORS_ONLY = frozenset({"card", "handover"})


def _checked_content(content: object, sender: str) -> dict[str, object]:
    """Refuse what is no content, and what this sender may not say."""
    fields = cast("dict[str, object]", content) if isinstance(content, dict) else {}
    name = fields.get("type")
    shape = _SHAPES.get(name) if isinstance(name, str) else None
    if shape is None or name in (_MENTORS_ONLY if sender == VISITOR else _VISITORS_ONLY):
        raise MessageError("malformed")
    try:
        fields = exactly(fields, ("type", *shape, "seen"))
    except EncodingError as error:
        raise MessageError("malformed") from error
    if not is_count(fields["seen"]) or not all(check(fields[field]) for field, check in shape.items()):
        raise MessageError("malformed")
    if name == "text" and len(str(fields["text"])) > LONGEST_TEXT:
        raise MessageError("too_long")
    return fields


def seal_state(r: bytes, share: str, state: object) -> str:
    """Seal the state of a page so that it opens only with both halves."""
    nonce = os.urandom(NONCE_BYTES)
    return to_base64url(nonce + _resume_cipher(r, share).encrypt(nonce, write_json(state).encode(), b""))


def open_state(r: bytes, share: str, blob: str) -> object:
    """Open the state of a page; raise SealingError unreadable when a half is another."""
    raw = from_base64url(blob)
    try:
        return read_json(_resume_cipher(r, share).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], b""))
    except (InvalidTag, ValueError) as error:
        raise SealingError("unreadable") from error


def _resume_cipher(r: bytes, share: str) -> AESGCM:
    secret = framed(r, from_base64url(share, SECRET_BYTES))
    return AESGCM(derived(secret, None, f"{SUITE} resume"))
