"""Rules for what the frame of every page leads to: the pages of the menu, and those that the theme itself names."""

import re
from pathlib import Path

from chatservice.data_files import nearest
from chatservice.organisation import NavigationItem, OrganisationError, load_navigation
from tools.content_check.findings import Findings
from tools.content_check.links import SERVICE_ADDRESSES, Targets
from tools.content_check.pages import Page

_NAMED_BY_A_TEMPLATE = re.compile(r"""\bpage_url\(["']([a-z0-9-]+)["']""")


def check_menu(
    content_dir: Path, templates: Path, pages: list[Page], targets: Targets, findings: Findings
) -> None:
    """Refuse an entry of the menu that leads to no page, and a page that the theme needs and nobody wrote."""
    try:
        navigation = load_navigation(content_dir)
    except OrganisationError:
        return
    path = content_dir / "data" / "navigation.toml"
    name = f"{content_dir.name}/data/{path.name}"
    lines = path.read_text("utf-8").splitlines()
    slugs = {page.slug for page in pages}
    for item, address in _entries(navigation):
        if address in targets.anchors:
            continue
        line = next((number for number, text in enumerate(lines, 1) if f'"{item.slug}"' in text), 1)
        match = nearest(item.slug, slugs)
        remedy = f"Menade du {match}?" if match else "Rätta slug, eller ta bort sidan ur menyn."
        findings.refuse(name, line, f"Sidan {address} finns inte.", remedy)
    known = {item.known_as for item in navigation}
    for wanted in sorted(_named_by(templates) - known):
        if f"/{wanted}/" not in targets.anchors.keys() | SERVICE_ADDRESSES:
            what = f"Varje sida länkar till /{wanted}/, som inte finns."
            remedy = f'Skriv sidan. Heter den något annat: skriv known_as = "{wanted}" vid dess slug.'
            findings.refuse(name, 1, what, remedy)


def _entries(navigation: tuple[NavigationItem, ...]) -> list[tuple[NavigationItem, str]]:
    """Give each entry in each language, with the address it leads to."""
    entries = [(item, f"/{item.slug}/") for item in navigation]
    for item in navigation:
        entries += [(version, f"/{language}/{version.slug}/") for language, version in item.translations]
    return entries


def _named_by(templates: Path) -> set[str]:
    texts = (path.read_text("utf-8") for path in templates.rglob("*.html"))
    return {name for text in texts for name in _NAMED_BY_A_TEMPLATE.findall(text)}
