"""The files in content/film: their names, whether they are those of the cues, and how large they may be.

Knows as much of MP4 as it takes to read how long one is. The content check asks `film_mistakes`, the site `files_of`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chatservice.data_files import Mistake
from tools.film.cues import DATA_FILE, Film, captions, captions_file

FOLDER = "film"
LARGEST_B = 2_000_000
LARGEST_POSTER_B = 17_000
"""A page with the poster still weighs less than 60 kB."""
REMAKE = "Kör: python3 tasks.py film"


@dataclass(frozen=True, slots=True)
class FilmFiles:
    """Where the film's files lie."""

    mp4: Path
    webm: Path
    poster: Path
    captions: dict[str, Path]

    @property
    def all(self) -> tuple[Path, ...]:
        """Give every file."""
        return (self.mp4, self.webm, self.poster, *self.captions.values())

    @property
    def missing(self) -> list[Path]:
        """List what is not there."""
        return [path for path in self.all if not path.is_file()]


def files_of(film: Film, content: Path) -> FilmFiles:
    """Give where a film's files lie, made or not."""
    folder = content / FOLDER
    return FilmFiles(
        folder / f"{film.file}.mp4",
        folder / f"{film.file}.webm",
        folder / f"{film.file}.webp",
        {language: folder / captions_file(film, language) for language in film.languages},
    )


def write_captions(film: Film, content: Path) -> None:
    """Write the captions in every language."""
    for language, path in files_of(film, content).captions.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(captions(film, language), "utf-8")


def film_mistakes(film: Film, content: Path) -> list[Mistake]:
    """List what in the film's files, all of which are there, is not as the cues say."""
    name = f"{content.name}/data/{DATA_FILE}"
    files = files_of(film, content)
    mistakes = [
        Mistake(name, 1, f"Textningen {path.name} säger något annat än replikerna.", f"{REMAKE} --captions.")
        for language, path in files.captions.items()
        if path.read_text("utf-8") != captions(film, language)
    ]
    length_s = duration_s(files.mp4.read_bytes())
    if abs(length_s - film.duration_s) >= 1:
        what = f"Filmen är {length_s:.0f} sekunder lång, men replikerna tar {film.duration_s}."
        mistakes.append(Mistake(name, 1, what, f"{REMAKE}."))
    return mistakes


def duration_s(mp4: bytes) -> float:
    """Read how long an MP4 is; 0 when that cannot be read. Source: ISO/IEC 14496-12, 8.2.2."""
    at = mp4.find(b"mvhd")
    if at < 0:
        return 0
    # After the name: version and flags (4 bytes), two times (4 bytes each), ticks per second, ticks.
    per_second, ticks = struct.unpack(">II", mp4[at + 16 : at + 24])
    return ticks / per_second if per_second else 0


def has_sound(mp4: bytes) -> bool:
    """Say whether an MP4 has a track of sound. Source: ISO/IEC 14496-12, 8.4.3."""
    # A handler names its track's kind after version and flags (4 bytes) and a field that is always 0 (4 bytes).
    return any(mp4[at + 12 : at + 16] == b"soun" for at in _all(mp4, b"hdlr"))


def _all(data: bytes, wanted: bytes) -> Iterator[int]:
    at = data.find(wanted)
    while at >= 0:
        yield at
        at = data.find(wanted, at + 1)
