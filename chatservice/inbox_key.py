"""The inbox key: letters of the contact form are sealed to its public half, which the service knows.

The private half lies in a file behind a passphrase that the coordinators keep; the service in production never has it.
The example set-up has one of its own, without a passphrase, and says that it is an example.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.domain.letter import Letter
from chatservice.domain.letter_sealing import inbox_key_id, open_letter, open_line, to_public_key
from chatservice.errors import MalformedError
from chatservice.key_files import KeyFileError, create_key_file, load_key_file
from chatservice.settings import Settings


class InboxKey:
    """A private inbox key."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        self._private_key = private_key

    @classmethod
    def create(cls, file: Path, passphrase: bytes | None) -> "InboxKey":
        """Make a key and write it to a new file that only its owner can read. Raises `KeyFileError`."""
        return cls(create_key_file(file, passphrase))

    @classmethod
    def load(cls, file: Path, passphrase: bytes | None) -> "InboxKey":
        """Read a key from its file. Raises `KeyFileError`."""
        return cls(load_key_file(file, passphrase, what="inkorgsnyckel"))

    @property
    def public(self) -> bytes:
        """Return the public half, 65 bytes."""
        return sealing.public_bytes(self._private_key)

    @property
    def key_id(self) -> str:
        """Return the short name that sealed letters carry."""
        return inbox_key_id(self.public)

    def open(self, sealed: bytes) -> Letter:
        """Open a letter. Raises `NotOwnerError` or `MalformedError`."""
        return open_letter(sealed, self._private_key)

    def open_line(self, sealed: bytes) -> str:
        """Open a line of feedback. Raises `NotOwnerError` or `MalformedError`."""
        return open_line(sealed, self._private_key)


def public_inbox_key(settings: Settings, published: str) -> bytes | None:
    """Return the key that letters are sealed to: the published one, or in example mode the example's; else None.

    `published` is [keys] inbox of organisation.toml, base64url. Raises `KeyFileError` when it is no key.
    """
    if published:
        try:
            public_key = sealing.from_base64url(published)
            to_public_key(public_key)
        except MalformedError as error:
            raise KeyFileError(
                "[keys] inbox i organisation.toml är ingen inkorgsnyckel: kopiera den hel från inbox-key new."
            ) from error
        return public_key
    if not settings.is_example:
        return None
    file = settings.example_inbox_key_file
    return (InboxKey.load(file, None) if file.exists() else InboxKey.create(file, None)).public
