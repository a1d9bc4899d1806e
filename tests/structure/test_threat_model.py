"""The threat model names tests that exist, and every promise names one."""

import re

from tests.structure.project_files import ROOT, text_of

PAGE = "docs/threat_model.md"
TEST = re.compile(r"`(tests/[\w/.]+)(?:::(\w+))?`")


def promises() -> list[str]:
    """Return the rows of the tables that hold promises."""
    rows: list[str] = []
    is_promise = False
    for line in text_of(PAGE).splitlines():
        if line.startswith("| promise |"):
            is_promise = True
        elif not line.startswith("|"):
            is_promise = False
        elif is_promise and not line.startswith("|---"):
            rows.append(line)
    return rows


def test_every_promise_names_a_test() -> None:
    assert len(promises()) > 20
    assert [row for row in promises() if not TEST.search(row)] == []


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{file}::{name}"
        for file, name in TEST.findall(text_of(PAGE))
        if not (ROOT / file).is_file() or (name and f"def {name}(" not in text_of(file))
    ]

    assert missing == []
