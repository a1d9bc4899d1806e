"""Searches what a process holds and what lies on disk for words that must not be there.

A word is looked for as UTF-8, as UTF-16, and as each of the three ways base64 can hold it.
"""

import base64
import re
from pathlib import Path

_STEP = 1 << 22


def spellings(word: str) -> tuple[bytes, ...]:
    """Return the byte strings under which a word may hide."""
    raw = word.encode()
    hidden = []
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        # The first and last characters also depend on the neighbours.
        hidden.append(coded[4 if shift else 0 : -4])
    return (raw, word.encode("utf-16-le"), *hidden)


def found_in_process(pid: int, words: list[str]) -> set[str]:
    """Return the words that stand in a process's writable memory. Needs the right to read it (same owner or root)."""
    wanted = {word: spellings(word) for word in words}
    longest = max(len(spelling) for spelled in wanted.values() for spelling in spelled)
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
                    held = memory.read(min(_STEP + longest, end - position))
                except OSError:  # pages the kernel keeps to itself
                    held = b""
                found |= {word for word, spelled in wanted.items() if any(one in held for one in spelled)}
                position += _STEP
    return found


def found_in_files(folders: list[Path], words: list[str]) -> set[tuple[Path, str]]:
    """Return which files below the folders hold which words, in their contents or in their names."""
    wanted = {word: spellings(word) for word in words}
    return {
        (file, word)
        for folder in folders
        for file in ([folder] if folder.is_file() else folder.rglob("*"))
        if file.is_file()
        for held in [file.read_bytes() + str(file).encode()]
        for word, spelled in wanted.items()
        if any(one in held for one in spelled)
    }
