"""Every fact that the organisation tells about itself stands on a page, in words that must not go missing.

The numbers are those of the project's list of facts. A phrase is a few words of ours, not the whole sentence: the rest
may be written better. Beside each: what would contradict it, and must stand on no page.
"""

import re
from pathlib import Path

import pytest

from tests.site.addresses import CHATS
from tests.site.html_pages import BuiltPage, read_pages

FACTS = [
    (1, "/", "Ingen fråga är för stor. Ingen är för liten. Alla känslor får plats"),
    (1, "/anhorig/", "Vi säger inte nej till något ämne"),
    (2, "/", "Chatten är till för alla som är anhöriga"),
    (2, "/anhorig/", "Du kan vara ung eller gammal, kvinna eller man"),
    (2, "/veteran/", "Chatten är till för veteraner när det handlar om era anhöriga"),
    (3, "/anhorig/", "Före insatsen"),
    (3, "/anhorig/", "Under insatsen"),
    (3, "/anhorig/", "Efter insatsen"),
    (3, "/anhorig/", "ha hänt hemma eller i insatsområdet"),
    (4, "/", "Bara ni två"),
    (4, "/tystnadsplikt/", "Ett samtal har två stolar"),
    (5, "/", "Ingen frågar efter namn, ålder eller adress. Ingen frågar varför du kommer"),
    (6, "/anhorig/", "Du behöver inte må dåligt för att komma"),
    (6, "/", "en oro som inte släpper"),
    (6, "/", "känner dig ensam"),
    (6, "/", "så glad att du måste få berätta"),
    (6, "/", "en vanlig fråga"),
    (7, "/sa-chattar-du/", "Du behöver inte hälsa eller presentera dig"),
    (7, "/sa-chattar-du/", "den första känslan, tanken eller frågan"),
    (8, "/praktisk-information/", "Från fem minuter till två timmar"),
    (9, "/praktisk-information/", "Chattens öppettider"),
    (9, "/sa-chattar-du/", "När den lyser är chatten öppen"),
    (10, "/sa-chattar-du/", "film"),
    (10, "/sa-chattar-du/", "praktisk information"),
    (10, "/kontakt/", "frågor om hur chatten fungerar idéer om vad som kunde bli bättre åsikter"),
    (11, "/mentorer/", "En mentor är själv anhörig"),
    (11, "/mentorer/", "minst en insats"),
    (11, "/mentorer/", "Hur många det har blivit står i det vi vet om varje mentor"),
    (12, "/mentorer/", "Mentorerna får ingen lön. De är inte psykologer eller läkare"),
    (12, "/mentorer/", "De lyssnar"),
    (12, "/mentorer/", "De tänker med dig"),
    (12, "/mentorer/", "De tar reda på"),
    (12, "/mentorer/", "till vården, eller till en förening"),
    (13, "/mentorer/", "en metod för att samtala"),
    (13, "/mentorer/", "visat ett utdrag ur registret"),
    (13, "/mentorer/", "ett avtal om tystnadsplikt"),
    (13, "/mentorer/", "ett avtal om vad uppdraget innebär"),
    (13, "/mentorer/", "läst våra riktlinjer och våra policyer"),
    (14, "/mentorer/", "Vi kallar det chattkarantän"),
    (14, "/tystnadsplikt/", "Då arbetar hon eller han inte i chatten"),
    (15, "/tystnadsplikt/", "Alla som arbetar i chatten har tystnadsplikt"),
    (15, "/tystnadsplikt/", "samordnarna som håller ihop arbetet. Var och en har skrivit under"),
    (16, "/tystnadsplikt/", "Vi berättar inte vad som har hänt dig"),
    (16, "/tystnadsplikt/", "vad du tänker eller känner"),
    (16, "/tystnadsplikt/", "Då behöver vi ha det skriftligt, från dig själv"),
    (17, "/tystnadsplikt/", "Alla är man inte stolt över"),
    (17, "/tystnadsplikt/", "blir det ofta lättare att släppa"),
]
AGAINST = [
    r"(ange|skriv|uppge) (ditt|din) (namn|personnummer|ålder)",
    r"logga in för att chatta",
    r"skapa (ett )?konto",
    r"gruppchatt|flera mentorer samtidigt",
    r"högst (en timme|trettio minuter)",
    r"våra (psykologer|terapeuter|läkare)",
    r"samtalet (sparas|spelas in) (i|på|hos)\b",
    r"samordnaren kan läsa (ditt|era|ert)? ?samtal",
]


@pytest.fixture(scope="module")
def words(built_site: Path) -> dict[str, str]:
    """The words of each page by its address."""
    return {page.address: " ".join(page.words.split()) for page in read_pages(built_site)}


def test_every_fact_has_a_page():
    assert {number for number, _, _ in FACTS} == set(range(1, 18))


@pytest.mark.parametrize(("number", "address", "phrase"), FACTS, ids=lambda value: str(value)[:40])
def test_a_fact_stands_on_its_page(words: dict[str, str], number: int, address: str, phrase: str):
    assert phrase in words[address], f"fact {number}"


@pytest.mark.parametrize("pattern", AGAINST)
def test_no_page_says_the_contrary(words: dict[str, str], pattern: str):
    assert [address for address, text in words.items() if re.search(pattern, text, re.IGNORECASE)] == []


def test_help_numbers_stand_with_their_source_and_the_day_they_were_checked(built_site: Path):
    [page] = [page for page in read_pages(built_site) if page.address == "/akut-hjalp/"]
    links = {address for address, _ in page.links}

    for number in ("112", "1177", "90101", "116111", "020505050"):
        assert f"tel:{number}" in links
    assert {"https://www.112.se", "https://www.1177.se", "https://mind.se", "https://www.bris.se"} <= links
    assert page.words.count("Kontrollerat 22 november 2026.") == 6


def test_what_is_an_example_says_so_where_one_would_use_it(words: dict[str, str]):
    assert "Kontaktvägarna är påhittade" in words["/kontakt/"]
    assert "Tiderna är påhittade" in words["/praktisk-information/"]


def menu(page: BuiltPage) -> int:
    return page.text.split("</nav>")[0].count('class="site-nav__link"')


def test_the_menu_is_short_and_every_page_can_be_reached(built_site: Path):
    pages = {page.address: page for page in read_pages(built_site)}
    reached, waiting = set(), ["/"]
    while waiting:
        address = waiting.pop()
        if address not in reached and address in pages:
            reached.add(address)
            waiting += [link.partition("#")[0] for link, _ in pages[address].links]

    assert menu(pages["/"]) <= 6 + 2  # six pages, and two versions of this one
    # The way to the conversation goes through the page of the service that knows whether it is open.
    assert pages.keys() - reached == {"/404.html", *CHATS}
