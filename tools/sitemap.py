"""Writes sitemap.xml with whole addresses, while the pages keep addresses without an origin.

A thin Pelican plug-in around pelican-sitemap, which takes the origin from SITEURL. Our SITEURL is empty, so that the
same pages work on any origin; the sitemap alone needs the public one (SITEMAP_ORIGIN).
"""

from pathlib import Path
from typing import Any

from pelican import signals  # pyright: ignore[reportMissingTypeStubs]
from pelican.plugins.sitemap import sitemap as upstream  # pyright: ignore[reportMissingTypeStubs]

_generator: Any = upstream.generator


def publish(pelican: Any) -> None:
    """Let pelican-sitemap write its file with our public origin."""
    settings = pelican.settings
    pelican.settings = {**settings, "SITEURL": settings["SITEMAP_ORIGIN"]}
    try:
        _generator.finalize(pelican)
    finally:
        pelican.settings = settings
    _tell_robots(Path(pelican.output_path, "robots.txt"), settings["SITEMAP_ORIGIN"])


def _tell_robots(robots: Path, origin: str) -> None:
    """Say in robots.txt where the map is: a line that must hold the origin."""
    if robots.is_file():
        rules = robots.read_text("utf-8").rstrip("\n")
        robots.write_text(f"{rules}\n\nSitemap: {origin}/sitemap.xml\n", "utf-8")


def register() -> None:
    """Connect to Pelican, with the attribute's name put right: version 1.2 writes `ref`, which nothing reads."""
    upstream.XML_TRANSLATION = upstream.XML_TRANSLATION.replace(" ref=", " href=")
    signals.get_generators.connect(_generator.init)
    signals.content_written.connect(_generator.queue_page)
    signals.finalized.connect(publish)
