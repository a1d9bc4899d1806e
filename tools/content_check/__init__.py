"""Checks pages and data files before anything is built: every mistake at once, in Swedish, with its remedy.

    python -m tools.content_check [content]

`check` gives the findings. Errors stop publishing, advice never does. Each subject has its own module: agreements,
fields, film, holidays, links, markup, menu, readability, versions. The data files are checked by
chatservice.organisation, which loads them.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from chatservice.organisation import OrganisationError, find_mistakes, load_organisation
from tools.content_check.agreements import check_agreements
from tools.content_check.fields import PELICAN_FIELDS, check_addresses, check_fields, theme_fields
from tools.content_check.film import check_film
from tools.content_check.findings import Findings
from tools.content_check.links import check_links, find_targets
from tools.content_check.markup import check_elements, check_headings
from tools.content_check.menu import check_menu
from tools.content_check.pages import read_pages
from tools.content_check.readability import check_readability
from tools.content_check.versions import check_versions

__all__ = ["Findings", "check"]

TEMPLATES = Path(__file__).resolve().parents[2] / "theme" / "templates"


def check(
    content_dir: Path,
    templates: Path = TEMPLATES,
    made: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Findings:
    """Check a content folder against the theme it will be shown with.

    `made` is what Pelican has already made of pages (tools/page_reader.py), to save reading them again. With `today`
    there is also advice on the holidays that are coming; a build, which advice never stops, does without.
    """
    content_dir = content_dir.absolute()
    findings = Findings()
    findings.errors += find_mistakes(content_dir)
    languages = _languages(content_dir)
    pages = read_pages(content_dir, findings, languages[0], made)
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
    check_versions(pages, languages, findings)
    check_film(content_dir, languages, findings)
    check_agreements(content_dir, findings)
    check_menu(content_dir, templates, pages, targets, findings)
    if today is not None:
        from tools.content_check.holidays import check_holidays  # imported here: a build must stay quick

        check_holidays(content_dir, languages, today, findings)
    return findings


def _languages(content_dir: Path) -> tuple[str, ...]:
    """Give the languages of the site, the main one first; Swedish while the data file cannot be read."""
    try:
        return load_organisation(content_dir).languages or ("sv",)
    except OrganisationError:
        return ("sv",)
