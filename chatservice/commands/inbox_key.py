"""`inbox-key new`: make the key that letters to the coordinators are sealed to. Needs no settings and no network."""

import argparse
import sys
from pathlib import Path

from chatservice.commands.passphrase import read_passphrase
from chatservice.domain import sealing
from chatservice.errors import StartError
from chatservice.inbox_key import InboxKey

SHORTEST_PASSPHRASE = 12
"""Bytes. The file is carried about, and whoever has it may guess for as long as she likes."""


def run(options: argparse.Namespace) -> int:
    """Run `inbox-key new`. Raises `StartError`."""
    _new(options.file)
    return 0


def _new(file: Path) -> None:
    passphrase = read_passphrase(confirm=True)
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise StartError(
            f"Lösenfrasen ska ha minst {SHORTEST_PASSPHRASE} tecken: skriv en längre på standard in."
        )
    key = InboxKey.create(file, passphrase)
    print(
        f"Nyckeln ligger i {file}. Samordnaren förvarar den, i två kopior på skilda platser. Utan fil eller lösenfras "
        "går inga meddelanden att läsa.",
        file=sys.stderr,
    )
    print("Skriv in den publika delen under [keys] inbox i content/data/organisation.toml:", file=sys.stderr)
    print(sealing.to_base64url(key.public))
