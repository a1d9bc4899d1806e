"""Key files on the command line; tests/js/crypto_key_file.test.js opens the same ones in the browser's code."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chatservice.domain import sealing
from chatservice.key_files import KeyFileError, create_key_file, load_key_file
from chatservice.key_protection import ROUNDS
from chatservice.organisation_key import OrganisationKey
from tests.participants.vectors import each, load

PUBLIC_KEY = load("key_files")["public_key"]


@each("key_files", "refused")
def test_a_key_file_is_refused(vector, tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(vector["pem"], encoding="utf-8")

    with pytest.raises(KeyFileError):
        load_key_file(file, vector["passphrase"].encode() or None, what="organisationsnyckel")


@each("key_files", "opened")
def test_a_key_file_opens(vector, tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(vector["pem"], encoding="utf-8", newline="")

    key = load_key_file(file, vector["passphrase"].encode() or None, what="organisationsnyckel")

    assert sealing.to_base64url(sealing.public_bytes(key)) == PUBLIC_KEY


def test_a_file_that_is_written_is_slow_to_guess_and_opens_again(tmp_path):
    file = tmp_path / "key.pem"

    key = create_key_file(file, b"en fras")

    der = base64.b64decode("".join(file.read_text(encoding="ascii").splitlines()[1:-1]))
    assert b"\x02\x03" + ROUNDS.to_bytes(3, "big") in der
    assert ROUNDS >= 600_000
    with pytest.raises(KeyFileError, match="lösenfrasen är fel"):
        load_key_file(file, b"en annan", what="organisationsnyckel")
    opened = load_key_file(file, b"en fras", what="organisationsnyckel")
    assert sealing.public_bytes(opened) == sealing.public_bytes(key)


@each("certificates", "accepted")
def test_the_command_line_writes_the_body_that_browsers_write(vector):
    facts = vector["facts"]
    key = OrganisationKey(ec.generate_private_key(ec.SECP256R1()))

    signed = key.certify(
        alias=facts["alias"],
        public_key=sealing.from_base64url(facts["key"]),
        not_before=datetime.fromtimestamp(facts["not_before"], UTC),
        not_after=datetime.fromtimestamp(facts["not_after"], UTC),
    )

    assert sealing.to_base64url(signed.body) == vector["certificate"]["body"]
