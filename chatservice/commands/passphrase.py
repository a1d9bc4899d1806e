"""What the commands with key files share: reading the passphrase."""

import getpass
import sys

from chatservice.errors import StartError


def read_passphrase(*, confirm: bool) -> bytes:
    """Read a passphrase: one line of standard input, or a question at a terminal, asked twice to confirm."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n").encode()
    passphrase = getpass.getpass("Lösenfras: ")
    if confirm and getpass.getpass("Lösenfrasen en gång till: ") != passphrase:
        raise StartError("Lösenfraserna är olika: försök igen.")
    return passphrase.encode()
