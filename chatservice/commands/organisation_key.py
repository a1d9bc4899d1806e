"""`organisation-key …`: make the organisation key and sign mentors' keys, on a machine without network."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.commands.passphrase import read_passphrase
from chatservice.domain import sealing
from chatservice.domain.certification import LONGEST_CERTIFICATE
from chatservice.errors import MalformedError, StartError
from chatservice.organisation_key import OrganisationKey


def run(options: argparse.Namespace) -> int:
    """Run an `organisation-key` command. Raises `StartError`."""
    if options.act == "new":
        _new(options.file, read_passphrase(confirm=True) if options.passphrase else None)
    else:
        _sign(options)
    return 0


def _new(file: Path, passphrase: bytes | None) -> None:
    key = OrganisationKey.create(file, passphrase)
    print(
        f"Nyckeln ligger i {file}. Förvara två kopior på skilda platser, aldrig på servern.", file=sys.stderr
    )
    print("Skriv in den publika delen under [keys] pinned i content/data/organisation.toml:", file=sys.stderr)
    print(key.pin)


def _sign(options: argparse.Namespace) -> None:
    alias, public_key = _request(options)
    if not 1 <= options.days <= LONGEST_CERTIFICATE.days:
        raise StartError(f"Ett certifikat gäller 1 till {LONGEST_CERTIFICATE.days} dagar: ändra --days.")
    key = OrganisationKey.load(options.file, read_passphrase(confirm=False) if options.passphrase else None)
    not_before = datetime.now(UTC) - timedelta(minutes=1)
    signed = key.certify(
        alias=alias,
        public_key=public_key,
        not_before=not_before,
        not_after=not_before + timedelta(days=options.days),
    )
    print(
        json.dumps(
            {
                "body": sealing.to_base64url(signed.body),
                "signature": sealing.to_base64url(signed.signature),
            }
        )
    )


def _request(options: argparse.Namespace) -> tuple[str, bytes]:
    if options.request is None and (options.alias is None or options.key is None):
        raise StartError("Ange begäran med --request, eller både --alias och --key.")
    try:
        if options.request is None:
            alias, key = str(options.alias), str(options.key)
        else:
            text = (
                sys.stdin.read()
                if options.request == "-"
                else Path(options.request).read_text(encoding="utf-8")
            )
            # The line may have been saved together with what stands around it.
            line = next(line for line in text.splitlines() if line.startswith("{"))
            read = cast("dict[str, Any]", json.loads(line))
            alias, key = str(read["alias"]), str(read["key"])
        public_key = sealing.from_base64url(key)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except OSError as error:
        raise StartError(
            f"Filen {options.request} kan inte läsas ({error.strerror}): ange rätt fil."
        ) from error
    except (ValueError, KeyError, StopIteration, MalformedError) as error:
        raise StartError(
            "Begäran är inte en rad från account requests: kopiera hela raden som börjar med {."
        ) from error
    if len(public_key) != sealing.PUBLIC_KEY_BYTES or not 1 <= len(alias) <= 40:
        raise StartError("Begäran har fel nyckel eller alias: kopiera hela raden från account requests.")
    return alias, public_key
