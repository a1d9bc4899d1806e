"""Takes the pictures of docs/redaktör.md from the real preview, so that they show what an editor will see.

    .venv/bin/python -m tools.editor_pictures

Works on a copy of the content. A picture that can no longer be taken ends it with an error.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tools import browsers
from tools.preview.started import started

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PAGE = "tystnadsplikt"
VIEW = {"width": 960, "height": 600}
FIRST_BUILD_MS = 60_000
SEEN_MS = 15_000


def main() -> int:
    """Take every picture."""
    chromium = browsers.chromium()
    if chromium is None:
        print("Chromium saknas: sudo apt install chromium, eller CHROMIUM=/sökväg", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        content = shutil.copytree(ROOT / "content", Path(name) / "content")
        flags = [flag for flag in browsers.CHROMIUM_FLAGS if flag != "--headless"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport=VIEW, reduced_motion="reduce", color_scheme="light", locale="sv-SE")  # pyright: ignore[reportArgumentType]
        with started(content, Path(name) / "var") as origin:
            take(page, f"{origin}/{PAGE}/", content / "pages" / f"{PAGE}.md")
        browser.close()
    return 0


def take(page: Page, address: str, file: Path) -> None:
    """Open the page, write in its file as an editor would, and take a picture at each step."""
    text = file.read_text("utf-8")
    heading = page.locator("main h2").first
    until_built(page, address)
    picture(page, "redaktor_sidan")
    file.write_text(text.replace("## Alla har skrivit under", "## Alla har lovat", 1), "utf-8")
    expect(heading).to_have_text("Alla har lovat", timeout=SEEN_MS)
    picture(page, "redaktor_sparat")
    mistaken = (
        text.replace("](/integritet/)", "](/integritt/)", 1)
        + "\n![](/images/hus.jpg)\n\n[Klicka här](/kontakt/)\n"
    )
    file.write_text(mistaken, "utf-8")
    panel = page.get_by_role("complementary", name="Förhandsvisning")
    expect(panel).to_contain_text("Menade du /integritet/?", timeout=SEEN_MS)
    panel.get_by_text("råd (stoppar inget)").click()
    picture(page, "redaktor_fel")
    file.write_text(text, "utf-8")
    expect(panel).to_have_count(0, timeout=SEEN_MS)


def until_built(page: Page, address: str) -> None:
    """Open the page; the preview reloads it when the site has been built for the first time."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1, name="Tystnadsplikt")).to_be_visible(timeout=FIRST_BUILD_MS)
    page.evaluate("document.fonts.ready")


def picture(page: Page, name: str) -> None:
    """Take a picture of what is seen now."""
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
