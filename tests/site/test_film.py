"""The film: captions and the page's words are made from one list of cues, and the files are those of the list."""

import re
import shutil
import struct
from html import unescape
from pathlib import Path

import pytest

from chatservice.organisation import load_organisation
from tests.site.html_pages import BuiltPage, read_pages
from tools.content_check import check
from tools.content_check.readability import HIGHEST_HOW_TO, lix
from tools.film.cues import (
    LONGEST_LINE,
    LONGEST_S,
    SHORTEST_S,
    STEPS,
    Film,
    caption_lines,
    captions,
    load_film,
    pieces,
    plain,
    read_film,
    times,
)
from tools.film.made_film import LARGEST_B, LARGEST_POSTER_B, duration_s, files_of, has_sound
from tools.film.shown_film import HEIGHT, WIDTH

LANGUAGES = ("sv", "en")
PAGES = {"sv": "/sa-chattar-du/", "en": "/en/how-to-chat/"}
TAG = re.compile(r"<[^>]+>")
TIMING = re.compile(r"(\d\d):(\d\d)\.000 --> (\d\d):(\d\d)\.900 ")


@pytest.fixture
def film(project: Path) -> Film:
    found = load_film(project / "content", load_organisation(project / "content").languages)
    assert found is not None
    return found


@pytest.fixture
def content(tmp_path: Path, project: Path) -> Path:
    """A copy of the content that a test may spoil."""
    return shutil.copytree(project / "content", tmp_path / "content")


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, BuiltPage]:
    return {page.address: page for page in read_pages(built_site)}


def spoil(content: Path, old: str, new: str) -> None:
    path = content / "data" / "film.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def errors(content: Path) -> list[str]:
    return [str(mistake) for mistake in check(content).errors]


@pytest.mark.parametrize(
    ("old", "new", "line_holds", "told"),
    [
        ('step = "to_chat"', 'step = "to_chatt"', "to_chatt", "Steget ”to_chatt” finns inte."),
        ("seconds = 4", "seconds = 40", "seconds = 40", "ett heltal från 3 till 12"),
        ("seconds = 4", "second = 4", "second = 4", "Menade du seconds?"),
        ('text = "Vill du', f'text = "{"Vill du " * 12}', "Vill du Vill", "Meningen är för lång"),
        ('says = "Det är bra', 'seen_too = "Det är bra', "seen_too", "Namnet ”seen_too” är okänt."),
    ],
)
def test_a_mistake_in_the_cues_is_told_with_its_line(
    content: Path, old: str, new: str, line_holds: str, told: str
):
    spoil(content, old, new)

    lines = (content / "data" / "film.toml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if line_holds in text)
    assert [mistake for mistake in errors(content) if told in mistake and f"film.toml rad {line}:" in mistake]


def test_steps_out_of_order_and_a_film_of_the_wrong_length_are_refused(content: Path):
    spoil(content, 'step = "begin"', 'step = "waiting"')
    for seconds in re.findall(r"seconds = \d+", (content / "data" / "film.toml").read_text("utf-8")):
        spoil(content, seconds, "seconds=12")

    told = "\n".join(errors(content))

    assert "Här ska steget begin stå." in told
    assert f"Ändra seconds så att summan blir {SHORTEST_S}–{LONGEST_S}." in told


def test_captions_of_other_cues_stop_publishing_and_name_the_command(content: Path):
    spoil(content, "Vill du prata med någon?", "Vill du prata?")

    assert [mistake for mistake in errors(content) if "tasks.py film --captions" in mistake]


def test_a_film_that_is_longer_than_its_cues_stops_publishing(content: Path):
    spoil(content, "seconds = 4", "seconds = 6")

    assert [mistake for mistake in errors(content) if "Filmen är" in mistake and "tasks.py film." in mistake]


def test_a_film_that_is_not_made_yet_is_advice_and_the_page_does_without(content: Path):
    shutil.rmtree(content / "film")

    findings = check(content)

    assert [mistake for mistake in findings.advice if "så filmen visas inte" in str(mistake)]
    assert [mistake for mistake in findings.errors if "film" in str(mistake)] == []


def test_an_organisation_without_a_film_has_no_mistake(tmp_path: Path):
    assert read_film(tmp_path, ("en",)) == (None, [])


def test_the_film_lasts_between_sixty_and_ninety_seconds_and_every_step_is_in_it(film: Film):
    assert SHORTEST_S <= film.duration_s <= LONGEST_S
    assert tuple(cue.step for cue in film.cues) == STEPS


def test_captions_are_the_cues_one_after_the_other_until_the_end(film: Film):
    for language in LANGUAGES:
        lines = captions(film, language).split("\n")
        found = [tuple(map(int, match.groups())) for match in map(TIMING.match, lines) if match]
        spans = [(60 * minute + second, 60 * to_minute + to + 1) for minute, second, to_minute, to in found]

        assert lines[0] == "WEBVTT"
        assert spans == list(times(film))
        assert [before[1] for before in spans[:-1]] == [after[0] for after in spans[1:]]
        assert (spans[0][0], spans[-1][1]) == (0, film.duration_s)
        blocks = captions(film, language).strip().split("\n\n")[1:]
        lines_said = [TAG.sub("", block).split("\n")[2:] for block in blocks]
        assert [" ".join(said) for said in lines_said] == [
            plain(words.text) for words in film.in_language(language)
        ]
        assert max(len(line) for said in lines_said for line in said) <= LONGEST_LINE


def test_words_of_another_language_are_marked_and_not_parted(film: Film):
    text = "Must you leave fast? “Leave now” ([sv:Lämna snabbt]) is at the top."

    assert plain(text) == "Must you leave fast? “Leave now” (Lämna snabbt) is at the top."
    assert pieces("[sv:Börja] now") == (("sv", "Börja"), ("", " now"))
    assert caption_lines(text) == ("Must you leave fast? “Leave now”", "([sv:Lämna snabbt]) is at the top.")
    assert "(<lang sv>Lämna snabbt</lang>)" in captions(film, "en")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("En kort mening.", ("En kort mening.",)),
        (
            "Blev det fel? Tryck på ”Ta bort”, så försvinner det.",
            ("Blev det fel? Tryck på", "”Ta bort”, så försvinner det."),
        ),
        (
            "Lampan tänds. Nu är en mentor här, och bara ni två.",
            ("Lampan tänds. Nu är en", "mentor här, och bara ni två."),
        ),
        (
            "Det här lovar vi dig. Du behöver inte säga det.",
            ("Det här lovar vi dig.", "Du behöver inte säga det."),
        ),
    ],
)
def test_a_long_sentence_is_parted_in_the_middle_and_rather_after_a_full_stop(
    text: str, lines: tuple[str, ...]
):
    assert caption_lines(text) == lines


