"""Documents say what is so: settings, dependencies, vendored files, imports and the words of the house."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.project_files import ROOT, own_files, text_of
from tools import settings_page, vendor


def test_every_setting_is_explained() -> None:
    unexplained = [
        variable
        for variable, _default, text in settings_page.documented_settings(text_of("chatservice/settings.py"))
        if len(text) < 10
    ]

    assert unexplained == []


def test_the_page_of_settings_is_up_to_date() -> None:
    written = settings_page.page(text_of("chatservice/settings.py"))

    assert text_of("docs/settings.md") == written, "Run: python -m tools.settings_page"


def required_packages() -> set[str]:
    """Return the names that the requirement files and package.json ask for."""
    names: set[str] = set()
    for file in ("requirements.in", "requirements-dev.in"):
        for line in text_of(file).splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement and not requirement.startswith("-"):
                names.add(re.split(r"[\[<>=!~;\s]", requirement)[0].lower())
    for file in ("package.json", "tools/page_quality/package.json", "tools/observatory/package.json"):
        names |= set(json.loads(text_of(file))["devDependencies"])
    return names


def test_every_dependency_is_named_with_its_reason_and_no_other() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \|", text_of("docs/dependencies.md"), re.MULTILINE)
    named = {name.lower() for name, _reason in rows}

    assert required_packages() - named == set(), "missing from docs/dependencies.md"
    assert named - required_packages() == set(), "in docs/dependencies.md and no longer used"
    assert [name for name, reason in rows if len(reason) < 15] == []


def test_nothing_for_browsers_is_a_dependency_at_run_time() -> None:
    package = json.loads(text_of("package.json"))

    assert package.get("dependencies", {}) == {}
    assert package["private"] is True


@pytest.mark.parametrize("folder", ["theme/static/vendor", "tests/fixtures/axe"])
def test_vendored_files_are_what_they_are_said_to_be(folder: str) -> None:
    assert vendor.problems_in(ROOT / folder) == []


def test_imports_point_inwards() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )

    assert linted.returncode == 0, linted.stdout


def test_the_readme_names_the_two_commands() -> None:
    readme = text_of("README.md")

    assert "python3 tasks.py start" in readme
    assert "python3 tasks.py test" in readme
    assert "python3 tasks.py test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_every_link_between_documents_leads_somewhere() -> None:
    broken: list[str] = []
    for path in own_files(".md"):
        if path.startswith("content/"):
            continue
        for target in re.findall(r"(?:\]\(|src=\"|srcset=\")([^)#\s\"]+)", text_of(path)):
            if (
                "://" not in target
                and not target.startswith(("mailto:", "/"))  # an address of the site, in a guide for editors
                and not ((ROOT / path).parent / target).exists()
            ):
                broken.append(f"{path}: {target}")

    assert broken == []


def test_code_uses_the_words_of_the_glossary() -> None:
    # Names that would be a second word for one thing; see docs/glossary.md.
    second_words = re.compile(
        r"\b(?:class|def) \w*(?:chatroom|ChatRoom|lobby|Lobby|helpline_agent|Client(?!Error)|moderator)\b"
    )
    found = {
        path: match[0]
        for path in own_files(".py", under="chatservice/")
        if (match := second_words.search(text_of(path)))
    }

    assert found == {}
