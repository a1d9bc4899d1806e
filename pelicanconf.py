"""How the site is built: every setting of Pelican, and there is no other settings file.

Pages only, at /slug/. Facts come from content/data through chatservice.organisation, and the Jinja
environment from chatservice.theming, so that the service renders the same frame. `python -m pelican content -s
pelicanconf.py` works by itself; tools/site_build.py adds the content check and swaps the result into place.
"""

import os
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from chatservice import organisation as facts  # noqa: E402
from chatservice import theming  # noqa: E402
from tools import (  # noqa: E402
    calendar_file,
    modules,
    opening_data,
    page_reader,
    page_versions,
    sitemap,
    stylesheet,
    written_pages,
)
from tools.film.shown_film import shown_film  # noqa: E402

CONTENT = Path(os.environ.get("CHAT_CONTENT_DIR") or ROOT / "content").resolve()
HOURS = facts.load_opening_hours(CONTENT)
ORGANISATION = facts.with_example_pin(facts.load_organisation(CONTENT), os.environ.get("CHAT_EXAMPLE_PIN"))

# -- the site
SITENAME = ORGANISATION.name
SITEURL = ""  # addresses without an origin: the same files work wherever they are served
SITEMAP_ORIGIN = ORGANISATION.website
PATH = str(CONTENT)
OUTPUT_PATH = str(ROOT / "output")
DELETE_OUTPUT_DIRECTORY = True
TIMEZONE = "Europe/Stockholm"
DEFAULT_LANG = ORGANISATION.languages[0]
LOCALE = ("sv_SE.UTF-8", "C.UTF-8", "C")
DEFAULT_PAGINATION = False

# -- pages only: everything about articles is off
PAGE_PATHS = ["pages"]
ARTICLE_PATHS: list[str] = []
ARTICLE_SAVE_AS = ARTICLE_LANG_SAVE_AS = DRAFT_SAVE_AS = DRAFT_LANG_SAVE_AS = ""
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
YEAR_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_SAVE_AS = DAY_ARCHIVE_SAVE_AS = ""
FEED_ALL_ATOM = FEED_ALL_RSS = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
DIRECT_TEMPLATES = ["404"]

# -- addresses: /integritet/, /en/privacy/ for a translation, /lattlast/integritet/ for easy-to-read Swedish
FILENAME_METADATA = page_versions.FILENAME_METADATA
PAGE_TRANSLATION_ID = page_versions.TRANSLATION_ID
SLUGIFY_SOURCE = "basename"
PAGE_URL = "{slug}/"
PAGE_SAVE_AS = "{slug}/index.html"
PAGE_LANG_URL = "{lang}/{slug}/"
PAGE_LANG_SAVE_AS = "{lang}/{slug}/index.html"
DRAFT_PAGE_SAVE_AS = DRAFT_PAGE_LANG_SAVE_AS = ""

# -- files that are copied as they are; those in extra/ land at the root of the site
STATIC_PATHS = ["images", "film", "extra"]
EXTRA_PATH_METADATA = {
    **page_versions.path_metadata(CONTENT, DEFAULT_LANG),
    **{
        path.relative_to(CONTENT).as_posix(): {"path": path.relative_to(CONTENT / "extra").as_posix()}
        for path in sorted((CONTENT / "extra").rglob("*"))
        if path.is_file()
    },
}

# -- text; quotes and dashes are set by tools/typography.py
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.extra": {},
        "markdown.extensions.admonition": {},
        "markdown.extensions.sane_lists": {},
        "markdown.extensions.toc": {"permalink": False},
    },
    "output_format": "html5",
}

# -- look
THEME = str(ROOT / "theme")
THEME_STATIC_DIR = "theme"
JINJA_ENVIRONMENT = theming.environment_options()
JINJA_FILTERS = theming.template_filters()
JINJA_GLOBALS = theming.template_globals(
    organisation=ORGANISATION,
    schedule=HOURS,
    help_numbers=facts.load_help(CONTENT),
    navigation=facts.load_navigation(CONTENT),
    assets=theming.Assets(
        ROOT / "theme" / "static",
        {
            **stylesheet.made(ROOT / "theme" / "static" / "css", CONTENT),
            **modules.published(ROOT / "theme" / "static"),
        },
    ),
) | {
    "opening_data": opening_data.opening_data(ORGANISATION, HOURS),
    "calendar_url": f"/{calendar_file.NAME}",
    "film": shown_film(CONTENT, ORGANISATION.languages),
    "modules_of": partial(modules.imported_by, ROOT / "theme" / "static"),
}
OPENING_HOURS = HOURS  # for the calendar file

# -- plug-ins, named one by one
PLUGINS = [page_reader, stylesheet, modules, sitemap, page_versions, calendar_file, written_pages]
SITEMAP = {"format": "xml", "exclude": [r"^404", r"^chatt/", r"^en/chat/", r"^lugn/"]}
