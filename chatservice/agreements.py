"""The organisation's texts that staff sign or read: content/agreements/, versioned Markdown in each of its languages.

`load_agreements` gives them as pages show them; `load_terms` gives what is asked of staff, with the versions that hold
now. Every mistake is told with file, line and remedy. That a text does not change under its version is checked before
it is published (tools/content_check/agreements.py).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown import markdown
from markupsafe import Markup

from chatservice.data_files import Mistake
from chatservice.domain.certification_items import TEXTS, Kind, Rules
from chatservice.organisation import (
    OrganisationError,
    load_opening_hours,
    load_organisation,
    load_requirements,
)
from chatservice.usecases.clearing import Terms

FOLDER: Final = "agreements"
NAMES: Final = {
    Kind.CONFIDENTIALITY: "tystnadsplikt",
    Kind.ASSIGNMENT: "uppdragsavtal",
    Kind.GUIDELINES: "riktlinjer",
}
_FIELD = re.compile(r"([A-Za-z]+):\s*(.*)")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,23}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in one language: as it was written (`body`), and as a page shows it."""

    title: str
    body: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Agreement:
    """A text that is signed or read. `wordings` begins with the main language's."""

    kind: Kind
    name: str
    version: str
    wordings: tuple[tuple[str, Wording], ...]

    def in_language(self, language: str) -> tuple[str, Wording]:
        """Give it in a language, or in the main one where it has no such wording, with the language it is in."""
        return next((each for each in self.wordings if each[0] == language), self.wordings[0])


def load_agreements(content_dir: Path) -> tuple[Agreement, ...]:
    """Load every text. Raises `OrganisationError`."""
    mistakes: list[Mistake] = []
    languages = load_organisation(content_dir).languages or ("sv",)
    agreements = [_read(content_dir, kind, languages, mistakes) for kind in TEXTS]
    if mistakes:
        raise OrganisationError(mistakes)
    return tuple(agreements)


def load_terms(content_dir: Path, agreements: tuple[Agreement, ...] | None = None) -> Terms:
    """Put together what is asked of staff. Raises `OrganisationError`."""
    texts = load_agreements(content_dir) if agreements is None else agreements
    rules = Rules(load_requirements(content_dir), tuple((text.kind, text.version) for text in texts))
    return Terms(rules, load_opening_hours(content_dir).zone)


def text_file(name: str, language: str, main_language: str) -> str:
    """Return the name of a text's file in a language: "riktlinjer.md", "riktlinjer.en.md"."""
    return f"{name}.md" if language == main_language else f"{name}.{language}.md"


def _read(content_dir: Path, kind: Kind, languages: tuple[str, ...], mistakes: list[Mistake]) -> Agreement:
    name, version = NAMES[kind], ""
    wordings: list[tuple[str, Wording]] = []
    for language in languages:
        file = text_file(name, language, languages[0])
        path, shown = content_dir / FOLDER / file, f"{content_dir.name}/{FOLDER}/{file}"
        if language != languages[0] and not path.is_file():
            continue
        fields, body = _parse(path, shown, mistakes)
        if wordings and fields.get("Version", version) != version:
            what = f"Versionen är en annan än i {text_file(name, languages[0], languages[0])}."
            mistakes.append(Mistake(shown, 2, what, f"Skriv Version: {version}, eller ändra båda."))
        version = version or fields.get("Version", "")
        # The organisation's own words, as its pages are: whoever may change them may change the whole site.
        html = Markup(markdown(body, output_format="html"))  # noqa: S704
        wordings.append((language, Wording(fields.get("Title", ""), body, html)))
    return Agreement(kind, name, version, tuple(wordings))


def _parse(path: Path, shown: str, mistakes: list[Mistake]) -> tuple[dict[str, str], str]:
    """Return the fields at the top of a text, and the rest."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        mistakes.append(Mistake(shown, 1, "Filen finns inte.", "Lägg tillbaka den från en tidigare version."))
        return {}, ""
    except UnicodeDecodeError:
        mistakes.append(Mistake(shown, 1, "Filen är inte sparad som UTF-8.", "Spara om den som UTF-8."))
        return {}, ""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    fields = {found[1]: found[2].strip() for line in head.split("\n") if (found := _FIELD.fullmatch(line))}
    for field, remedy in (("Title", "Title: Avtal om tystnadsplikt"), ("Version", "Version: 2026-1")):
        if not fields.get(field):
            mistakes.append(Mistake(shown, 1, f"Raden ”{field}” saknas.", f"Skriv {remedy} överst i filen."))
    if fields.get("Version") and not _VERSION.fullmatch(fields["Version"]):
        remedy = "Skriv högst 24 bokstäver, siffror, punkter eller bindestreck, till exempel 2026-1."
        mistakes.append(Mistake(shown, 2, f"”{fields['Version']}” kan inte vara en version.", remedy))
    if not body.strip():
        mistakes.append(Mistake(shown, 1, "Filen har ingen text.", "Skriv texten efter en tom rad."))
    return fields, body
