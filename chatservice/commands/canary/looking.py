"""One look for the canary's words everywhere, and the proof that the look can find.

Knows what must be found (controls.py, the conversation's id in the service's memory) and what must not. Tells places
and never words. Next: searching.py.
"""

import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from chatservice.commands.canary.searching import found_in_files, found_in_process, spellings
from chatservice.errors import StartError

_JOURNAL_S: Final = 60.0
_CLOCK_ERROR_S: Final = 2.0


@dataclass(slots=True)
class Search:
    """Where to look, and what was found there; `told` are places, never words."""

    pids: list[int]
    places: list[Path]
    temporary: list[Path]
    journal: str | None
    word: str
    began_s: float = field(default_factory=lambda: time.time() - _CLOCK_ERROR_S)
    told: list[str] = field(default_factory=list[str])

    def look(self, conversation_id: str, controls: Sequence[tuple[Path, str]]) -> None:
        """Look everywhere once. Raises `StartError` when what must be found is not."""
        sought = [self.word, *(word for _, word in controls)]
        found = found_in_files(self.places, sought)
        # They belong to everybody on the machine and are large; what was written lately is what can hold a new word.
        found |= found_in_files(self.temporary, sought, changed_since_s=self.began_s)
        if not set(controls) <= found:
            raise StartError(
                "Sökningen hittade inte det som lagts ut åt den: lita inte på den, och meddela oss."
            )
        self._note(f"filen {file}" for file, word in sorted(found) if word == self.word)
        if self.journal is not None:
            held = _journal(self.journal)
            if any(one in held for one in spellings(self.word)):
                self._note([f"loggen för {self.journal}"])
        self._look_through_memory(conversation_id)

    def _look_through_memory(self, conversation_id: str) -> None:
        sought = [self.word, *([conversation_id] if conversation_id else [])]
        held: set[str] = set()
        for pid in self.pids:
            try:
                found = found_in_process(pid, sought)
            except OSError as error:
                raise StartError(
                    f"Minnet hos process {pid} går inte att läsa ({error.strerror}): kör som root eller med "
                    "CAP_SYS_PTRACE (se deploy/systemd/chatservice-canary.service), eller ange --without-memory."
                ) from error
            held |= found
            if self.word in found:
                self._note([f"minnet hos process {pid}"])
        if self.pids and conversation_id and conversation_id not in held:
            raise StartError(
                "Samtalets nummer hittades inte i tjänstens minne, så sökningen bevisar inget: ange rätt process "
                "med --pid."
            )

    def _note(self, places: Iterable[str]) -> None:
        self.told.extend(place for place in places if place not in self.told)


def _journal(unit: str) -> bytes:
    """Return what the machine's journal has of a unit, of the latest hour."""
    try:
        return subprocess.run(  # noqa: S603 -- a fixed program; the unit is the operator's
            ["journalctl", "--unit", unit, "--since", "-1h", "--output", "export", "--no-pager"],  # noqa: S607
            capture_output=True, check=True, timeout=_JOURNAL_S,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise StartError(
            f"Loggen för {unit} går inte att läsa: kör som root, eller utan --journal."
        ) from error
