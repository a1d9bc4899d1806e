"""The frames of the line between a mentor and the coordinators, and what else the coordinator's page is told.

Written from docs/protocol.md ("The line to the coordinators"). The bodies are sealed from page to page: nothing here
has a field for a text. Knows nothing of conversations; `frames.py` and `coordinator_frames.py` take these among their
own. Read `line.py` next.
"""

from typing import Annotated

from msgspec import Meta, Struct

PageName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")]
LineNumber = Annotated[int, Meta(ge=0, le=2**53 - 1)]
# Printable ASCII, so that 8,000 characters are 8,000 bytes.
LineBody = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,8000}\Z")]


class _LineFrame(Struct, forbid_unknown_fields=True, tag_field="type", gc=False):
    """What all frames of the line share."""


# -- both ways


class Line(_LineFrame, tag="line"):
    """Something sealed: to the page named when a browser sends it, from the page named when the server does."""

    page: PageName
    number: LineNumber
    body: LineBody


class LineGot(_LineFrame, tag="line_got"):
    """The page that was written to has opened what bore this number."""

    page: PageName
    number: LineNumber


# -- from the mentor


class LineHere(_LineFrame, tag="line_here"):
    """The name of this page on the line, under which answers find it over a lost connection."""

    page: PageName


# -- to the browsers


class LineOpen(_LineFrame, tag="line_open"):
    """The keys of the coordinators' pages that are there now; none: no coordinator is there."""

    keys: tuple[str, ...]


class LinePage(_LineFrame, tag="line_page"):
    """Whether a mentor's page is there; told to the coordinator's page that it has written to."""

    page: str
    present: bool


class LineLost(_LineFrame, tag="line_lost"):
    """What bore this number was not delivered to that page, and is kept nowhere."""

    page: str
    number: int


class Counts(_LineFrame, tag="counts"):
    """How it is in the chat, for the coordinator's page: counts and a time, and nothing else.

    How many visitors wait and the longest of them for how long, how many talk, how many mentors are on duty or paused.
    """

    waiting: int
    longest_wait_s: int
    talking: int
    on_duty: int
    paused: int


LineNewsFrame = Line | LineGot | LineOpen | LinePage | LineLost | Counts
