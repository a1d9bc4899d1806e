"""Searches what a process holds and what lies on disk for words that must not be there.

A word is looked for as UTF-8, as UTF-16 in both orders, and in each of the three ways that each base64 can hold it.
What is compressed or encrypted is not seen through. Knows Linux' /proc, and nothing of the chat.
"""

import base64
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

_STEP: Final = 1 << 22


def spellings(word: str) -> tuple[bytes, ...]:
    """Return the byte strings under which a word may hide."""
    raw = word.encode()
    hidden: list[bytes] = []
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * shift + raw)
            # A character has six bits; the first and the last may hold some of a neighbour's. All others are kept: a
            # few characters alone would stand in any key by chance.
            hidden.append(coded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6])
    return (raw, word.encode("utf-16-le"), word.encode("utf-16-be"), *dict.fromkeys(hidden))


def found_in_process(pid: int, words: Sequence[str]) -> set[str]:
    """Return the words that stand in a process's writable memory. Raises `OSError` without the right to read it."""
    wanted = {word: spellings(word) for word in words}
    overlap = _longest(wanted.values())
    found: set[str] = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if area is None:
                continue
            position, end = int(area[1], 16), int(area[2], 16)
            while position < end:
                memory.seek(position)
                try:
                    held = memory.read(min(_STEP + overlap, end - position))
                except OSError:  # pages the kernel keeps to itself
                    held = b""
                found |= _held_words(held, wanted)
                position += _STEP
    return found


def found_in_files(
    places: Iterable[Path], words: Sequence[str], *, changed_since_s: float = 0.0
) -> set[tuple[Path, str]]:
    """Return which files, alone or below a folder, hold which words, in their contents or in their names.

    With `changed_since_s` (seconds of the wall clock) only those that were written to since then. Raises `OSError` for
    a file that may not be read; one that goes away meanwhile is gone.
    """
    wanted = {word: spellings(word) for word in words}
    return {
        (file, word)
        for file in _files(places)
        if _changed_s(file) >= changed_since_s
        for word in _found_in_file(file, wanted)
    }


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        for folder, _, names in os.walk(place):
            yield from (file for name in names if _is_plain(file := Path(folder, name)))


def _is_plain(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except FileNotFoundError:
        return False


def _changed_s(file: Path) -> float:
    try:
        held = file.lstat()
    except FileNotFoundError:
        return 0.0
    return max(held.st_mtime, held.st_ctime)


def _found_in_file(file: Path, wanted: dict[str, tuple[bytes, ...]]) -> set[str]:
    overlap = _longest(wanted.values())
    found, kept = _held_words(str(file).encode(), wanted), b""
    try:
        with file.open("rb") as opened:
            while part := opened.read(_STEP):
                found |= _held_words(kept + part, wanted)
                kept = part[-overlap:]
    except FileNotFoundError:
        pass
    return found


def _held_words(held: bytes, wanted: dict[str, tuple[bytes, ...]]) -> set[str]:
    return {word for word, spelled in wanted.items() if any(one in held for one in spelled)}


def _longest(spelled: Iterable[tuple[bytes, ...]]) -> int:
    return max((len(one) for each in spelled for one in each), default=0)
