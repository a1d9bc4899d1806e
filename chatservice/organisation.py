"""The organisation's facts: who it is, when it is open, which help numbers it shows.

Loads content/data/*.toml into frozen values for both worlds: pelicanconf.py builds the site from them and the
service decides by them. Every mistake is found at once and told with file, line and remedy in Swedish.

Does not know: web, Pelican, or overrides of opening hours (those are records). How a file is read and a line found
is in data_files.py; what opening hours mean is in domain/opening_hours.py.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chatservice.catalogue import (
    PhraseGroup,
    Referral,
    ReferralCard,
    number_card,
    read_phrases,
    read_referrals,
    refuse_long_card,
)
from chatservice.certification_data import read_requirements
from chatservice.data_files import DataFile, Mistake, Section
from chatservice.domain.certification_items import Requirement
from chatservice.domain.opening_hours import MINUTES_PER_DAY, DatedException, Schedule, Week, Window
from chatservice.domain.opening_words import WEEKDAYS, window_words
from chatservice.errors import StartError

DAY_KEYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WINDOW_REMEDY = 'Skriv till exempel ["19:00-22:00"].'
LONGEST_LAST_ENTRY_MIN = 120
PUBLIC_KEY_BYTES = 65
KEY_ID_BYTES = 16

_WINDOW = re.compile(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WEBSITE = re.compile(r"https?://[a-z0-9.-]+(:\d+)?", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}")
_Facts = TypeVar("_Facts")


class OrganisationError(StartError):
    """The data files hold mistakes; `mistakes` lists all of them in order of file and line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class Contact:
    """How the organisation is reached; example values say so."""

    email: str = ""
    phone: str = ""
    postal_address: tuple[str, ...] = ()
    example: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """What a visitor's page trusts. Public keys and key ids are unpadded base64url.

    `pinned` are the organisation keys a certificate may be signed with, `denied` the mentor keys that are refused,
    `retired` earlier organisation keys that are no longer accepted. `example` tells that the pin is a start-up
    example whose private half lies on the same machine. `inbox` is what letters to the coordinators are sealed to.
    """

    pinned: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    example: bool = False
    inbox: str = ""


@dataclass(frozen=True, slots=True)
class BarColours:
    """What a browser paints around the page, by day and in the dark: --color-night of the theme's tokens."""

    light: str = "#11283a"
    dark: str = "#091521"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who the site and the chat belong to. `website` is an origin without a final slash.

    `languages` begins with the main one; `translations` holds the same facts in the words of the others.
    """

    name: str
    short_name: str
    tagline: str
    description: str
    website: str
    languages: tuple[str, ...]
    contact: Contact = field(default_factory=Contact)
    keys: Keys = field(default_factory=Keys)
    bar: BarColours = field(default_factory=BarColours)
    translations: tuple[tuple[str, "Organisation"], ...] = ()

    def in_language(self, language: str) -> "Organisation":
        """Give it in the words of a language, or as it is where there are none."""
        return dict(self.translations).get(language, self)


@dataclass(frozen=True, slots=True)
class HelpNumber:
    """A public help number with where it was found and the day it was checked."""

    name: str
    number: str
    text: str
    source: str
    checked: date
    translations: tuple[tuple[str, "HelpNumber"], ...] = ()

    def in_language(self, language: str) -> "HelpNumber":
        """Give it in the words of a language, or as it is where there are none."""
        return dict(self.translations).get(language, self)

    @property
    def dial(self) -> str:
        """The number as a telephone address takes it: "020505050"."""
        return re.sub(r"[^\d+]", "", self.number)


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One page as menu and footer name it. `group` is its heading in the footer; only `in_menu` is in both.

    `known_as` is what the theme's templates call the page, where its address is another one. A page that is not
    `is_listed` stands in neither: the theme alone leads to it.
    """

    slug: str
    title: str
    group: str = ""
    in_menu: bool = True
    known_as: str = ""
    translations: tuple[tuple[str, "NavigationItem"], ...] = ()
    is_listed: bool = True

    def in_language(self, language: str, main_language: str) -> "NavigationItem | None":
        """Give the page in a language, or None where it has no such version."""
        return self if language == main_language else dict(self.translations).get(language)


def load_organisation(content_dir: Path) -> Organisation:
    """Load organisation.toml; raises OrganisationError."""
    return _load(content_dir, "organisation.toml", _read_organisation)


