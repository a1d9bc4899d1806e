"""Measures how long the site takes to build, beside a plain Pelican, and how soon a saved page is seen.

    .venv/bin/python -m bench.site_build                 1,000 pages, 5 rounds
    .venv/bin/python -m bench.site_build --pages 200 --rounds 3

Both build the same pages on the same machine, in turns: *plain* is Pelican with its own settings and its theme
`simple`; *ours* is `build_site`, as `tasks.py publish` calls it, with theme, content check, plug-ins, swap and
kept versions. Each build is a process of its own, start included. See README.md.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools import browsers
from tools.preview.started import started

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
SEED = 20261122
SAVED = ("sida-1.md", "sa-chattar-du.md")
"""The page that is saved: of the made content, and of the project's own."""
WORDS = (  # noqa: SIM905
    "du kan skriva när oron inte släpper och ingen annan är vaken hemma lyssnar vi på det som är svårt att säga högt "
    "insatsen brev telefon kväll barn vardag saknad längtan samtal mentor trygg lugn fråga svar tid plats vän familj "
    "veteran anhörig hemkomst väntan tystnad sömn hopp styrka gemenskap"
).split()
PLAIN = """
SITENAME, SITEURL, TIMEZONE, DEFAULT_LANG = "Plain", "", "Europe/Stockholm", "sv"
PATH, PAGE_PATHS, ARTICLE_PATHS, STATIC_PATHS = {content!r}, ["pages"], [], []
THEME, PLUGINS, DIRECT_TEMPLATES = "simple", [], []
PAGE_URL, PAGE_SAVE_AS, SLUGIFY_SOURCE = "{{slug}}/", "{{slug}}/index.html", "basename"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
ARTICLE_SAVE_AS = AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
DELETE_OUTPUT_DIRECTORY = True
# Otherwise the theme names every page on every page, which costs more than all the rest.
DISPLAY_PAGES_ON_MENU = DISPLAY_CATEGORIES_ON_MENU = False
"""
OURS = """
import sys
from pathlib import Path
from tools.site_build import build_site
assert build_site(Path(sys.argv[2]), content=Path(sys.argv[1]))
"""


@dataclass(frozen=True)
class Taken:
    """What one build took."""

    wall_s: float
    processor_s: float


def main() -> None:
    """Measure, print the medians and keep every figure in results/site_build.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--saves", type=int, default=10)
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-site-") as name:
        folder = Path(name)
        content = make_content(folder / "content", options.pages)
        rows = measure_builds(folder, content, options.rounds)
        print_builds(options.pages, rows)
        seen_s: dict[str, list[float]] = {}
        for words, saved in (("the project's own", copy_of_own_content(folder)), ("the made", content)):
            seconds = seen_s[words] = measure_saves(folder, saved, options.saves)
            print(
                f"saved to seen, {words} pages: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s"
            )
    RESULTS.mkdir(exist_ok=True)
    kept = {name: [[one.wall_s, one.processor_s] for one in taken] for name, taken in rows.items()}
    (RESULTS / "site_build.json").write_text(
        json.dumps({"builds": kept, "saved_to_seen_s": seen_s}, indent=1)
    )


def make_content(folder: Path, pages: int) -> Path:
    """Make pages of a few hundred words with headings, lists, emphasis and links, the same at every run."""
    chance = random.Random(SEED)
    shutil.copytree(ROOT / "content" / "data", folder / "data")
    shutil.copytree(ROOT / "content" / "extra", folder / "extra")
    (folder / "data" / "navigation.toml").write_text(
        '[[pages]]\nslug = "sida-1"\ntitle = "Sida 1"\n', "utf-8"
    )
    organisation = folder / "data" / "organisation.toml"
    text = re.sub(r"(?m)^languages = .*$", 'languages = ["sv"]', organisation.read_text("utf-8"))
    organisation.write_text(text, "utf-8")
    (folder / "pages").mkdir()
    for number in range(pages):
        (folder / "pages" / f"sida-{number}.md").write_text(page_text(chance, number, pages), "utf-8")
    for name in ("index", "integritet", "sa-chattar-du", "lugn"):  # the frame leads to these
        (folder / "pages" / f"{name}.md").write_text(page_text(chance, 0, pages), "utf-8")
    return folder


def page_text(chance: random.Random, number: int, pages: int) -> str:
    """Make the text of a page."""

    def sentence() -> str:
        words = chance.choices(WORDS, k=chance.randint(5, 14))
        return " ".join(words).capitalize() + "."

    def paragraph() -> str:
        return " ".join(sentence() for _ in range(chance.randint(2, 5)))

    parts = [f"Title: Sida {number}\nDescription: {sentence()}\nLede: {sentence()}\n"]
    for section in range(4):
        link = f"[{' '.join(chance.sample(WORDS, 3))}](/sida-{chance.randrange(pages)}/)"
        items = "\n".join(f"- {sentence()}" for _ in range(4))
        parts += [f"## Del {section + 1}", paragraph(), f"{paragraph()} **{sentence()}** {link}", items]
    return "\n\n".join(parts) + "\n"


def copy_of_own_content(folder: Path) -> Path:
    """Copy the project's content, to save in."""
    return shutil.copytree(ROOT / "content", folder / "own")


