"""Reads a data file that people edit, and collects every mistake in it with file, line, what and remedy.

Knows TOML and how to find a key's line. Does not know what the facts mean: organisation.py asks for each value by
name and type, and says what is wrong with it. Messages are Swedish, because editors read them.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias, cast

KeyPath: TypeAlias = tuple[str | int, ...]

_KEY_LINE = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=""")
_HEADER_LINE = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
_SYNTAX_IN_SWEDISH = (
    ("Cannot overwrite", "Samma namn finns två gånger."),
    ("Cannot declare", "Samma avsnitt finns två gånger."),
    ("Unterminated string", "Ett citattecken saknas i slutet."),
    ("Illegal character", "Ett citattecken saknas i slutet, eller ett tecken är inte tillåtet."),
    ("Expected '=' after a key", "Efter namnet ska det stå ett likhetstecken."),
    ("Unclosed array", "En hakparentes ] saknas."),
    ("Expected newline", "Det står något mer på raden efter värdet."),
    ("Invalid date", "Datumet finns inte."),
    ("Invalid value", "Värdet går inte att läsa."),
)


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that an editor must mend, and how."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file} rad {self.line}: {self.what} {self.remedy}"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate that is most like the word, or None when none is near."""
    matches = get_close_matches(word, list(candidates), 1, 0.6)
    return matches[0] if matches else None


@dataclass(slots=True)
class DataFile:
    """One TOML file under reading; `mistakes` grows as values are asked for."""

    path: Path
    name: str
    mistakes: list[Mistake] = field(default_factory=list[Mistake])
    _lines: list[str] = field(default_factory=list[str])
    _line_of: dict[KeyPath, int] = field(default_factory=dict[KeyPath, int])

    def read(self) -> "Section":
        """Parse the file; an unreadable one gives an empty section and a mistake, and asks no further questions."""
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            self.refuse(1, "Filen finns inte.", "Lägg tillbaka den, till exempel från en tidigare version.")
            return Section(self, (), {}, silent=True)
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self.refuse(
                line, "Filen är inte sparad som UTF-8, så å, ä och ö blir fel.", "Spara om den som UTF-8."
            )
            return Section(self, (), {}, silent=True)
        self._lines = text.splitlines()
        try:
            parsed = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self._refuse_syntax(str(error))
            return Section(self, (), {}, silent=True)
        self._line_of = dict(_key_lines(self._lines))
        return Section(self, (), parsed)

    def refuse(self, line: int, what: str, remedy: str) -> None:
        """Note a mistake on a line (from 1)."""
        self.mistakes.append(Mistake(self.name, line, what, remedy))

    def line_of(self, path: KeyPath, element: str | None = None) -> int:
        """Find the line of a key or header; with an element, the line at or after it where that text stands."""
        while path and path not in self._line_of:
            path = path[:-1]
        line = self._line_of.get(path, 1)
        if element is not None:
            for number, text in enumerate(self._lines[line - 1 :], line):
                if element in text:
                    return number
        return line

    def _refuse_syntax(self, message: str) -> None:
        found = re.search(r"line (\d+)", message)
        line = int(found[1]) if found else max(1, len(self._lines))
        what = next((words for start, words in _SYNTAX_IN_SWEDISH if message.startswith(start)), "")
        remedy = 'Skriv till exempel name = "värde", med raka citattecken, och en lista inom [ ].'
        self.refuse(line, f"Filen går inte att läsa. {what}".strip(), remedy)


@dataclass(slots=True)
class Section:
    """A table of a data file. Each key is asked for once; `close` refuses the keys nobody asked for.

    A method that refuses a value notes the mistake and gives a harmless stand-in, so that reading goes on and every
    mistake is found at once.
    """

    file: DataFile
    path: KeyPath
    values: dict[str, object]
    silent: bool = False
    _known: set[str] = field(default_factory=set[str])

    def refuse(self, key: str, what: str, remedy: str, element: str | None = None) -> None:
        """Note a mistake on the line of a key, or of an element of its list."""
        if not self.silent:
            self.file.refuse(self.file.line_of((*self.path, key), element), what, remedy)

    def text(self, key: str, remedy: str, *, required: bool = True) -> str:
        """Read a line of text; a missing or empty one is refused when required."""
        value = self._take(key)
        if isinstance(value, str) and (value.strip() or not required):
            return value.strip()
        if value is None and not required:
            return ""
        self._refuse_value(key, value, "en text inom citattecken", remedy)
        return ""

    def flag(self, key: str) -> bool:
        """Read true or false; false when missing."""
        value = self._take(key)
        if isinstance(value, bool):
            return value
        if value is not None:
            self._refuse_value(key, value, "true eller false", f"Skriv {key} = true eller {key} = false.")
        return False

    def number(self, key: str, low: int, high: int) -> int:
        """Read a whole number between two bounds; the lower one when missing."""
        value = self._take(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and low <= value <= high):
            return low if value is None else value
        remedy = f"Skriv ett heltal från {low} till {high}, utan citattecken: {key} = {min(high, low + 15)}."
        self._refuse_value(key, value, f"ett heltal från {low} till {high}", remedy)
        return low

    def texts(self, key: str, remedy: str, *, required: bool = True) -> tuple[str, ...]:
        """Read a list of texts, which may be empty."""
        value = self._take(key)
        if value is None and not required:
            return ()
        if isinstance(value, list):
            items = cast("list[object]", value)
            texts = tuple(item for item in items if isinstance(item, str))
            if len(texts) == len(items):
                return texts
            value = items
        self._refuse_value(key, value, "en lista med texter", remedy)
        return ()

    def day(self, key: str) -> date:
        """Read a date without time; a refused one becomes the first day there is."""
        value = self._take(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._refuse_value(key, value, "ett datum", f"Skriv {key} = 2026-12-24, utan citattecken.")
        return date.min

    def section(self, key: str) -> "Section":
        """Open a table within this one."""
        value = self._take(key)
        if isinstance(value, dict):
            return Section(self.file, (*self.path, key), cast("dict[str, object]", value), self.silent)
        self._refuse_value(key, value, "ett avsnitt", f"Skriv rubriken [{key}] och värdena under den.")
        return Section(self.file, (*self.path, key), {}, silent=True)

    def sections(self, key: str, *, required: bool = True) -> list["Section"]:
        """Open a list of tables, each headed [[key]]."""
        value = self._take(key)
        if value is None and not required:
            return []
        if isinstance(value, list):
            items = cast("list[object]", value)
            tables = [cast("dict[str, object]", item) for item in items if isinstance(item, dict)]
            if len(tables) == len(items):
                paths = ((*self.path, key, number) for number in range(len(tables)))
                return [
                    Section(self.file, path, table, self.silent)
                    for path, table in zip(paths, tables, strict=True)
                ]
            value = items
        self._refuse_value(key, value, "en lista med avsnitt", f"Skriv [[{key}]] ovanför varje avsnitt.")
        return []

    def close(self) -> None:
        """Refuse every key that nobody asked for, with the nearest known one."""
        for key in self.values:
            if key in self._known:
                continue
            match = nearest(key, self._known)
            known = ", ".join(sorted(self._known))
            remedy = f"Menade du {match}?" if match else f"Ta bort raden. Här får stå: {known}."
            self.refuse(key, f"Namnet ”{key}” är okänt.", remedy)

    def _take(self, key: str) -> object:
        self._known.add(key)
        return self.values.get(key)

    def _refuse_value(self, key: str, value: object, wanted: str, remedy: str) -> None:
        if value is None:
            self.refuse(key, f"Raden ”{key}” saknas.", remedy)
        elif value == "":
            self.refuse(key, f"”{key}” är tom.", remedy)
        else:
            self.refuse(key, f"”{key}” ska vara {wanted}.", remedy)


def _key_lines(lines: list[str]) -> Iterator[tuple[KeyPath, int]]:
    """Yield where each key and header of a well-formed file stands; the inside of long values is passed over."""
    table: KeyPath = ()
    counts: dict[str, int] = {}
    depth, long_quote = 0, ""
    for number, line in enumerate(lines, 1):
        if long_quote:
            long_quote = "" if long_quote in line else long_quote
            continue
        if depth == 0:
            if header := _HEADER_LINE.match(line):
                name = header[2]
                table = tuple(part.strip(" \"'") for part in name.split("."))
                if header[1] == "[[":
                    table = (*table, counts.setdefault(name, 0))
                    counts[name] += 1
                elif table[0] in counts:  # a table within the latest [[…]]
                    table = (table[0], counts[str(table[0])] - 1, *table[1:])
                yield table, number
                continue
            if key := _KEY_LINE.match(line):
                yield (*table, key[1].strip("\"'")), number
        opened = re.search(r'"""|\'\'\'', line)
        if opened and line.count(opened[0]) % 2:
            long_quote = opened[0]
            continue
        bare = _STRING.sub("", line).split("#", 1)[0]
        depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))
