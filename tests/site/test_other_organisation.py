"""Another helpline, in English, from its own content and tokens: no trace of the first one is left in its site."""

import re
import shutil
from pathlib import Path

import pytest

from chatservice.organisation import load_help, load_organisation
from tests.site.html_pages import BuiltPage, read_pages
from tools.content_check import check
from tools.site_build import build_site

OTHER = Path(__file__).resolve().parents[1] / "fixtures" / "other_organisation" / "content"
# Words that no English sentence has, and which the frame would use if a sentence were left in Swedish.
SWEDISH = re.compile(
    r"\b(och|att|för|inte|är|som|på|av|till|du|vi|ni|den|det|från|när|här|om|så|sidan|chatten)\b|[åäöÅÄÖ]"
)
COLOUR = re.compile(r"--color-(paper|action|night): *(#[0-9a-f]{6})")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("other") / "output"
    build_site(folder, content=OTHER)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> list[BuiltPage]:
    return read_pages(site)


def test_the_other_content_has_no_mistake():
    assert [str(mistake) for mistake in check(OTHER).errors] == []


def test_no_name_no_address_and_no_number_of_the_first_organisation_is_left(site: Path, project: Path):
    first = load_organisation(project / "content")
    others_numbers = {number.number for number in load_help(OTHER)}
    traces = {
        first.name,
        first.short_name,
        first.tagline,
        first.description,
        first.contact.email,
        first.website,
    }
    traces |= {first.contact.phone, *first.contact.postal_address, "nvidzonen"}
    traces |= {number.number for number in load_help(project / "content")} - others_numbers
    found = [
        f"{path.relative_to(site)}: {trace}"
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.suffix in {".html", ".xml", ".txt", ".ics", ".js", ".css", ".svg", ".json"}
        for trace in traces
        if trace and trace in path.read_text("utf-8")
    ]

    assert found == []


def test_every_page_says_that_it_is_in_english(pages: list[BuiltPage]):
    assert {page.address: page.language for page in pages if page.language != "en"} == {}


def spoken(page: BuiltPage) -> str:
    """Give what is read or heard: the text, and the attributes that hold words."""
    attributes = re.findall(r'\b(?:alt|title|aria-label|content|data-[\w-]+)="([^"/]*)"', page.text)
    return " ".join([page.title, page.words, *attributes])


def test_the_frame_speaks_no_swedish(pages: list[BuiltPage]):
    found = {
        page.address: sorted({match[0] for match in SWEDISH.finditer(spoken(page))})
        for page in pages
        if SWEDISH.search(spoken(page))
    }

    assert found == {}


def test_every_link_leads_to_a_page_of_this_organisation(site: Path, pages: list[BuiltPage]):
    service = {"/chatt/lage/", "/kontakt/skriv/"}
    broken = {
        f"{page.address} -> {href}"
        for page in pages
        for href, _ in page.links
        if href.startswith("/") and href not in service
        for path in [site / href.partition("#")[0].partition("?")[0].strip("/")]
        if not (path.is_file() or (path / "index.html").is_file())
    }

    assert broken == set()


def test_its_own_tokens_win_and_the_browser_is_painted_in_its_colours(site: Path, pages: list[BuiltPage]):
    css = (site / "theme" / "css" / "site.css").read_text("utf-8")
    wanted = dict(COLOUR.findall((OTHER / "theme" / "tokens.css").read_text("utf-8").partition("@media")[0]))
    last = dict(COLOUR.findall(css.rpartition("@layer tokens")[2].partition("@media")[0]))

    assert wanted
    assert last == wanted
    painted = {page.text.count('content="#1d4d2b"') for page in pages if not page.is_neutral}
    assert painted == {1}
    assert [page.address for page in pages if "#11283a" in page.text or "#091521" in page.text] == []


def test_sitemap_and_calendar_are_its_own(site: Path):
    sitemap = (site / "sitemap.xml").read_text("utf-8")

    assert "https://harbour.example/how-to-chat/" in sitemap
    assert "example.org" not in sitemap


def test_a_page_that_the_frame_needs_and_nobody_wrote_is_a_mistake(tmp_path: Path):
    content = shutil.copytree(OTHER, tmp_path / "content")
    (content / "pages" / "privacy.md").unlink()
    menu = content / "data" / "navigation.toml"
    menu.write_text(menu.read_text("utf-8").partition("\n\n")[0] + "\n", "utf-8")

    found = [str(mistake) for mistake in check(content).errors]

    assert any("integritet" in mistake and "known_as" in mistake for mistake in found)