def load_opening_hours(content_dir: Path) -> Schedule:
    """Load opening_hours.toml; raises OrganisationError."""
    return _load(content_dir, "opening_hours.toml", _read_schedule)


def load_help(content_dir: Path) -> tuple[HelpNumber, ...]:
    """Load the numbers of help.toml; raises OrganisationError."""
    return _load(content_dir, "help.toml", _read_help)[0]


def load_referral_cards(content_dir: Path) -> tuple[ReferralCard, ...]:
    """Load every card of help.toml: the numbers first, then the pages; raises OrganisationError."""
    numbers, referrals = _load(content_dir, "help.toml", _read_help)
    return (
        *(number_card(number.name, number.text, number.number) for number in numbers),
        *(referral.card for referral in referrals),
    )


def load_phrases(content_dir: Path) -> tuple[PhraseGroup, ...]:
    """Load phrases.toml; raises OrganisationError."""
    return _load(content_dir, "phrases.toml", read_phrases)


def load_requirements(content_dir: Path) -> tuple[Requirement, ...]:
    """Load certification.toml; raises OrganisationError."""
    return _load(content_dir, "certification.toml", read_requirements)


def load_navigation(content_dir: Path) -> tuple[NavigationItem, ...]:
    """Load navigation.toml; raises OrganisationError."""
    return _load(content_dir, "navigation.toml", _read_navigation)


def find_mistakes(content_dir: Path) -> tuple[Mistake, ...]:
    """List every mistake in all data files."""
    mistakes: list[Mistake] = []
    for load in (
        load_organisation,
        load_opening_hours,
        load_help,
        load_phrases,
        load_navigation,
        load_requirements,
    ):
        try:
            load(content_dir)
        except OrganisationError as error:
            mistakes += error.mistakes
    return tuple(mistakes)


def with_example_pin(organisation: Organisation, pin: str | None) -> Organisation:
    """Pin the example organisation key (b64 public key) where no real one is pinned, and mark it as an example."""
    if not pin or organisation.keys.pinned:
        return organisation
    keys = replace(organisation.keys, pinned=(pin,), example=True)
    translations = tuple(
        (language, replace(translated, keys=keys)) for language, translated in organisation.translations
    )
    return replace(organisation, keys=keys, translations=translations)


def _load(content_dir: Path, name: str, read: Callable[[Section], _Facts]) -> _Facts:
    path = content_dir / "data" / name
    file = DataFile(path, f"{content_dir.name}/data/{name}")
    section = file.read()
    facts = read(section)
    section.close()
    if file.mistakes:
        raise OrganisationError(file.mistakes)
    return facts


def _read_organisation(root: Section) -> Organisation:
    website = root.text("website", 'Skriv website = "https://example.org".')
    if website and not _WEBSITE.fullmatch(website):
        root.refuse(
            "website",
            f"”{website}” är inte en adress utan sökväg.",
            'Skriv till exempel "https://example.org".',
        )
    languages = root.texts("languages", 'Skriv languages = ["sv"].')
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            root.refuse(
                "languages", f"”{language}” är ingen språkkod.", 'Skriv till exempel ["sv", "en"].', language
            )
    organisation = Organisation(
        name=root.text("name", 'Skriv name = "Organisationens namn".'),
        short_name=root.text("short_name", 'Skriv short_name = "Kort namn".'),
        tagline=root.text("tagline", 'Skriv tagline = "Några ord under namnet".', required=False),
        description=root.text("description", 'Skriv description = "En mening om vad ni gör".'),
        website=website,
        languages=languages,
        contact=_read_contact(root.section("contact")),
        keys=_read_keys(root.section("keys")),
        bar=_read_bar(root),
    )
    translations: dict[str, Organisation] = {}
    for language, words in _translations(root):
        translations[language] = replace(
            organisation,
            tagline=words.text("tagline", 'Skriv tagline = "Några ord under namnet".', required=False),
            description=words.text("description", 'Skriv description = "En mening om vad ni gör".'),
        )
        words.close()
    return replace(organisation, translations=tuple(translations.items()))


def _translations(section: Section) -> Iterator[tuple[str, Section]]:
    """Open the tables of a section that are named by a language: [en] or [numbers.en]."""
    for key in sorted(section.values):
        if _LANGUAGE.fullmatch(key):
            yield key, section.section(key)


