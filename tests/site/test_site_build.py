"""Publishing: whole or not at all, quick when nothing changed, and the same frame as the service's."""

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from chatservice import organisation, theming
from tests.site.content_folder import make_content, write_page
from tools.pelican_run import MANY_PAGES
from tools.site_build import BuildFailed, build_site
from tools.stylesheet import made

PAGE = 'Title: {title}\nDescription: Om sidan.\n\nHej ”du” och "du". [Integritet](/integritet/)\n'
NAVIGATION = """
[[pages]]
slug = "tystnadsplikt"
title = "Tystnadsplikt"
"""


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    """A small content folder that builds with the real theme."""
    return make_content(tmp_path / "content", project, 'Hej ”du” och "du". [Integritet](/integritet/)\n')


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def neighbours(output: Path) -> list[str]:
    return sorted(path.name for path in output.parent.iterdir() if path.name.startswith("output"))


def test_a_mistake_on_a_page_publishes_nothing_and_leaves_the_old_site(content: Path, tmp_path: Path):
    output = tmp_path / "output"
    build_site(output, content=content)
    before = files(output)
    (content / "pages" / "integritet.md").write_text(PAGE.format(title="Ny") + "[x y](/integritt/)", "utf-8")

    with pytest.raises(BuildFailed, match=r"Menade du /integritet/\?"):
        build_site(output, content=content)

    assert files(output) == before
    assert neighbours(output) == ["output", "output.versions"]


def test_a_broken_data_file_publishes_nothing_even_the_first_time(content: Path, tmp_path: Path):
    (content / "data" / "opening_hours.toml").write_text("[week", "utf-8")

    with pytest.raises(BuildFailed, match=r"content/data/opening_hours.toml rad 1"):
        build_site(tmp_path / "output", content=content)

    assert neighbours(tmp_path / "output") == ["output.versions"]


