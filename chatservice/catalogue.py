"""The mentor's catalogue: phrases to begin a line with, and cards that refer to somebody else who helps.

Knows how phrases.toml and the referrals of help.toml are written, and what is a mistake in them. organisation.py opens
the files; the help numbers become cards by themselves, so that no number is written twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from chatservice.data_files import Section

LONGEST_PHRASE: Final = 300
LONGEST_TITLE: Final = 100
LONGEST_TEXT: Final = 500

# The card of docs/protocol.md takes no other address: no user, no port, nothing but a page.
_PAGE = re.compile(r"https://[a-z0-9.-]{1,200}(/[\x21-\x7e]{0,200})?")
_BELONGS_ON_A_CARD = re.compile(r"https?://|www\.|\d[\d \-–]{2,}")


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    """A few phrases under one heading."""

    name: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferralCard:
    """A card as the protocol carries it. `link` is an https page or `tel:` with hyphens between groups of digits."""

    title: str
    text: str
    link: str

    @property
    def leads_to(self) -> str:
        """The number to call, or the page without what all pages begin with."""
        scheme, _, rest = self.link.partition(":")
        return rest.replace("-", " ") if scheme == "tel" else rest.removeprefix("//")


@dataclass(frozen=True, slots=True)
class Referral:
    """Somebody else who helps, with where that was found and the day it was checked."""

    card: ReferralCard
    source: str
    checked: date


def number_card(name: str, text: str, number: str) -> ReferralCard:
    """Return the card of a help number; its link keeps the groups that make a number easy to read."""
    return ReferralCard(name, text, f"tel:{re.sub(r'[ -]+', '-', number)}")


def read_phrases(root: Section) -> tuple[PhraseGroup, ...]:
    """Read the groups of phrases.toml."""
    groups: list[PhraseGroup] = []
    seen: set[str] = set()
    for section in root.sections("groups"):
        name = section.text("name", 'Skriv name = "Att lyssna".')
        written = section.texts("phrases", 'Skriv phrases = ["En fras."].')
        phrases = tuple(phrase.strip() for phrase in written)
        section.close()
        if name and name in (group.name for group in groups):
            section.refuse("name", f"Gruppen ”{name}” finns redan.", "Lägg fraserna i den gruppen.")
        if not phrases:
            section.refuse(
                "phrases", f"Gruppen ”{name}” har inga fraser.", "Skriv minst en, eller ta bort gruppen."
            )
        for raw, phrase in zip(written, phrases, strict=True):
            for what, remedy in _mistakes_of(phrase, seen):
                section.refuse("phrases", what, remedy, f'"{raw}"')
            seen.add(phrase)
        groups.append(PhraseGroup(name, phrases))
    return tuple(groups)


def read_referrals(root: Section) -> tuple[Referral, ...]:
    """Read the referrals of help.toml, of which there may be none."""
    referrals: list[Referral] = []
    for section in root.sections("referrals", required=False):
        name = section.text("name", 'Skriv name = "Vem man hänvisar till".')
        text = section.text("text", 'Skriv text = "Vad man får hjälp med där".')
        link = section.text("link", 'Skriv link = "https://…", sidan som besökaren ska komma till.')
        source = section.text("source", "Skriv webbadressen där uppgiften står.")
        checked = section.day("checked")
        section.close()
        refuse_long_card(section, name, text)
        if link and not _PAGE.fullmatch(link):
            section.refuse(
                "link",
                f"”{link}” kan inte stå på ett kort.",
                "Skriv en https-adress med små bokstäver och utan å, ä, ö. Ett telefonnummer hör hemma i [[numbers]].",
            )
        if source and not source.startswith("https://"):
            section.refuse(
                "source", f"”{source}” är ingen https-adress.", "Skriv adressen där uppgiften står."
            )
        if name and name in (referral.card.title for referral in referrals):
            section.refuse(
                "name", f"Hänvisningen ”{name}” finns redan.", "Ge den ett annat namn eller ta bort den."
            )
        referrals.append(Referral(ReferralCard(name, text, link), source, checked))
    return tuple(referrals)


def refuse_long_card(section: Section, name: str, text: str) -> None:
    """Refuse a name or text that a card has no room for."""
    for key, value, longest in (("name", name, LONGEST_TITLE), ("text", text, LONGEST_TEXT)):
        if len(value) > longest:
            section.refuse(key, f"”{key}” är för lång.", f"Skriv högst {longest} tecken.")


def _mistakes_of(phrase: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    if not phrase:
        yield "En fras är tom.", "Skriv något eller ta bort den."
    elif phrase in seen:
        yield f"Frasen ”{phrase}” finns redan.", "Ta bort den ena."
    if len(phrase) > LONGEST_PHRASE or "\n" in phrase:
        yield "En fras är för lång.", f"Skriv högst {LONGEST_PHRASE} tecken på en rad."
    if _BELONGS_ON_A_CARD.search(phrase):
        yield (
            f"Frasen ”{phrase}” har ett nummer eller en adress.",
            "Skriv det i help.toml, med källa. Mentorn skickar det med ”Hänvisa”.",
        )
