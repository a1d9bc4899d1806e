"""The cues of the film: what is said, how long it stands, which step is seen. And what is made of them: captions.

Knows content/data/film.toml and the form of WebVTT. Knows neither pages nor ffmpeg. The site's templates read the same
cues as the film's text version (pelicanconf.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatservice.data_files import DataFile, Mistake, Section

DATA_FILE = "film.toml"
STEPS = (
    "start_page", "to_chat", "promises", "begin", "waiting", "opener", "send", "mentor_comes", "mentor_writes",
    "answer", "arrived", "take_back", "quick_exit", "end", "confirm", "aftercare",
)  # fmt: skip
SPEAKING_STEPS = frozenset({"mentor_writes", "answer", "arrived", "take_back"})
"""Those in which somebody writes words of their own."""
SHORTEST_S, LONGEST_S = 60, 90
SHORTEST_CUE_S, LONGEST_CUE_S = 3, 12
LONGEST_LINE = 42
"""Captions have two lines at most: the sky above the phone has room for them, as wide as a phone."""

_LANGUAGE = re.compile(r"[a-z]{2}")
_MARKED = re.compile(r"\[([a-z]{2}):([^\]]+)\]")
_SPACE_BETWEEN = re.compile(r" (?![^\[\]]*\])")
# Above the phone, where the picture is only sky.
_PLACE = "line:2% position:50% size:94% align:center"


class Piece(NamedTuple):
    """A part of a text; `language` is empty where it is the text's own."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A cue in one language: the sentence, and what is seen meanwhile. `[sv:Börja]` marks words of another language."""

    text: str
    seen: str

    @property
    def text_pieces(self) -> tuple[Piece, ...]:
        """Give the sentence, parted where its language changes."""
        return pieces(self.text)

    @property
    def seen_pieces(self) -> tuple[Piece, ...]:
        """Give what is seen, parted where its language changes."""
        return pieces(self.seen)


@dataclass(frozen=True, slots=True)
class Cue:
    """One sentence of the film with its step; `says` is what somebody writes in it, or nothing."""

    step: str
    seconds: int
    words: dict[str, Words]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Film:
    """The whole list. `file` is the name of its files, without ending."""

    file: str
    cues: tuple[Cue, ...]

    @property
    def duration_s(self) -> int:
        """Give how long the film is."""
        return sum(cue.seconds for cue in self.cues)

    @property
    def languages(self) -> tuple[str, ...]:
        """Give the languages of its captions, the main one first."""
        return tuple(self.cues[0].words)

    def in_language(self, language: str) -> tuple[Words, ...]:
        """Give the cues' words, in the main language where there are no others."""
        main = self.languages[0]
        return tuple(cue.words.get(language, cue.words[main]) for cue in self.cues)


class CuesError(Exception):
    """film.toml cannot be used; the message says where and what to do."""


def load_film(content: Path, languages: tuple[str, ...]) -> Film | None:
    """Load the cues; None where an organisation has no film. Raises CuesError."""
    film, mistakes = read_film(content, languages)
    if mistakes:
        raise CuesError("\n".join(map(str, mistakes)))
    return film


def read_film(content: Path, languages: tuple[str, ...]) -> tuple[Film | None, list[Mistake]]:
    """Read the cues and list every mistake in them; `languages` are the site's, the main one first."""
    path = content / "data" / DATA_FILE
    if not path.is_file():
        return None, []
    file = DataFile(path, f"{content.name}/data/{DATA_FILE}")
    root = file.read()
    name = root.text("file", 'Skriv filmens filnamn: file = "sa-chattar-du".')
    cues = tuple(_read_cue(section, languages) for section in root.sections("cues"))
    root.close()
    if not file.mistakes:
        _check_whole(file, cues)
    return Film(name, cues), file.mistakes


def captions(film: Film, language: str) -> str:
    """Write the captions in a language as WebVTT. Source: W3C WebVTT, 4.

    Each ends a moment before the next begins: a browser that is late would show both, one over the other.
    """
    lines = ["WEBVTT", ""]
    for number, (words, (start_s, end_s)) in enumerate(
        zip(film.in_language(language), times(film), strict=True), 1
    ):
        text = "\n".join(caption_lines(words.text)).replace("&", "&amp;").replace("<", "&lt;")
        text = _MARKED.sub(r"<lang \1>\2</lang>", text)
        lines += [str(number), f"{_clock(start_s)}.000 --> {_clock(end_s - 1)}.900 {_PLACE}", text, ""]
    return "\n".join(lines)