def test_the_files_are_there_small_enough_as_long_as_the_cues_and_silent(film: Film, project: Path):
    files = files_of(film, project / "content")

    assert files.missing == []
    assert max(files.mp4.stat().st_size, files.webm.stat().st_size) <= LARGEST_B
    assert files.poster.stat().st_size <= LARGEST_POSTER_B
    assert abs(duration_s(files.mp4.read_bytes()) - film.duration_s) < 1
    assert not has_sound(files.mp4.read_bytes())
    assert {language: path.read_text("utf-8") for language, path in files.captions.items()} == {
        language: captions(film, language) for language in LANGUAGES
    }


def test_the_mp4_begins_with_what_a_player_needs_and_is_h264_and_the_webm_is_vp9(film: Film, project: Path):
    files = files_of(film, project / "content")
    mp4, webm = files.mp4.read_bytes(), files.webm.read_bytes()
    at = mp4.index(b"avc1", mp4.index(b"stsd"))

    assert mp4.index(b"moov") < mp4.index(b"mdat")
    # Source: ISO/IEC 14496-12, 12.1.3: width and height stand 28 bytes after the name of a picture's form.
    assert struct.unpack(">HH", mp4[at + 28 : at + 32]) == (WIDTH, HEIGHT)
    assert webm.startswith(b"\x1a\x45\xdf\xa3")
    assert b"V_VP9" in webm[:4096]


def test_a_file_without_a_length_is_said_to_have_none():
    assert duration_s(b"ftyp") == 0
    assert not has_sound(b"hdlr" + bytes(8) + b"vide")
    assert has_sound(b"hdlr" + bytes(8) + b"soun")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_every_sentence_of_the_film_in_its_own_language(
    film: Film, pages: dict[str, BuiltPage], language: str
):
    section = re.search(r'<ol class="film__cues">.*?</ol>', pages[PAGES[language]].text, re.DOTALL)
    assert section is not None
    said = [unescape(TAG.sub("", text)) for text in re.findall(r"<p[^>]*>(.*?)</p>", section[0], re.DOTALL)]

    assert said == [plain(line) for words in film.in_language(language) for line in (words.text, words.seen)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_film_waits_to_be_asked_and_its_captions_are_in_the_pages_language(
    pages: dict[str, BuiltPage], language: str
):
    [video] = re.findall(r"<video.*?</video>", pages[PAGES[language]].text, re.DOTALL)
    opening = video.partition(">")[0]

    assert {"controls", "playsinline", 'preload="none"'} <= set(opening.split())
    assert "autoplay" not in opening
    assert re.findall(r'srclang="(\w+)"', video) == list(LANGUAGES)
    assert re.findall(r'srclang="(\w+)"[^>]*?\bdefault\b', video) == [language]


def test_no_other_page_carries_the_film(pages: dict[str, BuiltPage]):
    assert {address for address, page in pages.items() if "<video" in page.text} == set(PAGES.values())


def test_the_easy_page_leads_to_the_film(pages: dict[str, BuiltPage]):
    assert "/sa-chattar-du/#film" in [address for address, _ in pages["/lattlast/sa-chattar-du/"].links]


def test_the_films_own_words_are_as_easy_as_the_page(film: Film):
    blocks = [text for words in film.in_language("sv") for text in (words.text, words.seen)]

    assert lix(blocks) <= HIGHEST_HOW_TO
