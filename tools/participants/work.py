"""The little work that the server asks of a newcomer while very many come at once ("Work" in docs/protocol.md)."""

import hashlib

from tools.participants.connection import Frame
from tools.participants.encoding import from_base64url


def solved(task: Frame) -> int:
    """Find the number that a `work` frame asks for. Raises ValueError when there is none."""
    salt, target = from_base64url(task["salt"]), from_base64url(task["target"])
    for number in range(task["ceiling"]):
        if hashlib.pbkdf2_hmac("sha256", salt, number.to_bytes(8, "big"), task["rounds"], 32) == target:
            return number
    raise ValueError("no number solves the task")
