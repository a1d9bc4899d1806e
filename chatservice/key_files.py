"""Files with a private key: written once, never over another, readable by their owner only.

Knows P-256 keys in PEM; how a passphrase protects them, key_protection.py says. What a key is for is said in
organisation_key.py and inbox_key.py.
"""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.errors import StartError
from chatservice.key_protection import protected_pem
from chatservice.settings import write_private


class KeyFileError(StartError):
    """A key file cannot be made or read."""

    code = "key_file"


def create_key_file(file: Path, passphrase: bytes | None) -> ec.EllipticCurvePrivateKey:
    """Make a key and write it to a new file, protected by the passphrase if there is one. Raises `KeyFileError`."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    pem = protected_pem(private_key, passphrase) if passphrase else _plain_pem(private_key)
    try:
        write_private(file, pem)
    except FileExistsError as error:
        raise KeyFileError(
            f"Filen {file} finns redan: en nyckel skrivs aldrig över. Välj ett annat namn."
        ) from error
    except OSError as error:
        raise KeyFileError(
            f"Filen {file} kan inte skrivas ({error.strerror}): välj en annan plats."
        ) from error
    return private_key


def load_key_file(file: Path, passphrase: bytes | None, *, what: str) -> ec.EllipticCurvePrivateKey:
    """Read a key; `what` names its kind for people ("organisationsnyckel"). Raises `KeyFileError`."""
    try:
        private_key = serialization.load_pem_private_key(file.read_bytes(), passphrase)
    except OSError as error:
        raise KeyFileError(f"Nyckelfilen {file} kan inte läsas ({error.strerror}): ange rätt fil.") from error
    except (ValueError, TypeError) as error:
        raise KeyFileError(
            f"Filen {file} är ingen {what}, eller lösenfrasen är fel (--passphrase)."
        ) from error
    if not isinstance(private_key, ec.EllipticCurvePrivateKey) or private_key.curve.name != "secp256r1":
        raise KeyFileError(f"Filen {file} är en nyckel av annat slag: ange en {what}.")
    return private_key


def _plain_pem(private_key: ec.EllipticCurvePrivateKey) -> bytes:
    return private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
