"""Languages and easy-to-read Swedish: addresses, links both ways, and a frame that speaks the page's language."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from chatservice.theming import translate
from tests.site.addresses import EASY_READ, ENGLISH
from tests.site.html_pages import BuiltPage, read_pages
from tools.page_versions import PageName, place_of, read_name

CATALOGUE = Path("chatservice/translations/en/LC_MESSAGES")
PAIRS = {
    "/": "/en/",
    "/sa-chattar-du/": "/en/how-to-chat/",
    "/chatt/": "/en/chat/",
    "/praktisk-information/": "/en/practical/",
    "/integritet/": "/en/privacy/",
    "/akut-hjalp/": "/en/emergency-help/",
}
EASY = {address.removeprefix("/lattlast"): address for address in EASY_READ}
SWEDISH_LETTERS = re.compile(r"[^\W\d_]*[åäöÅÄÖ][^\W\d_]*")
# Names of Swedish services, which are their names in English too.
SWEDISH_NAMES = {"Självmordslinjen", "jourhavande", "präst"}


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, BuiltPage]:
    return {page.address: page for page in read_pages(built_site)}


def unmarked(page: BuiltPage) -> str:
    """Give a page's source without scripts and without what is marked as Swedish."""
    text = re.sub(r"<script.*?</script>", "", page.text, flags=re.DOTALL)
    return re.sub(r'<(\w+)[^>]*\blang="sv"[^>]*>.*?</\1>', "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("stem", "place"),
    [
        ("index", ""),
        ("index.en", "en/"),
        ("index.lattlast", "lattlast/"),
        ("integritet", "integritet/"),
        ("integritet.en", "en/integritet/"),
        ("integritet.lattlast", "lattlast/integritet/"),
        ("a.b.c.d", "a.b.c.d/"),
    ],
)
def test_a_file_name_says_which_version_a_page_is(stem: str, place: str):
    name = read_name(stem)

    assert place_of(name, name.base, name.language or "sv", "sv") == place


def test_the_main_language_has_no_prefix_whichever_it_is():
    assert place_of(PageName("index", "en"), "index", "en", "en") == ""
    assert place_of(PageName("privacy", "sv"), "privacy", "sv", "en") == "sv/privacy/"


@pytest.mark.parametrize(("swedish", "english"), PAIRS.items())
def test_translations_point_at_each_other_and_at_themselves(
    pages: dict[str, BuiltPage], swedish: str, english: str
):
    origin = "https://example.org"
    assert pages[swedish].alternates == {"sv": origin + swedish, "en": origin + english}
    assert pages[english].alternates == pages[swedish].alternates
    assert ("English", english) in [(words, link) for link, words in pages[swedish].links]
    assert ("Svenska", swedish) in [(words, link) for link, words in pages[english].links]


@pytest.mark.parametrize(("full", "easy"), EASY.items())
def test_easy_swedish_and_the_full_page_link_to_each_other_and_are_no_translations(
    pages: dict[str, BuiltPage], full: str, easy: str
):
    assert (easy, "Lättläst") in pages[full].links
    assert (full, "Vanlig text") in pages[easy].links
    assert pages[easy].alternates == {}
    assert (PAIRS[full], "English") in pages[easy].links


def test_a_page_without_a_version_leads_to_the_start_page_of_the_language(pages: dict[str, BuiltPage]):
    assert pages["/veteran/"].alternates == {}
    assert ("/en/", "English") in pages["/veteran/"].links
    assert ("/lattlast/", "Lättläst") in pages["/veteran/"].links


def test_the_sitemap_knows_the_translations_by_an_attribute_that_is_read(built_site: Path):
    sitemap = (built_site / "sitemap.xml").read_text("utf-8")

    assert 'hreflang="en" href="https://example.org/en/privacy/"' in sitemap
    assert " ref=" not in sitemap


@pytest.mark.parametrize("address", [*ENGLISH, "/en/chat/"])
def test_no_swedish_is_left_on_an_english_page_but_names_and_what_is_marked_as_swedish(
    pages: dict[str, BuiltPage], address: str
):
    assert set(SWEDISH_LETTERS.findall(unmarked(pages[address]))) - SWEDISH_NAMES == set()


@pytest.mark.parametrize("address", [*ENGLISH, "/en/chat/"])
def test_the_frame_of_an_english_page_speaks_english(
    pages: dict[str, BuiltPage], project: Path, address: str
):
    """Every Swedish sentence of the frame that has a translation is gone, also those without å, ä or ö."""
    with (project / CATALOGUE / "messages.po").open("rb") as file:
        swedish = {str(m.id) for m in read_po(file, locale="en") if m.id and m.id != m.string and " " in m.id}

    assert [sentence for sentence in swedish if sentence in unmarked(pages[address])] == []
    assert '<html lang="en">' in pages[address].text


def test_the_compiled_catalogue_is_that_of_the_sentences(project: Path, tmp_path: Path):
    """If not: pybabel compile -d chatservice/translations"""
    with (project / CATALOGUE / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    with (tmp_path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    with (
        (tmp_path / "messages.mo").open("rb") as made,
        (project / CATALOGUE / "messages.mo").open("rb") as kept,
    ):
        made_words = {m.id: m.string for m in read_mo(made) if m.id}
        kept_words = {m.id: m.string for m in read_mo(kept) if m.id}

    assert kept_words == made_words
    assert [sentence for sentence, words in kept_words.items() if not words] == []
    assert translate("Lämna snabbt", "en") == "Leave now"
