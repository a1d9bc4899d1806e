"""A small content folder of a test's own: the project's facts, five pages, and a menu of those pages.

content = make_content(tmp_path / "content", project)
write_page(content, "x.md", "[a b](/integritet/)")
"""

import re
import shutil
from pathlib import Path

HEAD = "Title: {title}\nDescription: Om sidan.\n\n"
PAGES = ("index", "sa-chattar-du", "tystnadsplikt", "integritet", "lugn")
NAVIGATION = "".join(f'[[pages]]\nslug = "{slug}"\ntitle = "{slug.capitalize()}"\n\n' for slug in PAGES[1:4])


def make_content(folder: Path, project: Path, body: str = "Hej.\n") -> Path:
    """Make the folder; every page has the same body. The content is in Swedish only and has no mistake."""
    shutil.copytree(project / "content" / "data", folder / "data", ignore=shutil.ignore_patterns("film.toml"))
    shutil.copytree(project / "content" / "extra", folder / "extra")
    shutil.copytree(project / "content" / "agreements", folder / "agreements")
    (folder / "data" / "navigation.toml").write_text(NAVIGATION, "utf-8")
    organisation = folder / "data" / "organisation.toml"
    organisation.write_text(
        re.sub(r"(?m)^languages = .*$", 'languages = ["sv"]', organisation.read_text("utf-8")), "utf-8"
    )
    (folder / "pages").mkdir()
    (folder / "images").mkdir()
    for slug in PAGES:
        write_page(folder, f"{slug}.md", body, title=slug.capitalize())
    return folder


def write_page(content: Path, name: str, body: str, title: str = "En sida") -> Path:
    """Write a page with a title and a description; give its path."""
    path = content / "pages" / name
    path.write_text(HEAD.format(title=title) + body, "utf-8")
    return path