def _read_contact(section: Section) -> Contact:
    email = section.text("email", 'Skriv email = "namn@example.org".', required=False)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        section.refuse("email", f"”{email}” är ingen e-postadress.", 'Skriv till exempel "namn@example.org".')
    contact = Contact(
        email=email,
        phone=section.text("phone", 'Skriv phone = "08-000 00 00".', required=False),
        postal_address=section.texts("postal_address", 'Skriv ["Gatan 1", "000 00 Orten"].', required=False),
        example=section.flag("example"),
    )
    section.close()
    return contact


def _read_bar(root: Section) -> BarColours:
    if "bar" not in root.values:
        return BarColours()
    section = root.section("bar")
    bar = BarColours(light=_read_colour(section, "light"), dark=_read_colour(section, "dark"))
    section.close()
    return bar


def _read_colour(section: Section, key: str) -> str:
    colour = section.text(key, f'Skriv {key} = "#11283a".')
    if colour and not _COLOUR.fullmatch(colour):
        section.refuse(key, f"”{colour}” är ingen färg.", f'Skriv till exempel {key} = "#11283a".')
    return colour


def _read_keys(section: Section) -> Keys:
    remedy = 'Skriv nycklarna inom citattecken, till exempel ["BA…", "BB…"], eller [].'
    keys = Keys(
        pinned=section.texts("pinned", remedy),
        denied=section.texts("denied", remedy, required=False),
        retired=section.texts("retired", remedy, required=False),
        inbox=section.text("inbox", 'Skriv inbox = "BA…", eller "".', required=False),
    )
    section.close()
    for name, values, size, form in (
        ("pinned", keys.pinned, PUBLIC_KEY_BYTES, "en publik organisationsnyckel"),
        ("retired", keys.retired, PUBLIC_KEY_BYTES, "en publik organisationsnyckel"),
        ("denied", keys.denied, KEY_ID_BYTES, "ett nyckel-id"),
    ):
        for value in values:
            if not _is_base64url(value, size):
                remedy = "Kopiera den hel från kommandot organisation-key, utan mellanslag."
                section.refuse(name, f"”{value[:12]}…” är inte {form}.", remedy, value)
    if keys.inbox and not _is_base64url(keys.inbox, PUBLIC_KEY_BYTES):
        what = f"”{keys.inbox[:12]}…” är ingen publik inkorgsnyckel."
        section.refuse("inbox", what, "Kopiera den hel från kommandot inbox-key, utan mellanslag.")
    for both in sorted(set(keys.pinned) & set(keys.retired)):
        what = f"Nyckeln ”{both[:12]}…” är både pinned och retired."
        section.refuse("retired", what, "Ta bort den från en av listorna.", both)
    return keys


def _is_base64url(text: str, size: int) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return False
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == size
    except binascii.Error:
        return False


def _read_schedule(root: Section) -> Schedule:
    example = root.flag("example")
    zone = _read_zone(root)
    last_entry_min = root.number("last_entry_min", 0, LONGEST_LAST_ENTRY_MIN)
    week_section = root.section("week")
    days = tuple(_read_windows(week_section, key) for key in DAY_KEYS)
    week_section.close()
    _refuse_night_overlaps(week_section, days)
    exceptions: dict[date, DatedException] = {}
    for section in root.sections("exceptions", required=False):
        day = section.day("date")
        exception = DatedException(
            date=day,
            windows=_read_windows(section, "windows"),
            reason=section.text("reason", 'Skriv reason = "Julafton".'),
            reasons=tuple(_read_reasons(section)),
        )
        section.close()
        if day in exceptions and day != date.min:
            section.refuse("date", f"Datumet {day} har redan en avvikelse.", "Slå ihop dem till en.")
        exceptions[day] = exception
    return Schedule(Week(days), tuple(exceptions.values()), zone, example, last_entry_min)


def _read_reasons(section: Section) -> Iterator[tuple[str, str]]:
    for language, words in _translations(section):
        yield language, words.text("reason", 'Skriv reason = "Christmas Eve".')
        words.close()


def _read_zone(root: Section) -> ZoneInfo:
    default = "Europe/Stockholm"
    name = root.text("time_zone", f'Skriv time_zone = "{default}".') or default
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        root.refuse("time_zone", f"Tidszonen ”{name}” finns inte.", f'Skriv time_zone = "{default}".')
        return ZoneInfo(default)


