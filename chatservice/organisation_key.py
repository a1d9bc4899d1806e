"""The organisation key: made and used off-line, except for the example key of the example set-up.

Knows key files and how a certificate is made (docs/protocol.md). Does not know accounts or the database. Whoever
holds the private half can make anybody a certified mentor; the service in production never has it.
"""

import json
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.errors import StartError
from chatservice.ports import SignedBody
from chatservice.settings import write_private


class OrganisationKeyError(StartError):
    """A key file cannot be made or read."""

    code = "organisation_key"


class OrganisationKey:
    """A private organisation key. Implements `ports.CertificateSigner`."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        self._private_key = private_key

    @classmethod
    def create(cls, file: Path, passphrase: bytes | None = None) -> "OrganisationKey":
        """Make a key and write it to a new file that only its owner can read. Raises `OrganisationKeyError`."""
        private_key = ec.generate_private_key(ec.SECP256R1())
        protection = (
            serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        )
        pem = private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
        )
        try:
            write_private(file, pem)
        except FileExistsError as error:
            raise OrganisationKeyError(
                f"Filen {file} finns redan: en nyckel skrivs aldrig över. Välj ett annat namn."
            ) from error
        except OSError as error:
            raise OrganisationKeyError(
                f"Filen {file} kan inte skrivas ({error.strerror}): välj en annan plats."
            ) from error
        return cls(private_key)

    @classmethod
    def load(cls, file: Path, passphrase: bytes | None = None) -> "OrganisationKey":
        """Read a key from its file. Raises `OrganisationKeyError`."""
        try:
            private_key = serialization.load_pem_private_key(file.read_bytes(), passphrase)
        except OSError as error:
            raise OrganisationKeyError(
                f"Nyckelfilen {file} kan inte läsas ({error.strerror}): ange rätt fil."
            ) from error
        except (ValueError, TypeError) as error:
            raise OrganisationKeyError(
                f"Filen {file} är ingen organisationsnyckel, eller lösenfrasen är fel (--passphrase)."
            ) from error
        if not isinstance(private_key, ec.EllipticCurvePrivateKey) or private_key.curve.name != "secp256r1":
            raise OrganisationKeyError(
                f"Filen {file} är en nyckel av annat slag: ange en organisationsnyckel."
            )
        return cls(private_key)

    @classmethod
    def load_or_create(cls, file: Path) -> "OrganisationKey":
        """Read the key, or make it the first time: for the example key only. Raises `OrganisationKeyError`."""
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
