"""Files: where they lie, how long they are, and what each of them says about itself."""

import ast
import re

import pytest

from tests.structure.project_files import ROOT, all_files, own_files, text_of

LONGEST_FILE = 300
LONGEST_TEST = 500
LONGEST_ENTRY = 60
# Longer than that, with the reason. Nothing is added here because splitting is work.
MAY_BE_LONGER = {
    "chatservice/web/mentor.py": "one mentor's connection, from welcome to close",
    "chatservice/web/frames.py": "every frame of the protocol, both ways, beside its bounds",
    "chatservice/live/memory.py": "one adapter of one port",
    "chatservice/organisation.py": "one reader for the data files, which check each other",
    "theme/static/js/conversation/visitor.js": "one side of the protocol, as one state",
    "theme/static/js/conversation/desk.js": "duty, queue and seat of one mentor's page, as one state",
    "tools/participants/mentor.py": "one side of the protocol, as one state",
    "tests/js/conversation_world.js": "a whole server in memory, for the browser's modules",
}
TOP_LEVEL = {
    "files": {
        "README.md", "pelicanconf.py", "tasks.py", "pyproject.toml",
        "requirements.in", "requirements.lock", "requirements-dev.in", "requirements-dev.lock",
        "package.json", "package-lock.json", "biome.json", "tsconfig.json", ".gitignore", ".npmrc",
    },
    "folders": {".ci", "content", "theme", "chatservice", "tools", "bench", "deploy", "docs", "tests"},
}  # fmt: skip
VAGUE_NAMES = re.compile(r"(^|/)_?(utils?|helpers?|common|misc|managers?)(\.|/)")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/\w|/tmp/\w+/")


def test_the_top_level_holds_only_what_the_house_names() -> None:
    files = {path for path in all_files() if "/" not in path}
    folders = {path.partition("/")[0] for path in all_files() if "/" in path}

    assert files - TOP_LEVEL["files"] == set()
    assert folders - TOP_LEVEL["folders"] == set()


def test_no_file_has_a_vague_name() -> None:
    assert [path for path in all_files() if VAGUE_NAMES.search(path)] == []


def too_long(path: str) -> bool:
    """Say whether a file is longer than one can keep in mind; a list of tests may be longer than code."""
    longest = LONGEST_TEST if path.startswith("tests/") else LONGEST_FILE
    return len(text_of(path).splitlines()) > longest


def test_no_file_is_longer_than_one_can_keep_in_mind() -> None:
    long = {path for path in own_files(".py", ".js", ".css", ".html") if too_long(path)}

    assert long - MAY_BE_LONGER.keys() == set()
    assert MAY_BE_LONGER.keys() - long == set(), "these are short again"


def test_entries_only_wire_parts_together() -> None:
    entries = own_files(".js", under="theme/static/js/entries/")

    assert {path for path in entries if len(text_of(path).splitlines()) > LONGEST_ENTRY} == set()


@pytest.mark.parametrize("folder", ["chatservice", "tools", "tests", "bench"])
def test_every_python_module_says_what_it_is(folder: str) -> None:
    silent = [
        path
        for path in own_files(".py", under=f"{folder}/")
        if text_of(path).strip() and not ast.get_docstring(ast.parse(text_of(path)))
    ]

    assert silent == []


def test_every_browser_module_says_what_it_is() -> None:
    silent = [
        path
        for path in own_files(".js", under="theme/static/js/")
        if not re.match(r"\s*(// @ts-check\s*)?(/\*\*|//)", text_of(path))
    ]

    assert silent == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {path: match[0] for path in own_files() if (match := MACHINE_PATHS.search(text_of(path)))}
    found.pop("tests/structure/test_files.py", None)

    assert found == {}


def test_no_lock_file_records_where_packages_were_fetched() -> None:
    addresses = re.compile(
        r'"resolved"|--(extra-)?index-url|--find-links|file:///|^registry *=', re.MULTILINE
    )
    locks = (
        "package-lock.json",
        "tools/observatory/package-lock.json",
        "tools/page_quality/package-lock.json",
        "requirements.lock",
        "requirements-dev.lock",
        ".npmrc",
    )

    assert [path for path in locks if addresses.search((ROOT / path).read_text(encoding="utf-8"))] == []


def test_every_requirement_is_locked_with_a_hash() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        packages = re.findall(r"^[\w.\[\]-]+==.*(?:\n    .*)+", text, re.MULTILINE)

        assert packages
        assert [package for package in packages if "--hash=sha256:" not in package] == []