def _read_windows(section: Section, key: str) -> tuple[Window, ...]:
    """Read a day's windows, sorted; adjoining ones stay two, overlapping ones are refused."""
    windows: list[Window] = []
    for text in section.texts(key, f'Skriv {key} = ["19:00-22:00"] eller {key} = [] för stängt.'):
        window = _parse_window(text)
        if window is None:
            section.refuse(key, f"”{text}” är inte en öppettid.", WINDOW_REMEDY, text)
        else:
            windows.append(window)
    windows.sort(key=lambda window: window.start_minute)
    for earlier, later in pairwise(windows):
        if later.start_minute < earlier.end_minute:
            what = f"{window_words(earlier)} och {window_words(later)} går in i varandra."
            section.refuse(key, what, "Slå ihop dem eller ändra en av dem.")
    return tuple(windows)


def _parse_window(text: str) -> Window | None:
    found = _WINDOW.fullmatch(text.strip())
    if not found:
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    if (end_hour, end_minute) == (24, 0):
        end_hour = 0
    if start_hour > 23 or end_hour > 23 or start_minute > 59 or end_minute > 59:
        return None
    return Window.between(time(start_hour, start_minute), time(end_hour, end_minute))


def _refuse_night_overlaps(section: Section, days: tuple[tuple[Window, ...], ...]) -> None:
    for index, windows in enumerate(days):
        following = (index + 1) % 7
        for window in windows:
            for next_window in days[following]:
                if window.end_minute - MINUTES_PER_DAY > next_window.start_minute:
                    what = (
                        f"{WEEKDAYS[index].capitalize()} {window_words(window)} går in i "
                        f"{WEEKDAYS[following]} {window_words(next_window)}."
                    )
                    section.refuse(DAY_KEYS[index], what, "Ändra en av tiderna.")


def _read_help(root: Section) -> tuple[tuple[HelpNumber, ...], tuple[Referral, ...]]:
    numbers: list[HelpNumber] = []
    for section in root.sections("numbers"):
        number = HelpNumber(
            name=section.text("name", 'Skriv name = "Hjälplinjens namn".'),
            number=section.text("number", 'Skriv number = "112".'),
            text=section.text("text", 'Skriv text = "När man ringer dit".'),
            source=section.text("source", "Skriv webbadressen där numret står."),
            checked=section.day("checked"),
        )
        translations: dict[str, HelpNumber] = {}
        for language, words in _translations(section):
            name = words.text("name", 'Skriv name = "Name of the line".', required=False) or number.name
            text = words.text("text", 'Skriv text = "When to call".')
            translations[language] = replace(number, name=name, text=text)
            words.close()
        section.close()
        if number.number and not re.fullmatch(r"\+?[\d -]{3,20}", number.number):
            section.refuse(
                "number", f"”{number.number}” är inget telefonnummer.", 'Skriv till exempel "020-50 50 50".'
            )
        if number.source and not number.source.startswith("https://"):
            section.refuse(
                "source", f"”{number.source}” är ingen https-adress.", "Skriv adressen där numret står."
            )
        refuse_long_card(section, number.name, number.text)
        numbers.append(replace(number, translations=tuple(translations.items())))
    return tuple(numbers), read_referrals(root)


def _read_navigation(root: Section) -> tuple[NavigationItem, ...]:
    items: list[NavigationItem] = []
    for section in root.sections("pages"):
        is_listed = not section.flag("unlisted")
        item = _read_navigation_item(section, in_menu=not section.flag("footer_only"))
        translations: dict[str, NavigationItem] = {}
        for language, words in _translations(section):
            translations[language] = _read_navigation_item(words, in_menu=item.in_menu)
            words.close()
        section.close()
        items.append(replace(item, translations=tuple(translations.items()), is_listed=is_listed))
    return tuple(items)


def _read_navigation_item(section: Section, *, in_menu: bool) -> NavigationItem:
    slug = section.text("slug", 'Skriv slug = "integritet".')
    if slug and not _SLUG.fullmatch(slug):
        section.refuse("slug", f"”{slug}” kan inte vara en adress.", "Använd a–z, siffror och bindestreck.")
    title = section.text("title", 'Skriv title = "Ordet i menyn".')
    group = section.text("group", 'Skriv group = "Rubriken i sidfoten".', required=False)
    known_as = section.text("known_as", 'Skriv known_as = "integritet".', required=False)
    return NavigationItem(slug, title, group, in_menu, known_as or slug)
