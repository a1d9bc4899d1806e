"""The organisation key: made and used off-line, except for the example key of the example set-up.

Knows how a certificate is made (docs/protocol.md). Does not know accounts or the database. Whoever holds the private
half can make anybody a certified mentor; the service in production never has it. Read key_files.py next.
"""

import json
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.key_files import create_key_file, load_key_file
from chatservice.ports import SignedBody


class OrganisationKey:
    """A private organisation key. Implements `ports.CertificateSigner`."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        self._private_key = private_key

    @classmethod
    def create(cls, file: Path, passphrase: bytes | None = None) -> "OrganisationKey":
        """Make a key and write it to a new file that only its owner can read. Raises `KeyFileError`."""
        return cls(create_key_file(file, passphrase))

    @classmethod
    def load(cls, file: Path, passphrase: bytes | None = None) -> "OrganisationKey":
        """Read a key from its file. Raises `KeyFileError`."""
        return cls(load_key_file(file, passphrase, what="organisationsnyckel"))

    @classmethod
    def load_or_create(cls, file: Path) -> "OrganisationKey":
        """Read the key, or make it the first time: for the example key only. Raises `KeyFileError`."""
        return cls.load(file) if file.exists() else cls.create(file)

    @property
    def pin(self) -> str:
        """Return the public half as pages pin it: base64url of 65 bytes."""
        return sealing.to_base64url(sealing.public_bytes(self._private_key))

    def certify(
        self, *, alias: str, public_key: bytes, not_before: datetime, not_after: datetime
    ) -> SignedBody:
        """Sign a certificate for a mentor's browser key."""
        body = json.dumps(
            {
                "version": 1,
                "alias": alias,
                "key": sealing.to_base64url(public_key),
                "not_before": int(not_before.timestamp()),
                "not_after": int(not_after.timestamp()),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        return SignedBody(body, sealing.sign(self._private_key, f"{sealing.SUITE} certificate", body))
