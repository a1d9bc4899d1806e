"""Checks pages and data files before anything is built: every mistake at once, in Swedish, with its remedy.

    python -m tools.content_check [content]

`check` gives the findings. Errors stop publishing, advice never does. Each subject has its own module: fields,
links, markup, readability; the data files are checked by chatservice.organisation, which also loads them.
"""

from pathlib import Path

from chatservice.data_files import nearest
from chatservice.organisation import OrganisationError, find_mistakes, load_navigation, load_organisation
from tools.content_check.fields import PELICAN_FIELDS, check_addresses, check_fields, theme_fields
from tools.content_check.findings import Findings
from tools.content_check.links import Targets, check_links, find_targets
from tools.content_check.markup import check_elements, check_headings
from tools.content_check.pages import Page, read_pages
from tools.content_check.readability import check_readability

__all__ = ["Findings", "check"]

TEMPLATES = Path(__file__).resolve().parents[2] / "theme" / "templates"


def check(content_dir: Path, templates: Path = TEMPLATES) -> Findings:
    """Check a content folder against the theme it will be shown with."""
    content_dir = content_dir.absolute()
    findings = Findings()
    findings.errors += find_mistakes(content_dir)
    pages = read_pages(content_dir, findings, _main_language(content_dir))
    targets = find_targets(content_dir, pages, templates)
    findings.addresses = [page.address for page in pages if page.is_published]
    known = PELICAN_FIELDS | theme_fields(templates)
    for page in pages:
        check_fields(page, templates, known, findings)
        check_headings(page, findings)
        check_links(page, targets, findings)
        check_elements(page, targets, findings)
        check_readability(page, findings)
    check_addresses(pages, findings)
    _check_navigation(content_dir, pages, targets, findings)
    return findings


def _main_language(content_dir: Path) -> str:
    """Give the language of pages that name none; Swedish while the data file cannot be read."""
    try:
        languages = load_organisation(content_dir).languages
    except OrganisationError:
        return "sv"
    return languages[0] if languages else "sv"


def _check_navigation(content_dir: Path, pages: list[Page], targets: Targets, findings: Findings) -> None:
    """Refuse an entry of the menu that leads to no page."""
    try:
        navigation = load_navigation(content_dir)
    except OrganisationError:
        return
    path = content_dir / "data" / "navigation.toml"
    lines = path.read_text("utf-8").splitlines()
    slugs = {page.slug for page in pages}
    addresses = [(item, f"/{item.slug}/") for item in navigation]
    for item in navigation:
        addresses += [(version, f"/{language}/{version.slug}/") for language, version in item.translations]
    for item, address in addresses:
        if address in targets.anchors:
            continue
        line = next((number for number, text in enumerate(lines, 1) if f'"{item.slug}"' in text), 1)
        match = nearest(item.slug, slugs)
        remedy = f"Menade du {match}?" if match else "Rätta slug, eller ta bort sidan ur menyn."
        findings.refuse(f"{content_dir.name}/data/{path.name}", line, f"Sidan {address} finns inte.", remedy)
