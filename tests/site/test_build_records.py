"""What Pelican tells while it works: pages that were read, for check and next build, and pages that are written."""

from pathlib import Path

import pytest

from tools.conversions import Conversion, digest_of, read, read_html, write
from tools.written_pages import WrittenPages, tell

PAGES = {"a": Conversion("<p>Å</p>", {"title": ["Å"]})}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"made_by": "x"}', '{"made_by": "x", "pages": {"a": 1}}']
)
def test_conversions_that_cannot_be_read_are_none(tmp_path: Path, text: str):
    (tmp_path / "file").write_text(text)

    assert read(tmp_path / "file", "x") == {}
    assert read(tmp_path / "missing", "x") == {}


def test_conversions_made_otherwise_are_none(tmp_path: Path):
    write(tmp_path / "file", "x", PAGES)

    assert read(tmp_path / "file", "y") == {}
    assert read(tmp_path / "file", "x") == PAGES
    assert read_html(tmp_path / "file") == {"a": "<p>Å</p>"}


def test_a_page_is_known_by_its_text_and_its_language():
    assert len({digest_of(b"a", ""), digest_of(b"a", "en"), digest_of(b"b", "")}) == 3
    assert digest_of(b"a", "en") == digest_of(b"a", "en")


def test_written_pages_are_told_of_once_and_only_when_their_line_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "written"
    written = WrittenPages(file)
    assert written.new() == []

    monkeypatch.setenv("CHAT_WRITTEN", str(file))
    tell("/ut/en å.html")
    with file.open("ab") as told:
        told.write(b"/ut/tv")
    assert written.new() == [Path("/ut/en å.html")]
    assert written.new() == []

    with file.open("ab") as told:
        told.write("å.html\n/ut/tre.html\n".encode())
    assert written.new() == [Path("/ut/två.html"), Path("/ut/tre.html")]


def test_nothing_is_told_when_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CHAT_WRITTEN", raising=False)
    monkeypatch.chdir(tmp_path)

    tell("/ut/en.html")

    assert list(tmp_path.iterdir()) == []
