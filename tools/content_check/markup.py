"""Rules for headings, images and HTML: an order of levels, words for pictures, and nothing from anybody else."""

import re
from collections import Counter

from tools.content_check.findings import Findings
from tools.content_check.links import Targets, file_mistake
from tools.content_check.pages import Page
from tools.content_check.rendered import Element
from tools.typography import written_as

FORBIDDEN_TAGS = frozenset(
    {"script", "iframe", "embed", "object", "link", "style", "form", "frame", "base", "meta", "svg", "portal"}
)
_LOADING = ("src", "srcset", "poster", "data", "background")


def check_headings(page: Page, findings: Findings) -> None:
    """Refuse a first-level heading (the title is that) and jumps over a level."""
    level = 1
    seen: Counter[str] = Counter()
    for heading in page.rendered.headings:
        found = int(heading.tag[1])
        text = " ".join(heading.text.split())
        seen[text] += 1
        if 1 < found <= level + 1 and text:
            level = found
            continue
        line = _heading_line(page, found, text)
        if found == 1:
            what = f"Rubriken ”{text}” är på nivå 1, som är sidans titel."
            findings.refuse(page.name, line, what, "Skriv ## i stället för #.")
        elif found > level + 1:
            what = f"Rubriken ”{text}” hoppar från nivå {level} till {found}."
            findings.refuse(page.name, line, what, f"Skriv {'#' * (level + 1)} i stället för {'#' * found}.")
        if not text:
            findings.refuse(page.name, line, "Rubriken är tom.", "Skriv rubriken eller ta bort raden.")
        level = max(found, 1)


def check_elements(page: Page, targets: Targets, findings: Findings) -> None:
    """Refuse what loads from elsewhere, runs or styles, and images without words or files."""
    seen: Counter[str] = Counter()
    for element in page.rendered.elements:
        if element.tag in FORBIDDEN_TAGS:
            seen[element.tag] += 1
            line = page.line_of(f"<{element.tag}", seen[element.tag])
            what = f"<{element.tag}> får inte stå på en sida."
            findings.refuse(page.name, line, what, "Ta bort det. Länka i stället till det som ska visas.")
            continue
        for name in element.attributes:
            if name == "style" or name.startswith("on"):
                what = f"{name}= får inte stå på en sida; webbläsaren struntar i det."
                findings.refuse(page.name, page.line_of(f"{name}="), what, "Ta bort det.")
        _check_loaded(page, element, targets, seen, findings)


def _check_loaded(
    page: Page, element: Element, targets: Targets, seen: Counter[str], findings: Findings
) -> None:
    for name in _LOADING:
        value = element.attributes.get(name)
        if value is None:
            continue
        seen[value] += 1
        line = page.line_of(value, seen[value])
        if re.match(r"\s*(https?:)?//", value, re.IGNORECASE) or (name == "srcset" and "//" in value):
            what = f"{value} hämtas från en annan webbplats, som då får veta vem som läser."
            findings.refuse(page.name, line, what, "Spara bilden i content/images och skriv /images/namnet.")
        elif name in {"src", "poster"} and (mistake := file_mistake(page, value, targets)):
            findings.refuse(page.name, line, *mistake)
        if element.tag == "img" and name == "src" and not _has_words(element):
            what = f"bilden {value} saknar beskrivning för den som inte ser den."
            remedy = (
                "Skriv ![Vad bilden visar](…), eller {: role=presentation } efter en bild som bara är pynt."
            )
            findings.refuse(page.name, line, what, remedy)


def _has_words(image: Element) -> bool:
    return bool(image.attributes.get("alt", "").strip()) or image.attributes.get("role") == "presentation"


def _heading_line(page: Page, level: int, text: str) -> int:
    """Find a heading's line: its hashes and first word, else its text anywhere."""
    first = text.split()[0] if text else ""
    for number, line in enumerate(page.lines[page.body_line - 1 :], page.body_line):
        if (
            line.lstrip().startswith("#" * level)
            and not line.lstrip().startswith("#" * (level + 1))
            and re.search(written_as(first), line)
        ):
            return number
    return page.line_of(text) if text else page.body_line
