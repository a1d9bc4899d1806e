"""Rules for the fields at the top of a page: title, known names, dates, state, template, address."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from chatservice.data_files import nearest
from tools.content_check.findings import Findings
from tools.content_check.pages import Field, Page

# What Pelican itself understands on a page; the theme adds every page.NAME that its templates read.
PELICAN_FIELDS = frozenset(
    {
        "title",
        "summary",
        "slug",
        "url",
        "save_as",
        "lang",
        "translation",
        "status",
        "date",
        "modified",
        "template",
    }
)
IN_SWEDISH = {
    "titel": "Title",
    "rubrik": "Title",
    "beskrivning": "Description",
    "sammanfattning": "Summary",
    "ingress": "Lede",
    "språk": "Lang",
    "datum": "Date",
    "ändrad": "Modified",
    "mall": "Template",
    "adress": "Slug",
}
STATES = ("published", "draft", "hidden", "skip")
_MADE_BY_PELICAN = frozenset(
    {"content", "url", "locale_date", "translations", "versions", "easy_read", "full_version", "family"}
)


def theme_fields(templates: Path) -> frozenset[str]:
    """List the fields that the theme's templates read from a page."""
    texts = (path.read_text("utf-8") for path in sorted(templates.rglob("*.html")))
    return (
        frozenset(name for text in texts for name in re.findall(r"\bpage\.([a-z_]+)", text))
        - _MADE_BY_PELICAN
    )


def check_fields(page: Page, templates: Path, known: frozenset[str], findings: Findings) -> None:
    """Check one page's fields."""
    title = page.fields.get("title")
    if title is None or not title.value:
        line = title.line if title else 1
        findings.refuse(page.name, line, "Sidan saknar titel.", "Skriv överst: Title: Sidans namn")
    for field in page.fields.values():
        if field.name.lower() not in known:
            _refuse_unknown(page, field, known, findings)
    for name in ("date", "modified"):
        if page.value(name):
            _check_date(page, page.fields[name], findings)
    state = page.fields.get("status")
    if state and state.value.lower() not in STATES:
        remedy = "Skriv published (syns), draft (utkast) eller hidden (syns bara för den som har adressen)."
        findings.refuse(page.name, state.line, f"Status ”{state.value}” finns inte.", remedy)
    template = page.fields.get("template")
    if template and not (templates / f"{template.value}.html").is_file():
        names = [path.stem for path in templates.glob("*.html")]
        remedy = _menade(nearest(template.value, names)) or f"Välj bland {', '.join(sorted(names))}."
        findings.refuse(page.name, template.line, f"Mallen ”{template.value}” finns inte.", remedy)
    if "description" in known and title and not page.value("description"):
        remedy = "Skriv överst: Description: En mening om sidan"
        findings.advise(page.name, 1, "Sidan saknar beskrivning, som sökmotorer visar.", remedy)


def check_addresses(pages: Sequence[Page], findings: Findings) -> None:
    """Refuse two pages with one address."""
    first_of: dict[str, Page] = {}
    for page in pages:
        first = first_of.setdefault(page.address.lower(), page)
        if first is not page:
            line = next((page.fields[name].line for name in ("save_as", "slug") if name in page.fields), 1)
            what = f"Adressen {page.address} används redan av {first.name}."
            findings.refuse(page.name, line, what, "Byt filnamn, eller Slug, på den ena.")


def _refuse_unknown(page: Page, field: Field, known: frozenset[str], findings: Findings) -> None:
    swedish = IN_SWEDISH.get(field.name.lower())
    suggestion = swedish or nearest(field.name.lower(), known)
    remedy = (
        _menade(suggestion[:1].upper() + suggestion[1:])
        if suggestion
        else "Ta bort raden. Hör den till texten: lägg en tomrad före den."
    )
    findings.refuse(page.name, field.line, f"Fältet ”{field.name}:” är okänt.", remedy)


def _check_date(page: Page, field: Field, findings: Findings) -> None:
    try:
        datetime.fromisoformat(field.value)
    except ValueError:
        what = f"Datumet ”{field.value}” går inte att läsa eller finns inte."
        findings.refuse(page.name, field.line, what, "Skriv år-månad-dag, till exempel 2026-11-22.")


def _menade(word: str | None) -> str:
    return f"Menade du {word}?" if word else ""
