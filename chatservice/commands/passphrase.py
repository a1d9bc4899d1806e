"""What the commands with key files share: reading the passphrase."""

import getpass
import sys
import unicodedata

from chatservice.errors import StartError


def read_passphrase(*, confirm: bool) -> bytes:
    """Read a passphrase: one line of standard input, or a question at a terminal, asked twice to confirm."""
    if not sys.stdin.isatty():
        return _bytes_of(sys.stdin.readline().rstrip("\r\n"))
    passphrase = getpass.getpass("Lösenfras: ")
    if confirm and getpass.getpass("Lösenfrasen en gång till: ") != passphrase:
        raise StartError("Lösenfraserna är olika: försök igen.")
    return _bytes_of(passphrase)


def _bytes_of(passphrase: str) -> bytes:
    """Return the same bytes for the same letters, however a keyboard composed them; browsers do so too."""
    return unicodedata.normalize("NFC", passphrase).encode()
