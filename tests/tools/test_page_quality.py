"""What the measuring of pages counts as good enough, and what its judges of markup are asked to overlook."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import browsers
from tools.page_quality import lighthouse, markup, webkit_conversation
from tools.page_quality.service import Served

URL = "http://localhost:8000/"


def report(performance: float, *, host: str = "localhost:8000") -> str:
    scores = {"performance": performance, "accessibility": 1, "best-practices": 1, "seo": None}
    return json.dumps(
        {
            "categories": {name: {"score": score} for name, score in scores.items()},
            "audits": {
                "network-requests": {"details": {"items": [{"url": f"http://{host}/x"}, {"url": "data:,"}]}},
                "total-byte-weight": {"numericValue": 40_000},
            },
        }
    )


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Lighthouse reports, run by run, without Lighthouse."""
    waiting: list[str] = []

    def run(command: list[str], **_options: Any) -> None:
        [target] = [part.partition("=")[2] for part in command if part.startswith("--output-path=")]
        if waiting:
            Path(target).write_text(waiting.pop(0), "utf-8")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(browsers, "chromium", lambda: "chromium")
    return waiting


def visit(folder: Path, wanted: tuple[str, ...] = ("performance",)) -> lighthouse.Visit:
    return lighthouse.visit("node", folder, folder, URL, wanted)


def test_a_page_that_cannot_be_visited_is_said(answers: list[str], tmp_path: Path):
    with pytest.raises(RuntimeError, match="kunde inte besöka"):
        visit(tmp_path)


def test_a_category_without_a_score_is_not_reached(answers: list[str], tmp_path: Path):
    answers += [report(1.0)] * lighthouse.TRIES

    assert not visit(tmp_path, ("seo",)).reaches(("seo",))


def test_a_host_of_somebody_else_is_told(answers: list[str], tmp_path: Path):
    answers += [report(1.0, host="example.org")]

    assert visit(tmp_path).foreign == ("example.org",)


def test_the_best_of_a_few_runs_counts_and_a_good_one_ends_them(answers: list[str], tmp_path: Path):
    answers += [report(0.9), report(1.0), report(0.5)]

    seen = visit(tmp_path)

    assert (seen.scores["performance"], seen.weight_b, seen.foreign) == (100, 40_000, ())
    assert len(answers) == 1


def test_only_the_role_that_safari_needs_is_overlooked():
    assert markup.ACCEPTED.search("warning: The “list” role is unnecessary for element “ul”.")
    assert not markup.ACCEPTED.search("warning: The “navigation” role is unnecessary for element “nav”.")


def test_a_machine_without_webkit_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    [finding] = webkit_conversation.check(tmp_path, Served(URL, tmp_path, {}), tmp_path)

    assert "sudo apt install webkit2gtk-driver xvfb" in finding


def test_a_screen_that_does_not_start_is_a_finding_and_not_a_crash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in ("WebKitWebDriver", "Xvfb"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    [finding] = webkit_conversation.check(tmp_path, Served(URL, tmp_path, {}), tmp_path)

    assert "Xvfb startade inte" in finding
