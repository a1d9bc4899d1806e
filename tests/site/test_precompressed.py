"""The smaller forms of a built site's files: what they hold, what is left alone, and what is made anew."""

import gzip
from pathlib import Path

import brotli
import pytest

from tools.precompressed import Precompression, precompress

WORDS = "<p>Du är inte ensam om att tycka att det är svårt.</p>\n" * 40


def site(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["picture.png", "font.woff2", "film.webm", ".build-stamp"])
def test_what_is_compressed_already_or_nobodys_page_is_left_alone(tmp_path: Path, name: str):
    (tmp_path / name).write_text(WORDS, "utf-8")

    precompress(tmp_path)

    assert names(tmp_path) == [name]


def test_a_form_that_would_gain_nothing_is_not_written(tmp_path: Path):
    folder = site(tmp_path / "site", robots_txt="User-agent: *\n")

    precompress(folder)

    assert names(folder) == ["robots.txt"]


def test_both_forms_hold_the_file_and_are_smaller(tmp_path: Path):
    folder = site(tmp_path / "site", page_html=WORDS, site_css=WORDS)

    precompress(folder)

    for name in ("page.html", "site.css"):
        assert brotli.decompress((folder / f"{name}.br").read_bytes()).decode() == WORDS
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()).decode() == WORDS
        assert (folder / f"{name}.br").stat().st_size < len(WORDS) / 5


def test_only_what_has_changed_since_the_earlier_site_is_made_anew(tmp_path: Path):
    earlier = site(tmp_path / "earlier", same_html=WORDS, other_html=WORDS)
    precompress(earlier)
    marked = earlier / "same.html.br"
    marked.write_bytes(marked.read_bytes() + b"kept")
    folder = site(tmp_path / "site", same_html=WORDS, other_html=WORDS.replace("Du", "Ni"))

    precompress(folder, earlier=earlier)

    assert (folder / "same.html.br").read_bytes().endswith(b"kept")
    assert b"Ni " in brotli.decompress((folder / "other.html.br").read_bytes())


@pytest.mark.parametrize("lost", ["same.html", "same.html.br", "same.html.gz"])
def test_an_earlier_site_with_a_file_missing_is_no_hindrance(tmp_path: Path, lost: str):
    earlier = site(tmp_path / "earlier", same_html=WORDS)
    precompress(earlier)
    (earlier / lost).unlink()
    folder = site(tmp_path / "site", same_html=WORDS)

    precompress(folder, earlier=earlier)

    assert names(folder) == ["same.html", "same.html.br", "same.html.gz"]


def test_a_file_that_changes_after_it_was_begun_is_made_anew_and_the_earlier_site_stays(tmp_path: Path):
    earlier = site(tmp_path / "earlier", page_html=WORDS)
    precompress(earlier)
    folder = site(tmp_path / "site", page_html=WORDS, other_html=WORDS)

    with Precompression(folder, earlier) as precompression:
        precompression.begin_all([folder / "page.html", folder / "picture.png"])
        changed = folder / "page.html.new"
        changed.write_text(WORDS.replace("Du", "Ni alla"), "utf-8")
        changed.replace(folder / "page.html")
        precompression.finish()

    assert b"Ni alla " in brotli.decompress((folder / "page.html.br").read_bytes())
    assert b"Ni alla " in gzip.decompress((folder / "page.html.gz").read_bytes())
    assert brotli.decompress((earlier / "page.html.br").read_bytes()).decode() == WORDS
    assert (folder / "other.html.br").is_file()


def test_every_page_script_and_stylesheet_of_the_built_site_has_its_forms(built_site: Path):
    files = [path for path in built_site.rglob("*") if path.suffix in {".html", ".js", ".css"}]
    bare = [path for path in files if not path.with_name(path.name + ".br").is_file()]

    assert len(files) > 20
    assert [path.name for path in bare if path.stat().st_size >= 256] == []
