"""The versions of a page: other languages and easy-to-read Swedish, told by the name of the file.

    integritet.md            /integritet/             the page itself, in the site's main language
    integritet.en.md         /en/privacy/             the same page in English (`Slug: privacy`)
    integritet.lattlast.md   /lattlast/integritet/    the same page in easy-to-read Swedish
    index.en.md              /en/                     a start page

`place_of` gives addresses to the content check, `path_metadata` gives Pelican what its settings cannot say, and the
plug-in (`register`) tells each page which versions it has, so that links go right in both directions. Pelican's own
translations are grouped by `family`; an easy-to-read page is a family of its own, since its language is the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EASY_READ = "lattlast"
FILENAME_METADATA = rf"(?P<family>[^.]+(?:\.{EASY_READ})?)(?:\.(?P<lang>[a-z]{{2}}))?$"
TRANSLATION_ID = "family"

_NAME = re.compile(FILENAME_METADATA)


@dataclass(frozen=True, slots=True)
class PageName:
    """What a page's file name says: `base` is the page, `language` empty for the main one."""

    base: str
    language: str = ""
    is_easy_read: bool = False


def read_name(stem: str) -> PageName:
    """Read a file name without its .md; a name with other dots in it is taken as it is."""
    found = _NAME.fullmatch(stem)
    if not found:
        return PageName(stem)
    base = found["family"].removesuffix(f".{EASY_READ}")
    return PageName(base, found["lang"] or "", base != found["family"])


def place_of(name: PageName, slug: str, language: str, main_language: str) -> str:
    """Give the address of a page without its first slash: "en/privacy/", or "" for the start page."""
    last = "" if name.base == "index" else f"{name.base if name.is_easy_read else slug}/"
    if name.is_easy_read:
        return f"{EASY_READ}/{last}"
    return last if language == main_language else f"{language}/{last}"


def path_metadata(content: Path, main_language: str) -> dict[str, dict[str, str]]:
    """Give the addresses that Pelican cannot make of its settings: start pages and easy-to-read ones."""
    special: dict[str, dict[str, str]] = {}
    for path in sorted((content / "pages").glob("*.md")):
        name = read_name(path.stem)
        if name.base != "index" and not name.is_easy_read:
            continue
        place = place_of(name, name.base, name.language or main_language, main_language)
        special[path.relative_to(content).as_posix()] = {
            "save_as": f"{place}index.html",
            "url": place,
            "slug": path.stem.replace(".", "-"),
        }
    return special


def join_versions(generator: Any) -> None:
    """Give each page its versions by language, and the two kinds of Swedish to each other."""
    pages: list[Any] = [*generator.pages, *generator.translations]
    by_family: dict[str, Any] = {page.family: page for page in generator.pages}
    for page in pages:
        base = page.family.removesuffix(f".{EASY_READ}")
        full, easy = by_family.get(base), by_family.get(f"{base}.{EASY_READ}")
        same = _by_language((page, *page.translations))
        page.versions = _by_language((full, *full.translations)) | same if full else same
        page.easy_read = f"/{easy.url}" if easy and page.lang == easy.lang and page is not easy else ""
        page.full_version = f"/{full.url}" if full and page is easy else ""


def _by_language(pages: Iterable[Any]) -> dict[str, str]:
    return {page.lang: f"/{page.url}" for page in pages}


def register() -> None:
    """Connect to Pelican."""
    # Imported here, because the content check reads names and needs no Pelican.
    from pelican import signals  # pyright: ignore[reportMissingTypeStubs]

    signals.page_generator_finalized.connect(join_versions)
