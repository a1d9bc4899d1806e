"""The page about ASVS 5 forgets no number of levels 1 and 2, and names tests that exist."""

import re

from tests.structure.project_files import ROOT, text_of

PAGE = "docs/asvs.md"
TEST = re.compile(r"`(tests/[\w/.]+)(?:::(\w+))?`")
NUMBER = re.compile(r"\d+\.\d+\.\d+")
# Chapter and section: the requirements of levels 1 and 2. Chapters 10 (OAuth) and 17 (WebRTC) do not apply as a whole.
LEVELS_1_AND_2 = {
    "1.1": "1 2", "1.2": "1 2 3 4 5 6 7 8 9", "1.3": "1 2 3 4 5 6 7 8 9 10 11", "1.4": "1 2 3",
    "1.5": "1 2", "2.1": "1 2 3", "2.2": "1 2 3", "2.3": "1 2 3 4", "2.4": "1", "3.2": "1 2",
    "3.3": "1 2 3 4", "3.4": "1 2 3 4 5 6", "3.5": "1 2 3 4 5", "3.7": "1 2", "4.1": "1 2 3", "4.2": "1",
    "4.3": "1 2", "4.4": "1 2 3 4", "5.1": "1", "5.2": "1 2 3", "5.3": "1 2", "5.4": "1 2 3",
    "6.1": "1 2 3", "6.2": "1 2 3 4 5 6 7 8 9 10 11 12", "6.3": "1 2 3 4", "6.4": "1 2 3 4",
    "6.5": "1 2 3 4 5", "6.6": "1 2 3", "6.8": "1 2 3 4", "7.1": "1 2 3", "7.2": "1 2 3 4", "7.3": "1 2",
    "7.4": "1 2 3 4 5", "7.5": "1 2", "7.6": "1 2", "8.1": "1 2", "8.2": "1 2 3", "8.3": "1", "8.4": "1",
    "9.1": "1 2 3", "9.2": "1 2 3 4", "11.1": "1 2", "11.2": "1 2 3", "11.3": "1 2 3", "11.4": "1 2 3 4",
    "11.5": "1", "11.6": "1", "12.1": "1 2 3", "12.2": "1 2", "12.3": "1 2 3 4", "13.1": "1",
    "13.2": "1 2 3 4 5", "13.3": "1 2", "13.4": "1 2 3 4 5", "14.1": "1 2", "14.2": "1 2 3 4",
    "14.3": "1 2 3", "15.1": "1 2 3", "15.2": "1 2 3", "15.3": "1 2 3 4 5 6 7", "16.1": "1",
    "16.2": "1 2 3 4 5", "16.3": "1 2 3 4", "16.4": "1 2 3", "16.5": "1 2 3",
}  # fmt: skip


def rows() -> list[str]:
    return [line for line in text_of(PAGE).splitlines() if line.startswith("| ") and NUMBER.search(line)]


def test_no_number_is_forgotten_and_none_stands_in_two_places() -> None:
    named = [number for row in rows() for number in NUMBER.findall(row.split("|")[1])]
    wanted = {f"{section}.{each}" for section, numbers in LEVELS_1_AND_2.items() for each in numbers.split()}

    assert sorted(wanted - set(named)) == []
    assert sorted({number for number in named if named.count(number) > 1}) == []


def test_what_is_said_to_be_covered_names_a_test_that_exists() -> None:
    covered = text_of(PAGE).split("## Not met")[0]
    untested = [row for row in covered.splitlines() if NUMBER.match(row[2:]) and not TEST.search(row)]
    missing = [
        f"{file}::{name}"
        for file, name in TEST.findall(covered)
        if not (ROOT / file).is_file() or (name and f"def {name}(" not in text_of(file))
    ]

    assert (untested, missing) == ([], [])