def measure_builds(folder: Path, content: Path, rounds: int) -> dict[str, list[Taken]]:
    """Build in turns: each from nothing, and again after one page has changed."""
    settings = folder / "plain.py"
    settings.write_text(PLAIN.format(content=str(content)), "utf-8")
    plain = [sys.executable, "-m", "pelican", "-s", str(settings), "-o", str(folder / "plain"), "--quiet"]
    ours = [sys.executable, "-c", OURS, str(content), str(folder / "ours")]
    rows: dict[str, list[Taken]] = {}
    for _ in range(rounds):
        for name, command in (("plain", plain), ("ours", ours)):
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.rmtree(folder / f"{name}.versions", ignore_errors=True)
            rows.setdefault(f"{name}, cold", []).append(run(command))
        with (content / "pages" / "sida-1.md").open("a", encoding="utf-8") as page:
            page.write("\nEn rad till.\n")
        for name, command in (("plain", plain), ("ours", ours)):
            rows.setdefault(f"{name}, one changed page", []).append(run(command))
        print(".", end="", flush=True)
    print()
    return rows


def run(command: list[str]) -> Taken:
    """Run a command to its end; give wall time and processor time, with that of its own children."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=600)
    wall_s, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(wall_s, used)


def measure_saves(folder: Path, content: Path, saves: int) -> list[float]:
    """Save a page in the live preview, and wait until a browser shows what was saved."""
    page_file = next(file for name in SAVED if (file := content / "pages" / name).exists())
    text = page_file.read_text("utf-8")
    took: list[float] = []
    with started(content, folder / f"var-{content.name}") as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium(),
            args=[flag for flag in browsers.CHROMIUM_FLAGS if flag != "--headless"],
        )
        page = browser.new_page()
        page.goto(f"{origin}/{page_file.stem}/")
        # The first build is under way; the preview loads the page again when it is there.
        page.locator("main .prose h2").first.wait_for(timeout=120_000)
        for number in range(saves + 1):
            time.sleep(1 + len(took) % 3)  # an editor thinks; the whole site may still be under way
            began = time.perf_counter()
            page_file.write_text(f"{text}\nSparad gång {number}.\n", "utf-8")
            page.get_by_text(f"Sparad gång {number}.").wait_for(timeout=30_000)
            took.append(time.perf_counter() - began)
        browser.close()
    return took[1:]  # the first one loads code


def print_builds(pages: int, rows: dict[str, list[Taken]]) -> None:
    """Print the medians."""
    print(f"{pages} pages, median of {len(next(iter(rows.values())))}:")
    for name, taken in rows.items():
        wall_s = statistics.median(one.wall_s for one in taken)
        processor_s = statistics.median(one.processor_s for one in taken)
        print(f"  {name:24} {wall_s:6.2f} s   (processor {processor_s:.2f} s)")
    for kind in ("cold", "one changed page"):
        pairs = list(zip(rows[f"ours, {kind}"], rows[f"plain, {kind}"], strict=True))
        wall = statistics.median(ours.wall_s / plain.wall_s for ours, plain in pairs)
        processor = statistics.median(ours.processor_s / plain.processor_s for ours, plain in pairs)
        print(f"  ours / plain, {kind:17} {wall:.2f} x   (processor {processor:.2f} x)", flush=True)


if __name__ == "__main__":
    main()
