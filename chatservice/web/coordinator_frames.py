"""What the coordinator's browser sends: her join, her end of the line to the mentors, and signs of life.

Written from docs/protocol.md; every example in tests/fixtures/frames/coordinator_sends is run through here. What her
page is told stands in `line_frames.py`.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from chatservice.web.frames import Beat, PublicKey, read_frame
from chatservice.web.line_frames import Line, LineGot, PageName

MOST_PAGES: Final = 100


class CoordinatorJoin(Struct, forbid_unknown_fields=True, tag_field="type", tag="join", gc=False):
    """Her first frame: her page's key, and the mentors' pages that her page has lines with."""

    version: Annotated[str, Meta(min_length=1, max_length=32)]
    key: PublicKey
    pages: Annotated[tuple[PageName, ...], Meta(max_length=MOST_PAGES)]


CoordinatorFrame = CoordinatorJoin | Line | LineGot | Beat

_decoder = msgspec.json.Decoder(CoordinatorFrame, strict=True)


def read_coordinator_frame(data: str | bytes) -> CoordinatorFrame:
    """Decode what the coordinator's browser sent. Raises `MalformedError`; the error never quotes the frame."""
    return read_frame(_decoder, data)
