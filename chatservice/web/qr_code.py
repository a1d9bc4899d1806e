"""A QR code as one path of an SVG, which a template draws: no picture is fetched and no style is written inline."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

_QUIET: Final = 4
"""How many modules of white a reader needs around it (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """The side of the square in modules, white edge included, and the dark modules as a path."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Draw a text."""
    code = segno.make(text, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=_QUIET)]
    runs: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, modules in groupby(row):
            width = len(list(modules))
            if is_dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return QrCode(len(rows), "".join(runs))


def in_groups(secret: str) -> str:
    """Return a secret in groups of four, to be typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
