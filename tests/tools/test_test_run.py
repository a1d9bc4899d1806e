"""The summary of a run: loud about what is missing, and strict when nobody is there to read it."""

from pathlib import Path

import pytest

from tools import test_run as runner


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project on a machine that has no Node at all."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def test_a_part_that_cannot_run_is_a_failure_when_ci_is_set(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")

    status = runner.run(bare, only="js")

    printed = capsys.readouterr().out.splitlines()
    assert status == 1
    assert printed[-1] == "0 passed, 1 failed"


def test_a_part_that_cannot_run_is_told_loudly_to_a_person(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = runner.run(bare, only="js")

    printed = capsys.readouterr().out.splitlines()
    assert status == 0
    assert printed[-1] == "0 passed, 0 failed"
    assert any(line.startswith("!!") and "Node 20" in line for line in printed)


def test_a_part_that_does_not_exist_is_refused_with_those_that_do(bare: Path) -> None:
    with pytest.raises(SystemExit, match="checks, js, python, browser"):
        runner.run(bare, only="everything")
