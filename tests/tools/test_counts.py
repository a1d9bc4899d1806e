"""Counting results from the reports of pytest and node."""

from pathlib import Path

from tools.test_counts import Counts, of_junit, of_tap


def test_a_report_that_is_missing_or_broken_counts_as_a_failure(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<testsuites><testcase")

    assert of_junit(tmp_path / "missing.xml") == Counts(failed=1)
    assert of_junit(broken) == Counts(failed=1)
    assert of_tap(tmp_path / "missing.tap") == Counts(failed=1)


def test_errors_count_as_failures_and_skips_are_named(tmp_path: Path) -> None:
    report = tmp_path / "python.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="a" name="passes"/>
        <testcase classname="a" name="fails"><failure message="no"/></testcase>
        <testcase classname="a" name="breaks"><error message="no"/></testcase>
        <testcase classname="a" name="waits"><skipped message="no browser"/></testcase>
        </testsuite></testsuites>"""
    )

    assert of_junit(report) == Counts(1, 2, ("a.waits: no browser",))


def test_node_is_counted_by_its_totals(tmp_path: Path) -> None:
    report = tmp_path / "node.tap"
    report.write_text(
        "TAP version 13\nok 1 - a\nok 2 - b # SKIP later\n# tests 5\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 1\n"
    )

    assert of_tap(report) == Counts(2, 2, ("b: later",))


def test_counts_add_up() -> None:
    assert Counts(1, 2, ("a",)) + Counts(3, 4, ("b",)) == Counts(4, 6, ("a", "b"))
