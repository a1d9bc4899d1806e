"""The content check: every mistake an editor can make is told at once, with file, line and remedy, in Swedish."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.content_check import check
from tools.content_check.readability import lix

PAGE = "Title: En sida\nDescription: Om sidan.\n\n"
NAVIGATION = """
[[pages]]
slug = "tystnadsplikt"
title = "Tystnadsplikt"
"""


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    """A small content folder without mistakes."""
    folder = tmp_path / "content"
    shutil.copytree(project / "content" / "data", folder / "data", ignore=shutil.ignore_patterns("film.toml"))
    shutil.copytree(project / "content" / "agreements", folder / "agreements")
    (folder / "data" / "navigation.toml").write_text(NAVIGATION, "utf-8")
    (folder / "pages").mkdir()
    (folder / "images").mkdir()
    (folder / "extra").mkdir()
    (folder / "images" / "hav.jpg").write_bytes(b"jpg")
    (folder / "extra" / "robots.txt").write_text("User-agent: *\n")
    for slug in ("index", "sa-chattar-du", "tystnadsplikt", "lugn"):
        (folder / "pages" / f"{slug}.md").write_text(PAGE, "utf-8")
    (folder / "pages" / "integritet.md").write_text(PAGE + "## Vad vi ser\n\nNästan inget.\n", "utf-8")
    return folder


def write(content: Path, text: str, name: str = "x.md") -> None:
    (content / "pages" / name).write_text(text, "utf-8")


def errors(content: Path) -> list[str]:
    return [str(mistake) for mistake in check(content).errors]


def advice(content: Path) -> list[str]:
    return [str(mistake) for mistake in check(content).advice]


def test_content_without_mistakes_gives_no_findings(content: Path):
    body = "![Havet en lugn dag](/images/hav.jpg)\n\n[Din integritet](/integritet/#vad-vi-ser)\n"
    write(content, PAGE + body + "[Ring](tel:112) [mejla](mailto:a@example.org) [robotar](/robots.txt)\n")

    findings = check(content)

    assert (findings.errors, findings.advice, findings.pages) == ([], [], 6)


def test_the_real_content_has_no_errors(project: Path):
    assert errors(project / "content") == []


@pytest.mark.parametrize(
    ("body", "line", "what", "remedy"),
    [
        ("text\n\n[a b](/integritt/)", 6, "länken /integritt/ finns inte.", "Menade du /integritet/?"),
        ("[a b](/integritet)", 4, "länken /integritet finns inte.", "Menade du /integritet/?"),
        ("[a b](integritet.md)", 4, "länken integritet.md finns inte.", "Menade du /integritet/?"),
        ("[a b](/integritet/#vad-vi-se)", 4, "stället #vad-vi-se finns inte", "Menade du #vad-vi-ser?"),
        ("[a b](#borta-helt)", 4, "stället #borta-helt finns inte på /x/.", "Ta bort"),
        ("[a b]()", 4, "Länken saknar adress.", "Skriv adressen"),
        ("[a b](javascript:alert)", 4, "går inte till en sida", "https://"),
        ("[](/integritet/)", 4, "har ingen text", "Skriv [texten]"),
        ("[a b]({filename}integriteten.md)", 4, "finns inte", "Menade du integritet.md?"),
        ("![Hav](/images/haf.jpg)", 4, "filen /images/haf.jpg finns inte.", "Menade du /images/hav.jpg?"),
        ("![Hav]({static}/images/haf.jpg)", 4, "finns inte", "Menade du /images/hav.jpg?"),
        ("![](/images/hav.jpg)", 4, "saknar beskrivning", "![Vad bilden visar]"),
        ("![Hav](https://example.org/hav.jpg)", 4, "en annan webbplats", "content/images"),
        ("![Hav](//example.org/hav.jpg)", 4, "en annan webbplats", "content/images"),
        (
            '<img src="/images/hav.jpg" srcset="https://example.org/2.jpg 2x" alt="Hav">',
            4,
            "annan webbplats",
            "",
        ),
        ("hej\n\n<script>1</script>", 6, "<script> får inte stå", "Ta bort"),
        ('<iframe src="https://example.org"></iframe>', 4, "<iframe> får inte stå", "Ta bort"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', 4, "<link> får inte stå", "Ta bort"),
        ('<p style="color: red">hej</p>', 4, "style= får inte stå", "Ta bort"),
        ('<p onclick="x()">hej</p>', 4, "onclick= får inte stå", "Ta bort"),
        ("## Ett\n\ntext\n\n#### Tre", 8, "hoppar från nivå 2 till 4", "Skriv ### i stället"),
        ("### Direkt", 4, "hoppar från nivå 1 till 3", "Skriv ## i stället"),
        ("# Titel igen", 4, "nivå 1", "Skriv ##"),
        ("Ã¥terkomst", 4, "ser ut som ett å, ä eller ö", "UTF-8"),
    ],
)
def test_a_mistake_in_the_text_is_told_with_line_and_remedy(
    content: Path, body: str, line: int, what: str, remedy: str
):
    write(content, PAGE + body + "\n")

    (found,) = errors(content)

    assert found.startswith(f"content/pages/x.md rad {line}: ")
    assert what in found
    assert remedy in found


@pytest.mark.parametrize(
    ("head", "line", "what", "remedy"),
    [
        ("Description: Hej\n\ntext", 1, "Sidan saknar titel.", "Title:"),
        ("Title:\nDescription: Hej\n\ntext", 1, "Sidan saknar titel.", "Title:"),
        ("Title: A\nDescription: B\nTitel: C\n\ntext", 3, "Fältet ”Titel:” är okänt.", "Menade du Title?"),
        ("Title: A\nDescription: B\nStatsu: draft\n\ntext", 3, "”Statsu:” är okänt.", "Menade du Status?"),
        ("Title: A\nDescription: B\nZzz: draft\n\ntext", 3, "”Zzz:” är okänt.", "Ta bort raden."),
        ("Title: A\nDescription: B\nDate: 2026-02-30\n\ntext", 3, "”2026-02-30”", "2026-11-22"),
        ("Title: A\nDescription: B\nModified: i går\n\ntext", 3, "”i går”", "år-månad-dag"),
        ("Title: A\nDescription: B\nStatus: klar\n\ntext", 3, "Status ”klar” finns inte.", "published"),
        (
            "Title: A\nDescription: B\nTemplate: pagee\n\ntext",
            3,
            "Mallen ”pagee” finns inte.",
            "Menade du page?",
        ),
        (
            "Title: A\nDescription: B\nSlug: integritet\n\ntext",
            3,
            "/integritet/ används redan",
            "Byt filnamn",
        ),
    ],
)
def test_a_mistake_in_the_fields_is_told_with_line_and_remedy(
    content: Path, head: str, line: int, what: str, remedy: str
):
    write(content, head)

    (found,) = errors(content)

    assert found.startswith(f"content/pages/x.md rad {line}: ")
    assert what in found
    assert remedy in found


def test_a_file_in_another_encoding_is_told_with_its_line(content: Path):
    (content / "pages" / "x.md").write_bytes("Title: A\n\nhär".encode("latin-1"))

    (found,) = errors(content)

    assert found.startswith("content/pages/x.md rad 3: Filen är inte sparad som UTF-8")


def test_a_broken_data_file_and_a_broken_page_are_told_at_once(content: Path):
    (content / "data" / "help.toml").write_text('[[numbers]]\nname = "112\n', "utf-8")
    write(content, PAGE + "[a b](/borta/)\n\n[a b](/integritt/)\n")

    found = errors(content)

    assert len(found) == 3
    assert found[0].startswith("content/data/help.toml rad 2: Filen går inte att läsa.")


def test_an_entry_of_the_menu_without_a_page_is_an_error(content: Path):
    (content / "pages" / "tystnadsplikt.md").rename(content / "pages" / "tystnad.md")

    assert any(
        found.startswith("content/data/navigation.toml rad ") and "/tystnadsplikt/ finns inte" in found
        for found in errors(content)
    )


def test_a_link_to_a_draft_is_broken(content: Path):
    write(content, "Title: A\nStatus: draft\n\nhej", "utkast.md")
    write(content, PAGE + "[utkastet](/utkast/)")

    assert len(errors(content)) == 1


def test_links_and_pictures_within_code_are_left_alone(content: Path):
    write(content, PAGE + "Skriv `[a](/borta/)` så:\n\n    ![](/borta.jpg)\n")

    assert errors(content) == []


def test_the_second_of_two_same_links_is_told_on_its_own_line(content: Path):
    write(content, PAGE + "[a b](/borta/)\n\n[c d](/borta/)\n")

    assert [found.split(":")[0] for found in errors(content)] == [
        "content/pages/x.md rad 4",
        "content/pages/x.md rad 6",
    ]


def test_vague_links_and_hard_texts_are_advice_and_stop_nothing(content: Path):
    hard = "Organisationsövergripande sekretessöverväganden förutsätter kontinuerliga genomlysningar " * 12
    write(content, PAGE + f"[Klicka här](/integritet/)\n\n{hard}.\n")

    findings = check(content)

    assert findings.errors == []
    assert any("säger inte vart den leder" in found for found in advice(content))
    assert any("LIX" in found for found in advice(content))


def test_a_how_to_page_is_asked_to_be_easier_than_others(content: Path):
    sentence = "Här kan du långsamt läsa om hur kvällarna i chatten ofta börjar och sedan får sluta. "
    assert 30.5 < lix([sentence]) < 35
    write(content, PAGE + sentence * 8, "x.md")
    write(content, PAGE + sentence * 8, "sa-chattar-du.md")

    assert {mistake.file for mistake in check(content).advice} == {"content/pages/sa-chattar-du.md"}


def test_the_command_ends_with_one_and_says_everything(content: Path, project: Path):
    write(content, PAGE + "[a b](/integritt/)\n")
    command = [sys.executable, "-m", "tools.content_check", str(content)]

    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "content/pages/x.md rad 4: länken /integritt/ finns inte. Menade du /integritet/?" in done.stdout
    assert "1 fel" in done.stdout
