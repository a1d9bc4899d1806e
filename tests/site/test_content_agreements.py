"""What staff sign, as files: every mistake in the texts and in certification.toml, and no text that changes quietly."""

from pathlib import Path

import pytest

from chatservice.agreements import load_agreements, load_terms
from chatservice.domain.certification_items import Kind, Requirement
from chatservice.organisation import OrganisationError
from tests.site.content_folder import make_content
from tools.agreement_versions import main
from tools.content_check import check


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    return make_content(tmp_path / "content", project)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def text_file(content: Path, name: str = "riktlinjer.md") -> Path:
    return content / "agreements" / name


def found(content: Path) -> list[str]:
    return [str(mistake) for mistake in check(content).errors]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Title: Exempel: Riktlinjer för samtalen\n", "", "Raden ”Title” saknas."),
        ("Version: 2026-1", "", "Raden ”Version” saknas."),
        ("Version: 2026-1", "Version: version två!", "kan inte vara en version."),
    ],
)
def test_a_text_without_its_fields_is_a_mistake(content: Path, old: str, new: str, what: str):
    change(text_file(content), old, new)

    (mistake,) = found(content)

    assert mistake.startswith("content/agreements/riktlinjer.md rad ")
    assert what in mistake


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.unlink(), "Filen finns inte."),
        (lambda path: path.write_bytes(b"Title: \xe5"), "inte sparad som UTF-8"),
        (lambda path: path.write_text("Title: A\nVersion: 1\n"), "Filen har ingen text."),
    ],
)
def test_a_text_that_is_not_there_stops_the_service_from_starting(content: Path, make, what: str):
    make(text_file(content))

    with pytest.raises(OrganisationError) as refused:
        load_agreements(content)

    assert what in str(refused.value)


def test_a_translation_of_another_version_is_a_mistake(content: Path):
    change(content / "data" / "organisation.toml", 'languages = ["sv"]', 'languages = ["sv", "en"]')
    change(text_file(content, "riktlinjer.en.md"), "2026-1", "2026-2")

    with pytest.raises(OrganisationError, match=r"riktlinjer\.en\.md rad 2: Versionen är en annan"):
        load_agreements(content)


def test_a_text_without_a_translation_is_shown_as_it_is(content: Path):
    (text, *_) = load_agreements(content)

    language, wording = text.in_language("en")

    assert language == "sv"
    assert wording.title == "Exempel: Avtal om tystnadsplikt"
    assert "<h2>Det här lovar jag</h2>" in wording.html


def test_a_text_that_changes_under_its_version_is_a_mistake_with_lines_to_paste(content: Path):
    assert found(content) == []
    change(text_file(content), "Ställ en fråga i taget.", "Ställ två.")

    (mistake,) = found(content)

    assert "Texten är ändrad, men Version är fortfarande 2026-1." in mistake
    assert "Ge den en ny Version" in mistake
    lines = mistake.partition("[riktlinjer]")[2]
    versions = text_file(content, "versions.toml")
    head, _, _ = versions.read_text("utf-8").partition("[riktlinjer]")
    versions.write_text(f"{head}[riktlinjer]{lines}\n", "utf-8")
    assert found(content) == []


def test_a_new_version_is_noted_by_the_tool(content: Path, capsys):
    change(text_file(content), "Ställ en fråga i taget.", "Ställ två.")
    change(text_file(content), "Version: 2026-1", "Version: 2026-2")

    (mistake,) = found(content)
    assert "Version 2026-2 av riktlinjer är inte antecknad." in mistake
    assert main([], content) == 0

    assert found(content) == []
    assert dict(load_terms(content).rules.versions)[Kind.GUIDELINES] == "2026-2"


def test_the_tool_notes_no_changed_text_under_the_same_version_by_mistake(content: Path, capsys):
    change(text_file(content), "Ställ en fråga i taget.", "Ställ en frågga i taget.")

    assert main([], content) == 1
    assert "Ge den en ny Version" in capsys.readouterr().out
    assert main(["--same-version"], content) == 0

    assert found(content) == []


def test_lines_that_end_otherwise_are_the_same_text(content: Path):
    path = text_file(content)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert found(content) == []


@pytest.mark.parametrize("broken", ["", "[riktlinjer", "riktlinjer = 1"])
def test_without_the_file_of_versions_every_text_is_named(content: Path, broken: str, capsys):
    text_file(content, "versions.toml").write_text(broken, "utf-8")

    assert len(found(content)) == 3
    assert main([], content) == 0
    assert found(content) == []


def test_the_tool_says_what_is_wrong_with_a_text(content: Path, capsys):
    text_file(content).unlink()

    assert main([], content) == 1
    assert "riktlinjer.md rad 1: Filen finns inte." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("[extract]\nrequired = true\n", "[extract]\n", "Raden ”required” saknas under [extract]."),
        ("valid_months = 36", "valid_months = 0", "”valid_months” ska vara ett heltal från 1 till 120."),
        ("valid_months = 36", "valid_month = 36", "Menade du valid_months?"),
        ("[practice]\nrequired = false", "", "Raden ”practice” saknas."),
    ],
)
def test_what_is_asked_for_is_written_in_one_way(content: Path, old: str, new: str, what: str):
    change(content / "data" / "certification.toml", old, new)

    mistakes = found(content)

    assert len(mistakes) == 1
    assert mistakes[0].startswith("content/data/certification.toml rad ")
    assert what in mistakes[0]


def test_the_organisations_own_rules_are_read(content: Path):
    rules = load_terms(content).rules

    assert rules.requirements[0] == Requirement(Kind.TRAINING, required=True, valid_months=36)
    assert [kind for kind in Kind if not rules.asks_for(kind)] == [Kind.PRACTICE]
    assert rules.version(Kind.CONFIDENTIALITY) == "2026-1"
    assert rules.version(Kind.EXTRACT) == ""
