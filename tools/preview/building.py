"""What the preview's child processes do: let Pelican build the whole site, or one page with its other versions.

A child is forked from a server that has Pelican loaded already (multiprocessing's forkserver), so that a page takes
tenths of a second and every build begins from clean settings. Drafts are built too: a preview is where they are read.
Knows Pelican; does not know when to build, or what becomes of the files.
"""
# Pelican carries no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import logging
import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pelican
from pelican.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
_EVERY_BUILD = {
    "DRAFT_PAGE_URL": "{slug}/",
    "DRAFT_PAGE_SAVE_AS": "{slug}/index.html",
    "DRAFT_PAGE_LANG_URL": "{lang}/{slug}/",
    "DRAFT_PAGE_LANG_SAVE_AS": "{lang}/{slug}/index.html",
    "READ_AHEAD": False,
}
# What one page does not need: the files beside the pages, the pages that are only templates, and the plug-ins that
# work on the whole site. Should one of those touch a page after all, it is right as soon as the whole site is built.
_ONE_PAGE = {"STATIC_PATHS": [], "THEME_STATIC_PATHS": [], "DIRECT_TEMPLATES": []}
_PLUGINS_OF_PAGES = frozenset({"tools.page_reader", "tools.page_versions"})


@dataclass(frozen=True, slots=True)
class Order:
    """What to build, and where: `pages` are paths below content, none for the whole site."""

    content: Path
    folder: Path
    example_pin: str | None = None
    pages: tuple[str, ...] = ()


def build(order: Order, answer: Connection) -> None:
    """Build in this process, and send what Pelican complained of: a list of lines, empty when all is well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the preview, which ends its children
    os.chdir(ROOT)
    os.environ["CHAT_CONTENT_DIR"] = str(order.content)
    os.environ.pop("CHAT_EXAMPLE_PIN", None)
    if order.example_pin:
        os.environ["CHAT_EXAMPLE_PIN"] = order.example_pin
    complaints = _Complaints()
    logging.getLogger().addHandler(complaints)
    logging.getLogger().propagate = False
    try:
        overrides: dict[str, Any] = {"OUTPUT_PATH": str(order.folder), **_EVERY_BUILD}
        if order.pages:
            overrides |= {"PAGE_PATHS": list(order.pages), **_ONE_PAGE}
        settings = read_settings(str(ROOT / "pelicanconf.py"), override=overrides)
        if order.pages:
            settings["PLUGINS"] = [one for one in settings["PLUGINS"] if one.__name__ in _PLUGINS_OF_PAGES]
        pelican.console.quiet = True
        pelican.Pelican(settings).run()
    except Exception as error:  # noqa: BLE001 (whatever it is: the editor must hear of it in the page)
        complaints.lines.append(f"{type(error).__name__}: {error}")
    answer.send(complaints.lines)
    answer.close()


class _Complaints(logging.Handler):
    """Keeps what Pelican calls an error; it goes on after most of them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(" ".join(record.getMessage().split()))
