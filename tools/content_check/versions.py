"""Rules for the versions of a page, told by its file name: x.md, x.en.md in English, x.lattlast.md easy to read.

A version without its page is a mistake, and so is a language that the site does not have. That a page lacks a version
is none: only a few pages have them. Which ones must, the menu says (`[pages.en]`), and menu.py asks for them.
"""

from tools.content_check.findings import Findings
from tools.content_check.pages import Page
from tools.page_versions import EASY_READ


def check_versions(pages: list[Page], languages: tuple[str, ...], findings: Findings) -> None:
    """Refuse versions of no page or of no language of the site; advise on links that leave a version without need."""
    by_stem = {page.path.stem: page for page in pages}
    by_address = {page.address: page for page in pages if page.is_published}
    for page in pages:
        name = page.file_name
        language = page.value("lang") or name.language
        if language and language not in languages:
            line = page.fields["lang"].line if "lang" in page.fields else 1
            what = f"Sidan är på språket ”{language}”, som webbplatsen inte har."
            remedy = f"Välj bland {', '.join(languages)}, eller lägg till språket i organisation.toml."
            findings.refuse(page.name, line, what, remedy)
        if (name.language or name.is_easy_read) and name.base not in by_stem:
            what = f"Sidan är en version av {name.base}.md, som inte finns."
            findings.refuse(page.name, 1, what, f"Skriv {name.base}.md, eller rätta filnamnet.")
        elif page.value("lang") and name.language and page.value("lang") != name.language:
            what = f"Filnamnet säger ”{name.language}” men Lang säger ”{page.value('lang')}”."
            findings.refuse(page.name, page.fields["lang"].line, what, "Ta bort raden Lang.")

        if name.language and name.base != "index" and not page.value("slug"):
            what = f"Sidan har ingen egen adress och får heta {page.address}."
            findings.advise(page.name, 1, what, "Skriv överst: Slug: ett-ord-pa-det-spraket")
        if name.language or name.is_easy_read:
            _check_links(page, by_stem, by_address, findings)


def _check_links(
    page: Page, by_stem: dict[str, Page], by_address: dict[str, Page], findings: Findings
) -> None:
    suffix = EASY_READ if page.file_name.is_easy_read else page.file_name.language
    for link in page.rendered.links:
        address = link.attributes.get("href", "").partition("#")[0]
        there = by_address.get(address)
        if there is None or there.file_name.language or there.file_name.is_easy_read:
            continue
        own = by_stem.get(f"{there.file_name.base}.{suffix}")
        if own and own.is_published and there.file_name.base != page.file_name.base:
            what = f"Länken {address} leder till en annan version, fast sidan finns som {own.address}."
            findings.advise(page.name, page.line_of(address), what, f"Skriv {own.address}.")
