"""Counts of tests, read from the reports that pytest and node leave behind. Knows the two report formats only."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Counts:
    """How many tests passed and failed, and one line for each that was skipped."""

    passed: int = 0
    failed: int = 0
    skipped: tuple[str, ...] = ()

    def __add__(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def of_junit(report: Path) -> Counts:
    """Read pytest's JUnit file; a missing or broken one counts as one failure."""
    try:
        tree = ElementTree.parse(report)  # noqa: S314 - written by our own pytest a moment ago
    except (OSError, ElementTree.ParseError):
        return Counts(failed=1)
    passed, failed, skipped = 0, 0, list[str]()
    for case in tree.iter("testcase"):
        outcome = next((child for child in case if child.tag in {"failure", "error", "skipped"}), None)
        if outcome is None:
            passed += 1
        elif outcome.tag == "skipped":
            skipped.append(f"{case.get('classname')}.{case.get('name')}: {outcome.get('message')}")
        else:
            failed += 1
    return Counts(passed, failed, tuple(skipped))


def of_tap(report: Path) -> Counts:
    """Read node's TAP file; a missing one counts as one failure."""
    try:
        text = report.read_text(encoding="utf-8")
    except OSError:
        return Counts(failed=1)
    totals = {
        name: int(number)
        for name, number in re.findall(r"^# (pass|fail|cancelled) (\d+)$", text, re.MULTILINE)
    }
    skipped = re.findall(r"^\s*ok \d+ - (.*) # (?:SKIP|TODO)(.*)$", text, re.MULTILINE)
    return Counts(
        totals.get("pass", 0),
        totals.get("fail", 0) + totals.get("cancelled", 0),
        tuple(f"{name}:{reason}" for name, reason in skipped),
    )