def caption_lines(text: str) -> tuple[str, ...]:
    """Part a sentence into two lines of about the same length, rather after a full stop; a short one stays whole.

    Browsers differ in whether they break lines that are placed by per cent, so none is left to them.
    """
    if len(plain(text)) <= LONGEST_LINE:
        return (text,)
    spaces = [at for found in _SPACE_BETWEEN.finditer(text) if not _is_quoted(text, at := found.start())]
    parted = [(text[:at], text[at + 1 :]) for at in spaces] or [(text,)]
    return min(parted, key=lambda lines: _longest(lines) - 6 * lines[0].endswith((".", "?", "!")))


def pieces(text: str) -> tuple[Piece, ...]:
    """Part a text where `[sv:…]` marks another language."""
    found: list[Piece] = []
    end = 0
    for marked in _MARKED.finditer(text):
        found += [Piece("", text[end : marked.start()]), Piece(marked[1], marked[2])]
        end = marked.end()
    return tuple(piece for piece in (*found, Piece("", text[end:])) if piece.text)


def plain(text: str) -> str:
    """Give a text as it is read, without marks."""
    return "".join(piece.text for piece in pieces(text))


def captions_file(film: Film, language: str) -> str:
    """Give the name of a language's captions. After a dot, Pelican would take the language for a page's."""
    return f"{film.file}-{language}.vtt"


def times(film: Film) -> Iterator[tuple[int, int]]:
    """Give when each cue begins and ends, in seconds."""
    at_s = 0
    for cue in film.cues:
        yield at_s, at_s + cue.seconds
        at_s += cue.seconds


def _read_cue(section: Section, languages: tuple[str, ...]) -> Cue:
    remedy = "Välj steget i ordningen som står överst i tools/film/cues.py."
    step = section.text("step", remedy)
    if step and step not in STEPS:
        section.refuse("step", f"Steget ”{step}” finns inte.", f"Stegen är: {', '.join(STEPS)}.")
    seconds = section.number("seconds", SHORTEST_CUE_S, LONGEST_CUE_S)
    says = section.text("says", "Skriv det som skrivs i samtalet.", required=step in SPEAKING_STEPS)
    words = {languages[0]: _read_words(section)}
    for language in dict.fromkeys(
        (*languages[1:], *(key for key in section.values if _LANGUAGE.fullmatch(key)))
    ):
        translated = section.section(language)
        words[language] = _read_words(translated)
        translated.close()
    section.close()
    words = {language: words[language] for language in languages}
    return Cue(step, seconds, words, says)


def _read_words(section: Section) -> Words:
    text = section.text("text", "Skriv meningen som står i textningen.")
    if _longest(caption_lines(text)) > LONGEST_LINE:
        remedy = f"Korta den: två rader med {LONGEST_LINE} tecken är det som får plats ovanför bilden."
        section.refuse("text", f"Meningen är för lång, {len(text)} tecken.", remedy)
    return Words(text, section.text("seen", "Skriv vad man ser, för den som inte ser filmen."))


def _check_whole(file: DataFile, cues: tuple[Cue, ...]) -> None:
    steps = tuple(cue.step for cue in cues)
    if steps != STEPS:
        wrong = next(
            (n for n, (is_, wanted) in enumerate(zip(steps, STEPS, strict=False)) if is_ != wanted),
            min(len(steps), len(STEPS)),
        )
        wanted = (
            f"Här ska steget {STEPS[wrong]} stå." if wrong < len(STEPS) else "Ta bort det som är för mycket."
        )
        line = file.line_of(("cues", min(wrong, len(cues) - 1)))
        file.refuse(line, "Stegen står inte i ordning, eller något saknas.", wanted)
    total_s = sum(cue.seconds for cue in cues)
    if not SHORTEST_S <= total_s <= LONGEST_S:
        remedy = f"Ändra seconds så att summan blir {SHORTEST_S}–{LONGEST_S}."
        file.refuse(1, f"Filmen blir {total_s} sekunder lång.", remedy)


def _is_quoted(text: str, at: int) -> bool:
    """Say whether a place is within quotation marks: ”Ta bort” is one name."""
    opened, closed = text.count("“", 0, at), text.count("”", 0, at)
    return opened > closed if "“" in text else closed % 2 == 1


def _longest(lines: tuple[str, ...]) -> int:
    return max(len(plain(line)) for line in lines)


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}"
