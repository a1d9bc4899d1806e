"""Versions of pages in the content check: translations and easy-to-read pages belong to something that exists."""

import re
from pathlib import Path

import pytest

from tests.site.content_folder import make_content, write_page
from tools.content_check import check


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    folder = make_content(tmp_path / "content", project)
    organisation = folder / "data" / "organisation.toml"
    text = re.sub(r"(?m)^languages = .*$", 'languages = ["sv", "en"]', organisation.read_text("utf-8"))
    organisation.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [
        ("borta.en.md", "Sidan är en version av borta.md, som inte finns.", "Skriv borta.md"),
        ("borta.lattlast.md", "Sidan är en version av borta.md, som inte finns.", "Skriv borta.md"),
        ("integritet.de.md", "på språket ”de”, som webbplatsen inte har.", "Välj bland sv, en"),
    ],
)
def test_a_version_of_nothing_is_a_mistake(content: Path, name: str, what: str, remedy: str):
    write_page(content, name, "Hello.\n")

    (found,) = map(str, check(content).errors)

    assert found.startswith(f"content/pages/{name} rad 1: ")
    assert what in found
    assert remedy in found


def test_a_translation_that_the_menu_promises_and_nobody_wrote_is_a_mistake(content: Path):
    menu = content / "data" / "navigation.toml"
    menu.write_text(
        menu.read_text("utf-8") + '[pages.en]\nslug = "privacy"\ntitle = "Your privacy"\n', "utf-8"
    )

    (found,) = map(str, check(content).errors)

    assert found.startswith("content/data/navigation.toml rad ")
    assert "Sidan /en/privacy/ finns inte." in found


def test_a_file_name_and_a_field_that_disagree_are_a_mistake(content: Path):
    (content / "pages" / "integritet.en.md").write_text(
        "Title: A\nDescription: B\nLang: sv\n\nHej.\n", "utf-8"
    )

    (found,) = map(str, check(content).errors)

    assert found.startswith("content/pages/integritet.en.md rad 3: Filnamnet säger ”en” men Lang säger ”sv”.")


def test_a_translation_without_an_address_of_its_own_is_advice(content: Path):
    write_page(content, "integritet.en.md", "Hello.\n")

    findings = check(content)

    assert findings.errors == []
    (found,) = map(str, findings.advice)
    assert "Skriv överst: Slug:" in found


def test_a_link_that_leaves_the_language_without_need_is_advice(content: Path):
    write_page(content, "integritet.lattlast.md", "Hej.\n")
    write_page(content, "tystnadsplikt.lattlast.md", "[a b](/integritet/)\n\n[c d](/sa-chattar-du/)\n")

    findings = check(content)

    assert findings.errors == []
    (found,) = map(str, findings.advice)
    assert found.startswith("content/pages/tystnadsplikt.lattlast.md rad 4: Länken /integritet/ leder till")
    assert found.endswith("Skriv /lattlast/integritet/.")
