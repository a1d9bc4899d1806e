"""Draws the picture that is shown where somebody shares a page's address: `python -m tools.social_card`.

The start page's own evening picture, 1200 × 630, without a word: it holds for every page, language and organisation.
The result is part of the theme; draw it again when the picture changes. Needs Chromium.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools import browsers
from tools.environment import stop

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "theme/static/img/blue_hour_dark.svg"
CARD = ROOT / "theme/static/img/social_card.png"
WIDTH, HEIGHT = 1200, 630
SKY, SNOW = "#0b1824", "#0e1c29"
TIMEOUT_S = 60


def draw(target: Path = CARD) -> None:
    """Write the card. Raises SystemExit with a sentence when there is no Chromium."""
    chromium = browsers.chromium()
    if chromium is None:
        stop("Chromium saknas: sudo apt install chromium, eller CHROMIUM=/sökväg.")
    page = (
        f"<!doctype html><style>body{{margin:0;background:linear-gradient({SKY},{SNOW})}}"
        f"img{{display:block;width:{WIDTH}px;height:{HEIGHT}px;object-fit:cover;object-position:74% 100%}}</style>"
        f'<img src="{PICTURE.as_uri()}" alt="">'
    )
    with tempfile.TemporaryDirectory(prefix="card-") as folder:
        source = Path(folder, "card.html")
        source.write_text(page, "utf-8")
        subprocess.run(
            [
                chromium, *browsers.CHROMIUM_FLAGS, "--hide-scrollbars", f"--user-data-dir={folder}/profile",
                f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={target}", source.as_uri(),
            ],
            check=True,
            timeout=TIMEOUT_S,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip


if __name__ == "__main__":
    draw()
    print(f"{CARD.relative_to(ROOT)}: {CARD.stat().st_size // 1000} kB", file=sys.stderr)
