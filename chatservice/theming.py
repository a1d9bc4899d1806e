"""What site and service share when they render: Jinja options, globals, translations.

Pelican (pelicanconf.py) and Quart (app.py) both take their options and globals from here, so that base.html renders
the same frame byte for byte in both worlds. Knows templates' inputs; does not know any page or route.
"""

import gettext
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from chatservice.domain.opening_hours import Schedule
from chatservice.domain.opening_words import WEEKDAYS, date_words, windows_words
from chatservice.organisation import HelpNumber, NavigationItem, Organisation

SOURCE_LANGUAGE = "sv"
LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}
"""What each language calls itself, for the links between versions of a page."""
LANGUAGE_PARAMETER = "language"
THEME_URL = "/theme/"
TRANSLATIONS_DIR = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A line of the opening hours table: "Måndag" or "24 december 2026", its hours, and a reason or nothing."""

    day: str
    hours: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OpeningTable:
    """The published hours as templates show them; `example` asks the page to say that they are not real."""

    week: tuple[OpeningRow, ...]
    exceptions: tuple[OpeningRow, ...]
    example: bool
    last_entry_min: int


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page of menu and footer in one language, with its address."""

    slug: str
    title: str
    group: str
    in_menu: bool
    url: str


@dataclass(slots=True)
class Assets:
    """Addresses of theme files with eight hex digits of their contents, so that a changed file is a new address.

    `root` is the folder of theme files; `made` holds files that are built and not on disk yet, by path. A missing
    file gets its plain address: the site may be under way of being built.
    """

    root: Path | None
    made: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    _known: dict[str, tuple[tuple[int, int], str]] = field(
        default_factory=dict[str, tuple[tuple[int, int], str]]
    )

    def address(self, path: str) -> str:
        """Give "/theme/css/site.css?v=0a1b2c3d" for "css/site.css"."""
        version = self._version(path)
        return f"{THEME_URL}{path}?v={version}" if version else f"{THEME_URL}{path}"

    def _version(self, path: str) -> str:
        if path in self.made:
            return _digest(self.made[path])
        if self.root is None:
            return ""
        file = self.root / path
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = self._known[path] = (stamp, _digest(file.read_bytes()))
        except OSError:
            return ""
        return known[1]


def environment_options() -> dict[str, Any]:
    """Give the Jinja options that both worlds must use."""
    return {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True, "extensions": []}


def template_globals(
    *,
    organisation: Organisation,
    schedule: Schedule,
    help_numbers: tuple[HelpNumber, ...],
    navigation: tuple[NavigationItem, ...],
    assets: Assets,
    base_url: str = "",
) -> dict[str, Any]:
    """Give every name that base.html and its partials may use, in both worlds."""

    main_language = organisation.languages[0]
    by_name = {item.known_as or item.slug: item for item in navigation}

    @pass_context
    def page_url(context: Context, slug: str = "", language: str = "") -> str:
        """Give the page's address in the language of the page that asks; in the main one when it has no other."""
        language = language or str(context.get("language"))
        if language not in organisation.languages[1:]:
            slug = by_name[slug].slug if slug in by_name else slug
            return f"{base_url}/{slug}/" if slug else f"{base_url}/"
        item = by_name[slug].in_language(language, main_language) if slug in by_name else None
        if slug and item is None:
            return f"{base_url}/{slug}/"
        return f"{base_url}/{language}/{item.slug}/" if item else f"{base_url}/{language}/"

    @pass_context
    def service_url(context: Context, path: str) -> str:
        """Give the address of a page that the service makes, in the language of the page that asks."""
        return in_language(path, str(context.get("language")), organisation)

    def menu(language: str) -> tuple[MenuEntry, ...]:
        """Give the pages that there are in a language, as menu and footer name them."""
        prefix = base_url if language == main_language else f"{base_url}/{language}"
        items = (item.in_language(language, main_language) for item in navigation if item.is_listed)
        return tuple(
            MenuEntry(item.slug, item.title, item.group, item.in_menu, f"{prefix}/{item.slug}/")
            for item in items
            if item is not None
        )

    return {
        "organisation": organisation,
        "help_numbers": help_numbers,
        "opening": lru_cache(partial(opening_table, schedule)),
        "navigation": lru_cache(menu),
        "language": main_language,
        "language_names": LANGUAGE_NAMES,
        "asset": assets.address,
        "page_url": page_url,
        "service_url": service_url,
        "_": _translate_in_template,
    }


def template_filters() -> dict[str, Callable[..., Any]]:
    """Give the filters that both worlds share."""
    return {"date_words": _date_in_template}


def install(
    env: Environment,
    *,
    organisation: Organisation,
    schedule: Schedule,
    help_numbers: tuple[HelpNumber, ...],
    navigation: tuple[NavigationItem, ...],
    asset_root: Path | None,
    base_url: str = "",
) -> None:
    """Give an environment (made with environment_options) the shared globals and filters.

    `asset_root` is the published theme folder, site_dir / "theme".
    """
    shared_globals = cast("dict[str, Any]", env.globals)
    shared_globals.update(
        template_globals(
            organisation=organisation,
            schedule=schedule,
            help_numbers=help_numbers,
            navigation=navigation,
            assets=Assets(asset_root),
            base_url=base_url,
        )
    )
    cast("dict[str, Any]", env.filters).update(template_filters())


def in_language(path: str, language: str, organisation: Organisation) -> str:
    """Give a service page's address in a language: "/mentor/" in the main one, else "/mentor/?language=en".

    The address alone says it, so that no cookie has to.
    """
    joined = "&" if "?" in path else "?"
    return path if language == organisation.languages[0] else f"{path}{joined}{LANGUAGE_PARAMETER}={language}"


def opening_table(schedule: Schedule, language: str = SOURCE_LANGUAGE) -> OpeningTable:
    """Lay out the schedule for a table in a language: Monday first, then the exceptions by date."""
    said = partial(translate, language=language)
    week = tuple(
        OpeningRow(said(WEEKDAYS[index]).capitalize(), windows_words(windows, said))
        for index, windows in enumerate(schedule.week.days)
    )
    exceptions = tuple(
        OpeningRow(
            date_words(exception.date, translate=said),
            windows_words(exception.windows, said),
            exception.reason_in(language),
        )
        for exception in sorted(schedule.exceptions, key=lambda exception: exception.date)
    )
    return OpeningTable(week, exceptions, schedule.example, schedule.last_entry_min)


def translate(text: str, language: str = SOURCE_LANGUAGE) -> str:
    """Give a Swedish sentence in a language; as it is where no translation exists."""
    return text if language == SOURCE_LANGUAGE else _catalogue(language).gettext(text)


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", TRANSLATIONS_DIR, [language], fallback=True)


@pass_context
def _translate_in_template(context: Context, text: str, **values: object) -> str:
    """`_("Öppnar kl. %(time)s", time=…)`: plain text, escaped by the template like any other."""
    sentence = translate(text, str(context.get("language") or SOURCE_LANGUAGE))
    return sentence % values if values else sentence


@pass_context
def _date_in_template(context: Context, day: date, year: bool = True) -> str:
    """`help.checked | date_words`: 22 november 2026, in the language of the page."""
    language = str(context.get("language") or SOURCE_LANGUAGE)
    return date_words(day, year=year, translate=partial(translate, language=language))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]
