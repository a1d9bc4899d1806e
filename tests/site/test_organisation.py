"""The data files: loaded into frozen facts, and every mistake told at once with file, line and remedy in Swedish."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from chatservice.domain.opening_hours import Window
from chatservice.organisation import (
    OrganisationError,
    find_mistakes,
    load_help,
    load_navigation,
    load_opening_hours,
    load_organisation,
    load_phrases,
    load_referral_cards,
    with_example_pin,
)

LOADERS = {
    "organisation": load_organisation,
    "opening_hours": load_opening_hours,
    "help": load_help,
    "navigation": load_navigation,
    "phrases": load_phrases,
}
KEY = "B" + "A" * 86
KEY_ID = "A" * 22


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    """A content folder with the real data files, to be spoilt."""
    shutil.copytree(project / "content" / "data", tmp_path / "content" / "data")
    return tmp_path / "content"


def spoil(content: Path, name: str, old: str, new: str) -> int:
    """Replace a text in a data file; return the line it stands on."""
    path = content / "data" / f"{name}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("name", "old", "new", "what", "remedy"),
    [
        (
            "organisation",
            "short_name =",
            "shortname =",
            "Namnet ”shortname” är okänt.",
            "Menade du short_name?",
        ),
        ("organisation", 'name = "Invidzonen"', 'name = ""', "”name” är tom.", "Skriv name ="),
        ("organisation", 'name = "Invidzonen"', "name = 3", "”name” ska vara en text", "Skriv name ="),
        ("organisation", "https://example.org", "example.org", "är inte en adress", "https://example.org"),
        ("organisation", '["sv", "en"]', '["svenska", "en"]', "”svenska” är ingen språkkod", '"sv"'),
        ("organisation", "kontakt@example.org", "kontakt(a)example.org", "ingen e-postadress", "namn@"),
        ("organisation", "example = true", 'example = "ja"', "ska vara true eller false", "example = true"),
        ("organisation", "pinned = []", 'pinned = ["kort"]', "inte en publik organisationsnyckel", "Kopiera"),
        ("organisation", "denied = []", f'denied = ["{KEY}"]', "inte ett nyckel-id", "Kopiera"),
        ("opening_hours", "thursday", "thurday", "Namnet ”thurday” är okänt.", "Menade du thursday?"),
        ("opening_hours", "Europe/Stockholm", "Europe/Stokholm", "Tidszonen", "Europe/Stockholm"),
        ("opening_hours", 'monday = ["19:00-22:00"]', 'monday = ["19-22"]', "”19-22” är inte", "19:00-22:00"),
        ("opening_hours", 'monday = ["19:00-22:00"]', 'monday = ["19:00-25:00"]', "inte en öppettid", ""),
        ("opening_hours", 'monday = ["19:00-22:00"]', 'monday = "19:00-22:00"', "ska vara en lista", "[]"),
        (
            "opening_hours",
            'wednesday = ["12:00-13:00", "19:00-22:00"]',
            'wednesday = ["12:00-20:00", "19:00-22:00"]',
            "12.00–20.00 och 19.00–22.00 går in i varandra.",
            "Slå ihop",
        ),
        (
            "opening_hours",
            'wednesday = ["12:00-13:00", "19:00-22:00"]',
            'wednesday = ["20:00-19:30"]',
            "Onsdag 20.00–19.30 går in i torsdag 19.00–22.00.",
            "Ändra en",
        ),
        (
            "opening_hours",
            "date = 2026-12-24",
            'date = "2026-12-24"',
            "ska vara ett datum",
            "utan citattecken",
        ),
        ("opening_hours", "last_entry_min = 15", "last_entry_min = 121", "heltal från 0 till 120", "= 15."),
        ("opening_hours", "last_entry_min = 15", "last_entry_min = -1", "heltal från 0 till 120", "= 15."),
        ("opening_hours", "last_entry_min = 15", 'last_entry_min = "15"', "heltal", "utan citattecken"),
        ("opening_hours", "last_entry_min = 15", "last_entry_min = true", "heltal", "= 15."),
        ("opening_hours", "last_entry_min = 15", "last_entry_min = 1.5", "heltal", "= 15."),
        ("opening_hours", "reason =", "reasn =", "Namnet ”reasn” är okänt.", "Menade du reason?"),
        ("help", 'number = "116 111"', 'number = "Bris"', "”Bris” är inget telefonnummer.", "020-50 50 50"),
        ("help", "https://www.bris.se", "www.bris.se", "ingen https-adress", "Skriv adressen"),
        ("help", 'link = "https://mind.se"', 'link = "http://mind.se"', "kan inte stå på ett kort", "https"),
        ("help", 'link = "https://mind.se"', 'link = "tel:90101"', "kan inte stå på ett kort", "[[numbers]]"),
        ("help", 'link = "https://mind.se"', 'link = "https://mind.se:8/"', "kan inte stå på ett kort", ""),
        ("help", 'name = "Mind"', f'name = "{"M" * 101}"', "”name” är för lång.", "högst 100 tecken"),
        ("help", 'name = "Mind"', 'name = "1177 på webben"', "”1177 på webben” finns redan.", "annat namn"),
        ("help", 'source = "https://mind.se"\nchecked', 'source = "mind"\nchecked', "ingen https-adress", ""),
        ("phrases", 'name = "Att lyssna"', 'name = "Att börja"', "Gruppen ”Att börja” finns redan.", "Lägg"),
        (
            "phrases",
            'name = "Att lyssna"',
            'namn = "Att lyssna"',
            "Namnet ”namn” är okänt.",
            "Menade du name?",
        ),
        ("phrases", '"Är du i säkerhet där du är?"', '" "', "En fras är tom.", "ta bort den"),
        ("phrases", '"Är du i säkerhet där du är?"', f'"{"a" * 301}"', "En fras är för lång.", "högst 300"),
        ("phrases", "Är du i säkerhet där du är?", "Ring 112 nu.", "har ett nummer", "help.toml"),
        ("phrases", "Är du i säkerhet där du är?", "Se https://mind.se", "eller en adress", "help.toml"),
        (
            "navigation",
            'slug = "integritet"',
            'slug = "/integritet/"',
            "kan inte vara en adress",
            "bindestreck",
        ),
    ],
)
def test_a_mistake_is_told_on_its_line_with_its_remedy(
    content: Path, name: str, old: str, new: str, what: str, remedy: str
):
    line = spoil(content, name, old, new)

    with pytest.raises(OrganisationError) as refused:
        LOADERS[name](content)

    told = [str(mistake) for mistake in refused.value.mistakes if what in mistake.what]
    assert len(told) == 1
    assert told[0].startswith(f"content/data/{name}.toml rad {line}: ")
    assert remedy in told[0]


@pytest.mark.parametrize(
    ("old", "new", "line_after", "what"),
    [
        ("tuesday = []", "tuesday = [", 0, "Filen går inte att läsa."),
        ('friday = ["21:00-01:00"]', 'friday = ["21:00-01:00]', 0, "Ett citattecken saknas"),
        ("example = true", "example true", 0, "likhetstecken"),
        ('monday = ["19:00-22:00"]', "monday = ”19:00-22:00”", 0, "Värdet går inte att läsa."),
        ("saturday = []", "saturday = []\nsaturday = []", 1, "Samma namn finns två gånger."),
    ],
)
def test_a_file_that_is_no_toml_is_told_on_its_line(
    content: Path, old: str, new: str, line_after: int, what: str
):
    line = spoil(content, "opening_hours", old, new)

    with pytest.raises(OrganisationError) as refused:
        load_opening_hours(content)

    (mistake,) = refused.value.mistakes
    assert what in mistake.what
    assert "raka citattecken" in mistake.remedy
    if old != "tuesday = []":  # an open bracket is noticed where the file goes wrong
        assert mistake.line == line + line_after


def test_every_mistake_is_told_at_once_over_all_files(content: Path):
    spoil(content, "opening_hours", 'monday = ["19:00-22:00"]', 'monday = ["19"]')
    spoil(content, "opening_hours", "sunday =", "sundag =")
    spoil(content, "help", 'number = "90101"', 'number = ""')
    (content / "data" / "navigation.toml").unlink()

    told = [f"{mistake.file.split('/')[-1]}: {mistake.what}" for mistake in find_mistakes(content)]

    assert told == [
        "opening_hours.toml: Raden ”sunday” saknas.",
        "opening_hours.toml: ”19” är inte en öppettid.",
        "opening_hours.toml: Namnet ”sundag” är okänt.",
        "help.toml: ”number” är tom.",
        "navigation.toml: Filen finns inte.",
    ]


def test_a_file_in_another_encoding_is_told_with_its_line(content: Path):
    (content / "data" / "help.toml").write_bytes('# ett\n# två\nname = "å"'.encode("latin-1"))

    with pytest.raises(OrganisationError, match="rad 2: Filen är inte sparad som UTF-8"):
        load_help(content)


def test_two_exceptions_for_one_date_are_refused(content: Path):
    path = content / "data" / "opening_hours.toml"
    again = '\n[[exceptions]]\ndate = 2026-12-24\nwindows = []\nreason = "Stängt"\n'
    path.write_text(path.read_text("utf-8") + again, "utf-8")

    with pytest.raises(OrganisationError, match="Datumet 2026-12-24 har redan en avvikelse"):
        load_opening_hours(content)


def test_a_key_in_a_long_value_does_not_mislead_the_line(content: Path):
    path = content / "data" / "organisation.toml"
    text = path.read_text("utf-8").replace(
        'postal_address = ["Exempelgatan 1", "000 00 Exempelstad"]',
        'postal_address = [\n  "website = 1",\n  "000 00 Exempelstad",\n]',
    )
    text = text.replace('tagline = "Chatten för anhöriga"', 'tagline = """\nname = 1\n"""').replace(
        '"https://example.org"', '"ingen adress"'
    )
    path.write_text(text, "utf-8")
    line = text[: text.index('website = "ingen')].count("\n") + 1

    with pytest.raises(OrganisationError) as refused:
        load_organisation(content)

    assert [mistake.line for mistake in refused.value.mistakes] == [line]


def test_the_facts_are_loaded_frozen(content: Path):
    organisation, schedule = load_organisation(content), load_opening_hours(content)
    numbers = load_help(content)

    assert organisation.contact.example, "no real contact is known, and the example says so"
    assert schedule.example
    assert schedule.last_entry_min == 15
    assert schedule.week.days[4] == (Window(21 * 60, 25 * 60),), "one window goes over midnight"
    assert schedule.exceptions
    assert [number.number for number in numbers if number.name == "Självmordslinjen"] == ["90101"]
    assert all(
        number.source.startswith("https://") and number.checked > date(2026, 1, 1) for number in numbers
    )
    assert [number.dial for number in numbers if number.name == "Kvinnofridslinjen"] == ["020505050"]
    assert hash(organisation), "frozen all the way down"


def test_a_phrase_that_is_there_twice_and_a_group_without_any_are_refused(content: Path):
    path = content / "data" / "phrases.toml"
    again = '\n[[groups]]\nname = "Igen"\nphrases = ["Hur är det för dig just nu?"]\n'
    path.write_text(f'{path.read_text("utf-8")}{again}\n[[groups]]\nname = "Tom"\nphrases = []\n', "utf-8")

    with pytest.raises(OrganisationError) as refused:
        load_phrases(content)

    assert [mistake.what for mistake in refused.value.mistakes] == [
        "Frasen ”Hur är det för dig just nu?” finns redan.",
        "Gruppen ”Tom” har inga fraser.",
    ]


def test_every_help_number_is_a_card_and_every_card_fits_the_protocol(content: Path):
    cards = load_referral_cards(content)
    # The browsers' own rule (theme/static/js/crypto/messages.js): a card that breaks it could never be sent.
    script = (Path(__file__).parents[2] / "theme/static/js/crypto/messages.js").read_text("utf-8")
    rule = re.search(r"^const LINK = /(.+)/;$", script, re.MULTILINE)
    assert rule

    assert [card.link for card in cards if card.title == "Kvinnofridslinjen"] == ["tel:020-50-50-50"]
    assert {number.name for number in load_help(content)} < {card.title for card in cards}
    assert [card for card in cards if not re.fullmatch(rule[1].replace(r"\/", "/"), card.link)] == []
    assert all(1 <= len(card.title) <= 100 and len(card.text) <= 500 for card in cards)


def test_times_may_be_written_the_swedish_way(content: Path):
    spoil(content, "opening_hours", 'monday = ["19:00-22:00"]', 'monday = ["19.00–24.00"]')

    assert load_opening_hours(content).week.days[0] == (Window(19 * 60, 24 * 60),)


def test_the_example_pin_stands_in_only_where_no_key_is_pinned_and_is_marked(content: Path):
    without = load_organisation(content)
    spoil(content, "organisation", "pinned = []", f'pinned = ["{KEY}"]')
    spoil(content, "organisation", "denied = []", f'denied = ["{KEY_ID}"]')
    pinned = load_organisation(content)

    assert with_example_pin(without, None).keys.pinned == ()
    assert with_example_pin(without, "pin").keys.pinned == ("pin",)
    assert with_example_pin(without, "pin").keys.example
    assert with_example_pin(pinned, "pin") == pinned
    assert not pinned.keys.example


def test_without_a_last_entry_people_are_let_in_until_it_closes(content: Path):
    spoil(content, "opening_hours", "last_entry_min = 15", "")

    assert load_opening_hours(content).last_entry_min == 0
