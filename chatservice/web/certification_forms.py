"""The forms of the certification pages: noting and withdrawing an item, entering and lifting quarantine.

They take everything that fits; what is wrong with a day or a number is said beside its field (certification.py).
"""

from typing import Annotated

import msgspec


class NoteForm(msgspec.Struct, frozen=True):
    """A coordinator notes an item. Takes everything that fits: what is wrong is said beside its field."""

    kind: Annotated[str, msgspec.Meta(max_length=24)]
    day: Annotated[str, msgspec.Meta(max_length=40)] = ""
    number: Annotated[str, msgspec.Meta(max_length=40)] = ""


class WithdrawForm(msgspec.Struct, frozen=True):
    """A coordinator takes an item away."""

    kind: Annotated[str, msgspec.Meta(max_length=24)]
    version: Annotated[str, msgspec.Meta(max_length=24)] = ""


class QuarantineForm(msgspec.Struct, frozen=True):
    """From which day until which."""

    first_day: Annotated[str, msgspec.Meta(max_length=40)] = ""
    last_day: Annotated[str, msgspec.Meta(max_length=40)] = ""


class LiftForm(msgspec.Struct, frozen=True):
    """Which period is taken away."""

    period: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,15}\Z")]