def test_a_failure_of_pelican_itself_publishes_nothing(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    output = tmp_path / "output"
    build_site(output, content=content)
    before = files(output)
    write_page(content, "integritet.md", "Nytt.\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pelican.py").write_text("raise ImportError('broken')")

    with pytest.raises(BuildFailed, match="Pelican kunde inte bygga"):
        build_site(output, content=content)

    assert files(output) == before
    assert neighbours(output) == ["output", "output.versions"]


def test_a_page_that_pelican_passes_over_publishes_nothing(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(
        "import pelican.settings as of\nof.DEFAULT_CONFIG['IGNORE_FILES'] = ['integritet.md']"
    )

    with pytest.raises(BuildFailed, match="Pelican byggde inte /integritet/"):
        build_site(tmp_path / "output", content=content)

    assert neighbours(tmp_path / "output") == ["output.versions"]


def test_nothing_is_built_when_nothing_changed(content: Path, tmp_path: Path):
    output = tmp_path / "output"

    assert build_site(output, content=content) is True
    assert build_site(output, content=content) is False
    assert build_site(output, content=content, example_pin="BAAA") is True
    assert build_site(output, content=content, example_pin="BAAA") is False
    (content / "pages" / "integritet.md").write_text(PAGE.format(title="Ny"), "utf-8")
    assert build_site(output, content=content, example_pin="BAAA") is True


def test_the_path_that_skips_imports_neither_pelican_nor_markdown(project: Path):
    program = "import sys, tools.site_build; print([m for m in ('pelican', 'markdown') if m in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_a_reader_never_meets_a_missing_page_while_the_site_is_replaced(content: Path, tmp_path: Path):
    output = tmp_path / "output"
    build_site(output, content=content)
    missed: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                (output / "integritet" / "index.html").read_bytes()
            except FileNotFoundError as error:
                missed.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(3):
            (content / "pages" / "index.md").write_text(PAGE.format(title=f"Nr {number}"), "utf-8")
            build_site(output, content=content)
    finally:
        done.set()
        reader.join()

    assert missed == []


def test_addresses_stylesheet_and_sitemap_are_as_settled(content: Path, tmp_path: Path, project: Path):
    output = tmp_path / "output"
    build_site(output, content=content, example_pin="BAAA")
    published = files(output)

    assert {
        "index.html",
        "integritet/index.html",
        "404.html",
        "robots.txt",
        "sitemap.xml",
    } <= published.keys()
    stylesheets = {name: file for name, file in published.items() if name.endswith(".css")}
    assert stylesheets == {
        f"theme/{name}": file for name, file in made(project / "theme" / "static" / "css").items()
    }
    assert b"<loc>https://example.org/integritet/</loc>" in published["sitemap.xml"]
    assert b"404" not in published["sitemap.xml"]
    page = published["integritet/index.html"].decode()
    assert "Hej ”du” och &rdquo;du&rdquo;" in page or "Hej ”du” och ”du”" in page
    assert re.search(r'href="/theme/css/site\.css\?v=[0-9a-f]{8}"', page)


def test_site_and_service_render_the_same_frame_byte_for_byte(content: Path, tmp_path: Path, project: Path):
    output = tmp_path / "output"
    build_site(output, content=content)
    site = (output / "tystnadsplikt" / "index.html").read_text("utf-8")
    env = Environment(  # noqa: S701 (the options switch it on)
        **theming.environment_options(), loader=FileSystemLoader(project / "theme" / "templates")
    )
    theming.install(
        env,
        organisation=organisation.load_organisation(content),
        schedule=organisation.load_opening_hours(content),
        help_numbers=organisation.load_help(content),
        navigation=organisation.load_navigation(content),
        asset_root=output / "theme",
    )
    child = (
        '{% extends "base.html" %}{% set current_slug = "tystnadsplikt" %}'
        "{% block title %}TITLE{% endblock %}{% block description %}Om sidan.{% endblock %}"
        "{% block main %}MAIN{% endblock %}"
    )

    service = env.from_string(child).render()

    def frame(page: str) -> str:
        page = re.sub(r"<title>.*?</title>", "<title></title>", page)
        page = re.sub(r' *<(?:link rel="canonical"|meta property="og:)[^>]*>\n?', "", page)  # the page's own
        return re.sub(r"(<main[^>]*>).*</main>", r"\1</main>", page, flags=re.DOTALL)

    assert "MAIN" in service
    assert "MAIN" not in frame(service)
    assert frame(service) == frame(site)


def test_many_pages_are_read_by_several_processes_and_checked_from_what_was_read(
    content: Path, tmp_path: Path
):
    for number in range(MANY_PAGES):
        write_page(content, f"sida-{number}.md", f'## "Del" {number}\n\n"Hej" [nästa](/sida-{number}/)\n')

    build_site(tmp_path / "output", content=content)

    page = (tmp_path / "output" / "sida-150" / "index.html").read_text("utf-8")
    assert "”Hej”" in page
    assert not (tmp_path / "output.versions" / "written.txt").exists()
    write_page(content, "sida-7.md", 'Hej.\n\n### "Del" ett\n\n[nästa](/sida-70000/)\n')
    with pytest.raises(BuildFailed) as refused:
        build_site(tmp_path / "output", content=content)
    assert "content/pages/sida-7.md rad 6: Rubriken" in str(refused.value)
    assert "content/pages/sida-7.md rad 8: länken /sida-70000/ finns inte." in str(refused.value)


def test_of_many_pages_only_the_changed_ones_are_read_again(content: Path, tmp_path: Path):
    for number in range(MANY_PAGES):
        write_page(content, f"sida-{number}.md", f"Sida nummer {number}.\n")
    build_site(tmp_path / "output", content=content)
    kept = tmp_path / "output.versions" / "conversions.json"
    kept.write_text(kept.read_text("utf-8").replace("Sida nummer", "Behållen sida"), "utf-8")
    write_page(content, "sida-7.md", "Ny text.\n")

    build_site(tmp_path / "output", content=content)

    assert "Behållen sida 8." in (tmp_path / "output" / "sida-8" / "index.html").read_text("utf-8")
    assert "Ny text." in (tmp_path / "output" / "sida-7" / "index.html").read_text("utf-8")
    assert "Behållen" not in (tmp_path / "output" / "sida-7" / "index.html").read_text("utf-8")
