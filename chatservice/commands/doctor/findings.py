"""What a look at the installation finds: one sentence each, with the remedy in it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

State = Literal["good", "advice", "wrong"]

SIGNS: Final[dict[State, str]] = {"good": "bra   ", "advice": "råd   ", "wrong": "FEL   "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Advice does not make the command fail."""

    state: State
    text: str

    @property
    def line(self) -> str:
        """Return it as a line for a person."""
        return f"{SIGNS[self.state]}{self.text}"

    @property
    def fields(self) -> dict[str, Any]:
        """Return it as fields for a program."""
        return asdict(self)


def good(text: str) -> Finding:
    """Return something that is as it should be."""
    return Finding("good", text)


def advice(text: str) -> Finding:
    """Return something that could be better."""
    return Finding("advice", text)


def wrong(text: str) -> Finding:
    """Return something that must be mended."""
    return Finding("wrong", text)


def any_wrong(findings: Iterable[Finding]) -> bool:
    """Say whether something must be mended."""
    return any(finding.state == "wrong" for finding in findings)
