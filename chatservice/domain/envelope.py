"""A sealed message as the server sees it: who sent it, which number it has, and bytes nobody here can read.

Named tuples, because one of each is made for every message, and a frozen dataclass takes twice as long.
"""

from typing import Final, Literal, NamedTuple

Sender = str
"""`visitor`, or `mentor:` and the id of the mentor's key."""

VISITOR: Final = "visitor"
_MENTOR_PREFIX: Final = "mentor:"


KindName = Literal["message", "offer", "grant"]
"""What an envelope carries. Only the two browsers know more than this."""


class Draft(NamedTuple):
    """An envelope on its way in: the server has not given it a position yet.

    `sequence` counts this sender's envelopes from 0, `epoch` names the root it is sealed under, `body` is what the
    browsers agreed on, at most 24,000 characters.
    """

    sequence: int
    epoch: int
    kind: KindName
    body: str


class Envelope(NamedTuple):
    """An envelope in a conversation's log; `position` counts from 1 and holds within one incarnation."""

    position: int
    sender: Sender
    sequence: int
    epoch: int
    kind: KindName
    body: str

    def holds_same(self, draft: Draft) -> bool:
        """Tell whether a draft with our sender and number is a repetition, byte for byte."""
        return self.body == draft.body and self.epoch == draft.epoch and self.kind == draft.kind


def mentor_sender(key_id: str) -> Sender:
    """Return the sender name of the mentor who holds a key."""
    return _MENTOR_PREFIX + key_id
