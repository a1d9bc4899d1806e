"""The film as the site's templates show it: addresses, length and words; None where there is none, or it is not made.

Knows the cues and which files there are. Next: theme/templates/partials/film.html.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tools.film.cues import Film, Words, read_film
from tools.film.made_film import FOLDER, files_of, has_sound

WIDTH, HEIGHT = 1080, 1920


@dataclass(frozen=True, slots=True)
class ShownFilm:
    """What the template needs."""

    film: Film
    mp4: str
    webm: str
    poster: str
    captions: dict[str, str]
    has_sound: bool
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def duration_s(self) -> int:
        """Give how long it is."""
        return self.film.duration_s

    def in_language(self, language: str) -> tuple[Words, ...]:
        """Give the words of its cues."""
        return self.film.in_language(language)


def shown_film(content: Path, languages: tuple[str, ...]) -> ShownFilm | None:
    """Find the film of a content folder. What is wrong with it is the content check's to say."""
    film, mistakes = read_film(content, languages)
    if film is None or mistakes:
        return None
    files = files_of(film, content)
    if files.missing:
        return None
    return ShownFilm(
        film,
        _address(files.mp4),
        _address(files.webm),
        _address(files.poster),
        {language: _address(path) for language, path in files.captions.items()},
        has_sound(files.mp4.read_bytes()),
    )


def _address(path: Path) -> str:
    """Give a file's address, a new one when the file has changed."""
    return f"/{FOLDER}/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
